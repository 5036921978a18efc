#!/usr/bin/env bash
# Boots Debian's Linux for riscv64 on Vitrine, works at its shell, starts a virtual machine of its KVM, and compares what all of
# them say with what is expected.
#
#   Tests/Systems/linux.sh FOLDER [HARTS...]
#
# FOLDER receives the packages (over 100 MB, fetched once) and what is made of them. HARTS are 1 and 4 if not given.
# VITRINE names the program to test; it is .build/release/vitrine of this repository if not set.
# CLANG names a clang that links for riscv64 with lld, if there is none beside swift or on PATH.
# SECONDS_TO_SHELL is how many seconds of processor time a boot may take until the shell (20 if not set; 0 for any).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/report.sh"
source "$here/debian.sh"
source "$here/cpio.sh"

[ $# -ge 1 ] || fail "usage: $0 FOLDER [HARTS...]"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
harts=("${@:-1}")
[ $# -ge 1 ] || harts=(1 4)
vitrine=${VITRINE:-$here/../../.build/release/vitrine}
seconds_to_shell=${SECONDS_TO_SHELL:-20}
modules=(virtio_mmio virtio_blk virtio_net virtio_balloon kvm)
[ -x "$vitrine" ] || fail "$vitrine is no program: build it, or name one in VITRINE"
require apt-get dpkg-deb xz sha256sum cmp

debian_fetch "$folder/debian" linux-image-riscv64 busybox-static opensbi
packages=$folder/debian/files
firmware=$packages/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin
kernel=$(ls "$packages"/boot/vmlinux-* | tail -n 1)
release=${kernel##*/vmlinux-}

# module_copy NAME: unpacks a module and those that it depends on, and notes them for modprobe.
module_copy() {
  local file dependency path list="" target=$root/lib/modules/$release
  [ ! -e "$target/$1.ko" ] || return 0
  # A file's name has - or _ where the module's has _.
  file=$(find "$packages/usr/lib/modules/$release" -name "${1//_/[-_]}.ko.xz")
  [ -n "$file" ] || fail "the kernel's package has no module $1"
  xz -dc "$file" >"$target/$1.ko"
  for dependency in $(tr '\0' '\n' <"$target/$1.ko" | sed -n 's/^depends=//p' | tr ',' ' '); do
    module_copy "$dependency"
    # modprobe wants the dependencies of dependencies too.
    path=$(sed -n "s/^$dependency\.ko: *//p" "$target/modules.dep")
    list="$list $dependency.ko $path"
  done
  echo "$1.ko:$list" >>"$target/modules.dep"
}

say "making the initial file system of $release"
root=$folder/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/lib/modules/$release"
cp "$packages/usr/bin/busybox" "$root/bin/"
install -m 755 "$here/init" "$root/init"
clang=$(toolchain_tool clang CLANG)
"$clang" --target=riscv64-linux-gnu -march=rv64gc -mabi=lp64d -O2 -Wall -Wextra -Werror -ffreestanding -fno-builtin \
  -nostdlib -static -fuse-ld=lld -o "$root/bin/kvm-host" "$here/kvm/host.c" "$here/kvm/guest.S" ||
  fail "$clang does not build Tests/Systems/kvm"
for module in "${modules[@]}"; do module_copy "$module"; done
cpio_tree "$root" >"$folder/initramfs.cpio"

# What is read from the disk and what is written to it are both compared byte by byte, by the host.
disk_bytes=$((4 << 20))
written_offset=$((1 << 20))
written_bytes=$((256 << 10))

# processor_time PROCESS: microseconds that it has worked so far.
processor_time() {
  local fields
  # The second field is the name in parentheses; user and system time are the 14th and the 15th.
  fields=$(cut -d ')' -f 2- "/proc/$1/stat")
  set -- $fields
  echo $(((${12} + ${13}) * 1000000 / $(getconf CLK_TCK)))
}

# boot HARTS: one boot, from reset to power off.
boot() {
  local count=$1 log=$folder/console-$1.txt disk=$folder/disk-$1.img start wall=0 used=0 status=0 hash process line
  head -c $disk_bytes /dev/urandom >"$disk"
  hash=$(sha256sum <"$disk" | cut -d ' ' -f 1)
  local typed=(
    'cat /proc/cpuinfo'
    'for m in virtio_mmio virtio_blk virtio_net virtio_balloon; do modprobe $m || echo modprobe $m failed; done'
    'lsmod'
    'ip link show eth0'
    'sha256sum /dev/vda'
    "dd if=/bin/busybox of=/dev/vda bs=4096 seek=$((written_offset / 4096)) count=$((written_bytes / 4096)); sync"
    'modprobe kvm || echo modprobe kvm failed'
    'kvm-host'
    'poweroff -f'
  )
  local rules=() text
  for text in "${typed[@]}"; do rules+=(--type "linux> =>$text\\n"); done
  say "booting on $count hart(s); the console goes to $log"
  : >"$log"
  start=${EPOCHREALTIME/./}
  exec {console}< <(
    exec "$vitrine" run --harts "$count" --memory 512M --bios "$firmware" --kernel "$kernel" \
      --initrd "$folder/initramfs.cpio" --append "console=ttyS0" --disk "$disk,rw" --net --timeout 600 --stats "${rules[@]}" \
      </dev/null 2>"$folder/stats-$count.txt"
  )
  process=$!
  while IFS= read -r line; do
    line=${line%$'\r'}
    printf '%s\n' "$line" >>"$log"
    case $line in
    "init: shell"*)
      wall=$((${EPOCHREALTIME/./} - start))
      used=$(processor_time $process)
      ;;
    esac
  done <&"$console"
  exec {console}<&-
  wait $process || status=$?
  [ "$status" -eq 0 ] || fail "vitrine ended with status $status: $(tail -n 1 "$folder/stats-$count.txt"); see $log"

  expect_line "$log" "^init: shell of Linux ${release//[+.]/.} on $count harts\$" "the shell is not reached"
  expect_line "$log" "^processor[[:space:]]*: $((count - 1))\$" "/proc/cpuinfo does not list $count harts"
  expect_line "$log" "^isa[[:space:]]*: rv64imafdc" "/proc/cpuinfo does not say rv64imafdc"
  expect_line "$log" "^mmu[[:space:]]*: sv57\$" "/proc/cpuinfo does not say sv57"
  expect_no_line "$log" "^modprobe [a-z_]* failed" "a module is not loaded"
  for module in virtio_mmio virtio_blk virtio_net net_failover failover virtio_balloon; do
    expect_line "$log" "^$module[[:space:]]+[0-9]+[[:space:]]+[0-9]+" "lsmod does not list $module"
  done
  expect_line "$log" "link/ether 52:54:00:12:34:56" "Linux does not find its network device"
  expect_line "$log" "^$hash  /dev/vda\$" "what Linux read from the disk is not what is in it"
  expect_line "$log" "hypervisor extension available" "KVM does not find the hypervisor extension"
  diff <(tr -d '\r' <"$log" | grep -aE '^kvm-(host|guest): ') "$here/kvm/expected.txt" ||
    fail "the virtual machine inside Linux does not do what is expected (< is what it did)"
  expect_line "$log" "reboot: Power down" "Linux does not power off"
  expect_no_line "$log" "Oops|Kernel panic|WARNING:|BUG:|rcu:.*stall|unhandled signal" "the kernel complains"
  cmp -s <(head -c $written_bytes "$root/bin/busybox") \
    <(tail -c +$((written_offset + 1)) "$disk" | head -c $written_bytes) ||
    fail "what Linux wrote to the disk is not in $disk"

  say "$count hart(s): shell after $((wall / 1000)) ms, $((used / 1000)) ms of them at work;" \
    "the whole session: $(sed -n 's/^vitrine: retired/retired/p' "$folder/stats-$count.txt")"
  # Time of the processor, so that other work on the machine does not count.
  [ "$seconds_to_shell" -eq 0 ] || [ "$used" -lt $((seconds_to_shell * 1000000)) ] ||
    fail "the shell took longer than $seconds_to_shell seconds"
}

for count in "${harts[@]}"; do boot "$count"; done
say "passed"
