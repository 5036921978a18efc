#!/usr/bin/env bash
# Has Debian's Linux give up half of its memory by its own balloon driver, and takes it back, under every technique; then has it
# run out of memory beside a large balloon. What the guest did and what it is at the end has to be the same each time.
#
#   Tests/Systems/balloon.sh FOLDER [TECHNIQUE...]
#
# FOLDER receives the packages (over 100 MB, fetched once) and what is made of them, as for linux.sh. TECHNIQUEs are native and all
# kinds of monitors if not given. VITRINE names the program to test; it is .build/release/vitrine of this repository if not set.
# CLANG names a clang that links for riscv64 with lld, if there is none beside swift or on PATH.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/report.sh"
source "$here/debian-linux.sh"

[ $# -ge 1 ] || fail "usage: $0 FOLDER [TECHNIQUE...]"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
techniques=("$@")
[ $# -ge 1 ] || techniques=(native emulation trap-and-emulate trap-and-emulate/shadow/virtual-tlb hardware-assisted
  hardware-assisted/shadow)
vitrine=${VITRINE:-$here/../../.build/release/vitrine}
[ -x "$vitrine" ] || fail "$vitrine is no program: build it, or name one in VITRINE"
linux_prepare "$folder"
linux_root "$folder/balloon-root" "$here/init" virtio_mmio virtio_balloon
cpio_tree "$folder/balloon-root" >"$folder/balloon.cpio"

# Of 512 MiB: half of it, and what leaves so little that the guest can run out of memory soon.
half=$((512 / 2 * 256)) large=$((320 * 256))
cat >"$folder/balloon.commands" <<END
catch balloon inflate if \$total == $half
catch balloon deflate if \$total == 0
catch balloon inflate if \$total == $large
run
echo down:\n
info digest
info balloon
info memory
balloon 0
continue
echo up:\n
info digest
info balloon
info memory
balloon $((large / 256))M
continue
info digest
delete
continue
echo end:\n
info digest
info balloon
info memory
END

# The commands at Linux's shell: what the balloon does goes on while it sleeps. Then somebody wants more than there is.
shell=(
  'modprobe virtio_mmio; modprobe virtio_balloon || echo modprobe failed; sleep 8'
  "dd if=/dev/zero of=/dev/null count=1 bs=\$(awk '/^MemAvailable:/ {print \$2 + 32768}' /proc/meminfo)k && echo had enough"
  'dmesg | grep -i -e "out of memory" -e oom; poweroff -f'
)
options=(--bios "$firmware" --kernel "$kernel" --initrd "$folder/balloon.cpio" --append "console=ttyS0" --memory 512M
  --balloon $((half / 256))M --timeout 3600)
for line in "${shell[@]}"; do options+=(--type "linux> =>$line\\n"); done

for technique in "${techniques[@]}"; do
  name=${technique//\//_} status=0
  log=$folder/balloon-$name.txt start=$(date +%s)
  say "booting under $technique; the session goes to $log"
  "$vitrine" debug --technique "$technique" "${options[@]}" -q -nx --batch -x "$folder/balloon.commands" \
    </dev/null >"$log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || fail "$technique: status $status: $(tail -n 1 "$log"); see $log"
  expect_line "$log" "the guest has ended and reports success" "$technique: Linux does not end well"
  expect_line "$log" "^\| had enough" "$technique: the memory that the balloon has was not to be had"
  expect_no_line "$log" "^\| .*([Oo]ut of memory: Killed|invoked oom-killer|Kernel panic|Oops)" "$technique: Linux complains"
  # row WHEN NAME: a number of `info balloon` at one of the three times.
  row() { sed -n "/^$1:/,\$p" "$log" | sed -n "s/^$2  *\([0-9,]*\) page.*/\1/p" | head -n 1 | tr -d ,; }
  [ "$(row down 'given up now')" -eq $half ] || fail "$technique: $(row down 'given up now') pages are given up, not $half"
  [ "$(row up 'given up now')" -eq 0 ] || fail "$technique: $(row up 'given up now') pages stay given up"
  [ "$(row up 'actual, as the driver says')" -ge 0 ] || fail "$technique: the driver says nothing"
  [ "$(row up 'reported free so far')" -gt 0 ] || fail "$technique: Linux has reported no free page"
  [ "$(row end 'deflated so far')" -gt $half ] || fail "$technique: nothing was taken back where memory was wanting"
  [ "$(row end 'given up now')" -lt $large ] || fail "$technique: the balloon is as large as ever"
  # What the guest is does not depend on the technique: its state at each stop, and what it and its devices said.
  grep -aE '^(digest|target|actual|given|inflated|deflated|reported|numbers|pages named|\| )' "$log" \
    >"$folder/balloon-$name.guest"
  cmp "$folder/balloon-${techniques[0]//\//_}.guest" "$folder/balloon-$name.guest" ||
    fail "the guest is another under $technique than under ${techniques[0]}: compare $folder/balloon-*.guest"
  say "$technique: $(row down 'given up now') pages down, up again, then of $large $(row end 'given up now') left;" \
    "$(row end 'reported free so far') reported free; $(grep -a '^digest' "$log" | tail -n 1); $(($(date +%s) - start)) s"
done
say "${#techniques[@]} techniques: the same guest at each point"
