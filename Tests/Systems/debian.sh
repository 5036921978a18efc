# Fetches Debian packages for riscv64 on a machine of any kind, without touching its own lists. To be sourced after report.sh.

# debian_mirror: the mirror of Debian that this machine's sources name, or Debian's own.
debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null |
    grep -E '/debian/?$' | head -n 1) || true
  echo "${mirror:-http://deb.debian.org/debian}"
}

# debian_apt FOLDER TOOL ARGUMENTS: apt with lists, caches and sources of its own.
debian_apt() {
  local folder=$1 tool=$2
  shift 2
  "$tool" -q -o APT::Architecture=riscv64 -o APT::Architectures=riscv64 -o APT::Sandbox::User= \
    -o Dir::State="$folder/state" -o Dir::State::status="$folder/state/status" -o Dir::Cache="$folder/cache" \
    -o Dir::Etc="$folder/etc" -o Dir::Etc::sourcelist="$folder/etc/sources.list" -o Dir::Etc::sourceparts=- "$@"
}

# debian_fetch FOLDER PACKAGE...: the packages of trixie, unpacked into FOLDER/files. What is there already stays. Of a
# package that only names the newest kernel, the kernel is taken.
debian_fetch() {
  local folder=$1 package newest archives=()
  shift
  if [ -e "$folder/complete" ] && [ "$(cat "$folder/complete")" = "$*" ]; then
    say "the packages are in $folder"
    return
  fi
  local mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror=$(debian_mirror)
  [ -e "$keys" ] || fail "$keys is missing: install debian-archive-keyring"
  mkdir -p "$folder"/state/lists/partial "$folder"/cache/archives/partial "$folder"/etc/{apt.conf.d,preferences.d}
  : >"$folder/state/status"
  echo "deb [arch=riscv64 signed-by=$keys] $mirror trixie main" >"$folder/etc/sources.list"
  say "fetching $* for riscv64 from $mirror"
  debian_apt "$folder" apt-get update >"$folder/apt.log" 2>&1 || fail "apt-get update failed: see $folder/apt.log"
  for package in "$@"; do
    newest=$(debian_apt "$folder" apt-cache depends "$package" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
    archives+=("${newest:-$package}")
  done
  (cd "$folder" && rm -rf files ./*.deb && debian_apt "$folder" apt-get download "${archives[@]}" >>apt.log 2>&1) ||
    fail "apt-get download failed: see $folder/apt.log"
  for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder/files"; done
  echo "$*" >"$folder/complete"
}
