#!/usr/bin/env bash
# Runs one guest under every technique to its end and holds the ends against each other: console output, instructions retired,
# and the digest of registers, CSRs and memory.
#
#   Tests/Systems/techniques.sh OPTION...
#
# The options are those of `vitrine run`, image included. TECHNIQUES are all of them if not set, native first; VITRINE names the
# program to test; it is .build/release/vitrine of this repository if not set. Examples, with xv6 and Debian's Linux built or
# fetched as for xv6.sh and linux.sh:
#
#   Tests/Systems/techniques.sh boot --until '$ '
#   Tests/Systems/techniques.sh --memory 128M --bios none --kernel kernel/kernel --disk fs.img \
#     --type '$ =>usertests -q\n' --until 'ALL TESTS PASSED' --until 'panic: '
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/report.sh"

[ $# -ge 1 ] || fail "usage: $0 OPTION... (of vitrine run)"
vitrine=${VITRINE:-$here/../../.build/release/vitrine}
[ -x "$vitrine" ] || fail "$vitrine is no program: build it, or name one in VITRINE"
shadow=trap-and-emulate/shadow/virtual-tlb
translated="binary-translation binary-translation/shadow/virtual-tlb"
assisted="hardware-assisted hardware-assisted/shadow hardware-assisted/shadow/virtual-tlb"
read -r -a techniques <<<"${TECHNIQUES:-native emulation trap-and-emulate $shadow $translated $assisted}"
folder=$(mktemp -d "${TMPDIR:-/tmp}/techniques.XXXXXX")

for technique in "${techniques[@]}"; do
  name=${technique//\//_} status=0
  start=$(date +%s)
  "$vitrine" run --technique "$technique" --stats "$@" </dev/null >"$folder/$name.out" 2>"$folder/$name.err" || status=$?
  [ "$status" -eq 0 ] || fail "$technique: status $status: $(tail -n 1 "$folder/$name.err"); see $folder"
  {
    sha256sum <"$folder/$name.out"
    sed -n 's/^vitrine: retired \([0-9,]*\), cycles \([0-9,]*\),.*/retired \1, guest clock \2/p' "$folder/$name.err"
    sed -n 's/.*digest \(0x[0-9a-f]*\)$/digest \1/p' "$folder/$name.err"
  } >"$folder/$name.end"
  say "$technique: $(sed -n 's/^vitrine: [^ ]*: \(.* host cycles\).*/\1/p' "$folder/$name.err")," \
    "$(tail -n +2 "$folder/$name.end" | paste -s -d ' '), $(($(date +%s) - start)) s"
  diff "$folder/${techniques[0]//\//_}.end" "$folder/$name.end" ||
    fail "$technique ends in another state than ${techniques[0]} (> is its own); see $folder"
done
say "${#techniques[@]} techniques end alike"
