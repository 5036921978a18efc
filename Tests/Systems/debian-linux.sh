# Debian's Linux in a folder, ready to boot, and boots of it. To be sourced after report.sh.

source "$here/debian.sh"
source "$here/cpio.sh"

# linux_prepare FOLDER: fetches the packages once and sets `firmware`, `kernel`, `release` and `packages`.
linux_prepare() {
  require apt-get dpkg-deb xz sha256sum
  debian_fetch "$1/debian" linux-image-riscv64 busybox-static opensbi
  packages=$1/debian/files
  firmware=${FIRMWARE:-$packages/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin}
  kernel=$(ls "$packages"/boot/vmlinux-* | tail -n 1)
  release=${kernel##*/vmlinux-}
}

# linux_root ROOT INIT MODULE...: a folder for the first file system: busybox, the script INIT as first process, our program for
# KVM, and the modules with those that they depend on.
linux_root() {
  local root=$1 init=$2 clang module
  shift 2
  rm -rf "$root"
  mkdir -p "$root/bin" "$root/lib/modules/$release"
  cp "$packages/usr/bin/busybox" "$root/bin/"
  install -m 755 "$init" "$root/init"
  clang=$(toolchain_tool clang CLANG)
  "$clang" --target=riscv64-linux-gnu -march=rv64gc -mabi=lp64d -O2 -Wall -Wextra -Werror -ffreestanding -fno-builtin \
    -nostdlib -static -fuse-ld=lld -o "$root/bin/kvm-host" "$here"/kvm/*.c "$here"/kvm/*.S ||
    fail "$clang does not build Tests/Systems/kvm"
  for module in "$@"; do linux_module "$root/lib/modules/$release" "$module"; done
}

# linux_module FOLDER NAME: unpacks a module and those that it depends on, and notes them for modprobe.
linux_module() {
  local file dependency list=""
  [ ! -e "$1/$2.ko" ] || return 0
  # A file's name has - or _ where the module's has _.
  file=$(find "$packages/usr/lib/modules/$release" -name "${2//_/[-_]}.ko.xz")
  [ -n "$file" ] || fail "the kernel's package has no module $2"
  xz -dc "$file" >"$1/$2.ko"
  for dependency in $(tr '\0' '\n' <"$1/$2.ko" | sed -n 's/^depends=//p' | tr ',' ' '); do
    linux_module "$1" "$dependency"
    # modprobe wants the dependencies of dependencies too.
    list="$list $dependency.ko $(sed -n "s/^$dependency\.ko: *//p" "$1/modules.dep")"
  done
  echo "$2.ko:$list" >>"$1/modules.dep"
}

# linux_boot NAME OPTION... -- COMMAND...: one boot, from reset to power off, with the commands typed at the shell. The console
# goes to `log`. Sets `wall` and `used`, the microseconds until the shell by the clock and of the processor.
linux_boot() {
  local name=$1 start status=0 process line options=()
  shift
  while [ "$1" != -- ]; do options+=("$1") && shift; done
  shift
  for line in "$@"; do options+=(--type "linux> =>$line\\n"); done
  log=$folder/console-$name.txt figures=$folder/stats-$name.txt wall=0 used=0
  say "booting $name; the console goes to $log"
  : >"$log"
  start=${EPOCHREALTIME/./}
  exec {console}< <(
    exec "$vitrine" run --bios "$firmware" --kernel "$kernel" --append "console=ttyS0" --timeout 1800 --stats \
      "${options[@]}" </dev/null 2>"$figures"
  )
  process=$!
  while IFS= read -r line; do
    printf '%s\n' "${line%$'\r'}" >>"$log"
    case $line in
    "init: shell"*)
      wall=$((${EPOCHREALTIME/./} - start))
      used=$(processor_time $process)
      ;;
    esac
  done <&"$console"
  exec {console}<&-
  wait $process || status=$?
  [ "$status" -eq 0 ] || fail "vitrine ended with status $status: $(tail -n 1 "$figures"); see $log"
  expect_line "$log" "^init: shell of Linux ${release//[+.]/.} on " "the shell is not reached"
  expect_line "$log" "reboot: Power down" "Linux does not power off"
  expect_no_line "$log" "Oops|Kernel panic|WARNING:|BUG:|rcu:.*stall|unhandled signal" "the kernel complains"
}

# processor_time PROCESS: microseconds that it has worked so far.
processor_time() {
  local fields
  # The second field is the name in parentheses; user and system time are the 14th and the 15th.
  fields=$(cut -d ')' -f 2- "/proc/$1/stat")
  set -- $fields
  echo $(((${12} + ${13}) * 1000000 / $(getconf CLK_TCK)))
}
