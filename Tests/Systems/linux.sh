#!/usr/bin/env bash
# Boots Debian's Linux for riscv64 on Vitrine, works at its shell, starts a virtual machine of its KVM, and compares what all of
# them say with what is expected.
#
#   Tests/Systems/linux.sh FOLDER [HARTS...]
#
# FOLDER receives the packages (over 100 MB, fetched once) and what is made of them. HARTS are 1 and 4 if not given.
# VITRINE names the program to test; it is .build/release/vitrine of this repository if not set.
# FIRMWARE names other firmware than Debian's OpenSBI, such as Guests/Catalog/boot/firmware.elf of this repository.
# CLANG names a clang that links for riscv64 with lld, if there is none beside swift or on PATH.
# SECONDS_TO_SHELL is how many seconds of processor time a boot may take until the shell (20 if not set; 0 for any).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/report.sh"
source "$here/debian-linux.sh"

[ $# -ge 1 ] || fail "usage: $0 FOLDER [HARTS...]"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
harts=("$@")
[ $# -ge 1 ] || harts=(1 4)
vitrine=${VITRINE:-$here/../../.build/release/vitrine}
seconds_to_shell=${SECONDS_TO_SHELL:-20}
[ -x "$vitrine" ] || fail "$vitrine is no program: build it, or name one in VITRINE"
require cmp
linux_prepare "$folder"

say "making the initial file system of $release"
linux_root "$folder/root" "$here/init" virtio_mmio virtio_blk virtio_net virtio_balloon kvm
cpio_tree "$folder/root" >"$folder/initramfs.cpio"

# What is read from the disk and what is written to it are both compared byte by byte, by the host.
disk_bytes=$((4 << 20))
written_offset=$((1 << 20))
written_bytes=$((256 << 10))
# What Linux is asked to give up, and does once its driver is there: beside the driver itself that is all that is missing then.
balloon_kibibytes=$((16384 * 4))

# figure NAME: the number behind `NAME:` on the console.
figure() { sed -n "s/^$1: \([0-9]*\)$/\1/p" "$log" | tail -n 1; }

check() {
  local count=$1 disk=$folder/disk-$1.img hash module missing
  head -c $disk_bytes /dev/urandom >"$disk"
  hash=$(sha256sum <"$disk" | cut -d ' ' -f 1)
  linux_boot "with-$count-harts" --harts "$count" --memory 512M --initrd "$folder/initramfs.cpio" --net --disk "$disk,rw" \
    --balloon "$((balloon_kibibytes / 1024))M" -- \
    'cat /proc/cpuinfo' \
    'for m in virtio_mmio virtio_blk virtio_net; do modprobe $m || echo modprobe $m failed; done' \
    "awk '/^MemFree:/ {print \"free before:\", \$2}' /proc/meminfo" \
    'modprobe virtio_balloon || echo modprobe virtio_balloon failed; sleep 3' \
    "awk '/^MemFree:/ {print \"free after:\", \$2}' /proc/meminfo" \
    'lsmod' \
    'sha256sum /dev/vda' \
    "dd if=/bin/busybox of=/dev/vda bs=4096 seek=$((written_offset / 4096)) count=$((written_bytes / 4096)); sync" \
    'ip address add 10.0.0.1/24 dev eth0 && ip link set eth0 up && ip address show eth0' \
    'modprobe kvm || echo modprobe kvm failed' \
    'kvm-host' \
    'poweroff -f'

  expect_line "$log" "^processor[[:space:]]*: $((count - 1))\$" "/proc/cpuinfo does not list $count harts"
  expect_line "$log" "^isa[[:space:]]*: rv64imafdch_" "/proc/cpuinfo does not say rv64imafdch"
  expect_line "$log" "^mmu[[:space:]]*: sv57\$" "/proc/cpuinfo does not say sv57"
  expect_no_line "$log" "^modprobe [a-z_]* failed" "a module is not loaded"
  for module in virtio_mmio virtio_blk virtio_net net_failover failover virtio_balloon; do
    expect_line "$log" "^$module[[:space:]]+[0-9]+[[:space:]]+[0-9]+" "lsmod does not list $module"
  done
  expect_line "$log" "^$hash  /dev/vda\$" "what Linux read from the disk is not what is in it"
  cmp -s <(head -c $written_bytes "$folder/root/bin/busybox") \
    <(tail -c +$((written_offset + 1)) "$disk" | head -c $written_bytes) ||
    fail "what Linux wrote to the disk is not in $disk"
  expect_line "$log" "^ +link/ether 52:54:00:12:34:56 " "the network device is missing or has another address"
  missing=$(($(figure "free before") - $(figure "free after")))
  # Linux counts free pages in batches for each processor, so the number is not exact. That of the device is.
  [ "$missing" -ge $((balloon_kibibytes - 4096)) ] && [ "$missing" -le $((balloon_kibibytes + 4096)) ] ||
    fail "of $balloon_kibibytes kB that the balloon asks for, $missing kB are missing in Linux's MemFree"
  expect_line "$figures" "^vitrine: balloon: 16,384 pages wanted, 16,384 given up; 16,384 inflated, 0 deflated" \
    "Linux has not given up what it was asked for: $(grep balloon "$figures")"
  expect_line "$log" "hypervisor extension available" "KVM does not find the hypervisor extension"
  diff <(grep -aE '^kvm-(host|guest): ' "$log") "$here/kvm/expected.txt" ||
    fail "the virtual machine inside Linux does not do what is expected (< is what it did)"

  say "$count hart(s): shell after $((wall / 1000)) ms, $((used / 1000)) ms of them at work;" \
    "the whole session: $(sed -n 's/^vitrine: retired/retired/p' "$figures")"
  # Time of the processor, so that other work on the machine does not count.
  [ "$seconds_to_shell" -eq 0 ] || [ "$used" -lt $((seconds_to_shell * 1000000)) ] ||
    fail "the shell took longer than $seconds_to_shell seconds"
}

for count in "${harts[@]}"; do check "$count"; done
say "passed"
