# Writes archives of the form that Linux unpacks as its first file system ("newc", see the kernel's
# Documentation/driver-api/early-userspace/buffer-format.rst). To be sourced. Everything belongs to root.

cpio_inode=0

# cpio_member NAME MODE [FILE [MAJOR MINOR]]: one member on standard output, with the bytes of FILE. MODE is octal.
cpio_member() {
  local name=$1 mode=$2 file=${3:-} major=${4:-0} minor=${5:-0} size=0
  if [ -n "$file" ]; then size=$(stat -c %s "$file"); fi
  cpio_inode=$((cpio_inode + 1))
  printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' \
    $cpio_inode "$((0$mode))" 0 0 1 0 "$size" 0 0 "$major" "$minor" $((${#name} + 1)) 0
  printf '%s\0' "$name"
  cpio_pad $((110 + ${#name} + 1))
  if [ -n "$file" ]; then
    cat "$file"
    cpio_pad "$size"
  fi
}

# Headers and contents begin at multiples of four bytes.
cpio_pad() { head -c $(((4 - $1 % 4) % 4)) /dev/zero; }

# cpio_tree FOLDER: everything in the folder, and /dev/console, without which the first process has no console.
cpio_tree() {
  local path name
  cpio_member dev 40755
  cpio_member dev/console 20600 "" 5 1
  while IFS= read -r path; do
    name=${path#"$1"/}
    if [ -d "$path" ]; then
      cpio_member "$name" 40755
    else
      cpio_member "$name" "100$(stat -c %a "$path")" "$path"
    fi
  done < <(find "$1" -mindepth 1 | LC_ALL=C sort)
  cpio_member TRAILER!!! 0
}
