#!/usr/bin/env bash
# Tests a release archive: `Tests/Systems/release.sh ARCHIVE [ROOT]` unpacks it in another place and goes through lesson 1 from there,
# with a home folder of its own and nothing of this build in sight. With ROOT, the folder of a bare Debian (made by debootstrap, with libedit2 in
# it), it does so inside, where there is no Swift and no compiler; that takes root.
set -euo pipefail
export LC_ALL=C
[[ $# -ge 1 && $# -le 2 ]] || { echo "usage: Tests/Systems/release.sh ARCHIVE [ROOT]" >&2; exit 64; }
archive=$(readlink -f -- "$1")
root=${2-}

work=$(mktemp -d "${root:-}/tmp/vitrine-release.XXXXXX")
trap 'rm -rf -- "$work"; [[ -z $mounted ]] || umount -- "$mounted"' EXIT
mounted=
if [[ $root && ! -e $root/proc/self ]]; then
  mount -t proc proc "$root/proc"
  mounted=$root/proc
fi
tar -C "$work" -xzf "$archive"
inside=${work#"$root"}
folder=$inside/$(ls "$work")
mkdir -- "$work/home"

# What a student would type: the commands of each step, and on.
lesson=$root$folder/Vitrine_Lessons.resources/Course/01-what-a-vm-is/lesson.md
awk '
  BEGIN { print "lesson next" }
  /^## / { if (steps++) print "lesson skip" }
  /^```repl/ { typing = 1; next }
  /^```/ { typing = 0 }
  typing { print }
  END { print "lesson skip" }' "$lesson" > "$work/typed"

run() {
  if [[ $root ]]; then
    chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME="$inside/home" "$@"
  else
    env -i PATH=/usr/bin:/bin HOME="$inside/home" "$@"
  fi
}
steps=$(grep -c '^## ' "$lesson")
run "$folder/vitrine" --version
run "$folder/vitrine" lesson start 1 --student ada < "$work/typed" > "$work/said" 2> "$work/errors" || { cat -- "$work/errors" >&2; exit 1; }
for number in $(seq 1 "$steps"); do
  grep -q "^Step $number of $steps: " "$work/said" || { echo "release: step $number of lesson 1 was not shown" >&2; tail -n 20 "$work/said" >&2; exit 1; }
done
reached=$(grep -c '^Done: ' "$work/said")
checks=$(grep -c '^ *holds: ' "$lesson")
[[ $reached -eq $checks ]] || { echo "release: $reached of the $checks checks of lesson 1 were reached" >&2; exit 1; }
grep -q "of lesson 01" "$work/said" || { echo "release: lesson 1 did not end" >&2; exit 1; }
run "$folder/vitrine" lesson list | grep -q '^01 ' || { echo "release: no list of lessons" >&2; exit 1; }
echo "The archive runs lesson 1: $steps steps, $reached checks."
