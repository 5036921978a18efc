# How the commands of this folder speak and judge. To be sourced.

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

fail() {
  printf '%s: FAILED: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# require TOOL...: the tools without which nothing works.
require() {
  local tool
  for tool in "$@"; do command -v "$tool" >/dev/null || fail "$tool is not installed"; done
}

# expect_line FILE PATTERN MESSAGE: a line of the console matches.
expect_line() { grep -Eaq -- "$2" "$1" || fail "$3 (no line of $1 matches '$2')"; }

# expect_no_line FILE PATTERN MESSAGE: no line of the console matches.
expect_no_line() {
  local line
  if line=$(grep -Ea -m 1 -- "$2" "$1"); then fail "$3: '$line' in $1"; fi
}

# toolchain_tool NAME VARIABLE: a tool of LLVM: what VARIABLE names, or one beside swift, or one on PATH.
toolchain_tool() {
  local tool=${!2:-} swift
  if [ -z "$tool" ] && swift=$(command -v swift); then
    tool=$(dirname "$(readlink -f "$swift")")/$1
    [ -x "$tool" ] || tool=
  fi
  [ -n "$tool" ] || tool=$(command -v "$1") || fail "$1 is not installed: name one in $2"
  echo "$tool"
}
