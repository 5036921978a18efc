#!/usr/bin/env bash
# Boots Debian's Linux for riscv64 on Vitrine, and the same Linux again in a virtual machine of its KVM.
#
#   Tests/Systems/nested.sh FOLDER [HARTS...]
#
# It needs dtc. All else is as for linux.sh, whose FOLDER may be given again. HARTS, of the outer Linux, are 1 if not given.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/report.sh"
source "$here/debian-linux.sh"

[ $# -ge 1 ] || fail "usage: $0 FOLDER [HARTS...]"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
harts=("$@")
[ $# -ge 1 ] || harts=(1)
vitrine=${VITRINE:-$here/../../.build/release/vitrine}
[ -x "$vitrine" ] || fail "$vitrine is no program: build it, or name one in VITRINE"
require dtc
linux_prepare "$folder"

say "making the initial file systems of $release"
linux_root "$folder/inner" "$here/kvm/nested-init"
linux_root "$folder/outer" "$here/init" kvm
mkdir "$folder/outer/nested"
cpio_tree "$folder/inner" >"$folder/outer/nested/initrd"
cp "$kernel" "$folder/outer/nested/kernel"
initrd_end=$((0x88000000 + $(stat -c %s "$folder/outer/nested/initrd")))
sed "s/INITRD_END/$initrd_end/" "$here/kvm/nested.dts" | dtc -q -O dtb -o "$folder/outer/nested/tree" ||
  fail "dtc does not read kvm/nested.dts"
cpio_tree "$folder/outer" >"$folder/nested.cpio"
hash=$(sha256sum <"$packages/usr/bin/busybox" | cut -d ' ' -f 1)

for count in "${harts[@]}"; do
  linux_boot "nested-$count" --harts "$count" --memory 1G --initrd "$folder/nested.cpio" -- \
    'modprobe kvm' 'kvm-host /nested/kernel /nested/initrd /nested/tree' 'poweroff -f'
  expect_line "$log" "nested: Linux ${release//[+.]/.} with 1 hart" "the inner Linux does not reach its first process"
  expect_line "$log" "nested: $hash  /bin/busybox" "the inner Linux computes wrongly"
  expect_line "$log" "^kvm-host: the guest shuts down: 0x0000000000000001\$" "the inner Linux does not power off"
  say "$count hart(s): $(sed -n 's/^vitrine: retired/retired/p' "$figures")"
done
say "passed"
