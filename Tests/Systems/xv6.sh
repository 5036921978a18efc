#!/usr/bin/env bash
# Boots xv6-riscv on Vitrine and runs its own tests.
#
#   Tests/Systems/xv6.sh KERNEL FS.IMG [HARTS...]
#
# The two files are what `make kernel/kernel fs.img` builds in xv6's folder. HARTS are 1 and 3 if not given.
# VITRINE names the program to test; it is .build/release/vitrine of this repository if not set.
# USERTESTS is what is typed at xv6's prompt; `usertests -q`, without the slow tests, if not set.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/report.sh"

[ $# -ge 2 ] || fail "usage: $0 KERNEL FS.IMG [HARTS...]"
kernel=$1 image=$2
shift 2
harts=("$@")
[ $# -ge 1 ] || harts=(1 3)
vitrine=${VITRINE:-$here/../../.build/release/vitrine}
usertests=${USERTESTS:-usertests -q}
[ -x "$vitrine" ] || fail "$vitrine is no program: build it, or name one in VITRINE"
[ -r "$kernel" ] || fail "$kernel cannot be read"
[ -r "$image" ] || fail "$image cannot be read"
folder=$(mktemp -d "${TMPDIR:-/tmp}/xv6.XXXXXX")

# run HARTS: one boot and the tests. xv6 does not power off, so the run ends with the tests' last word or a panic.
run() {
  local count=$1 log=$folder/console-$1.txt figures=$folder/stats-$1.txt status=0
  say "'$usertests' on $count hart(s); the console goes to $log"
  # The disk's changes stay in memory.
  "$vitrine" run --harts "$count" --memory 128M --bios none --kernel "$kernel" --disk "$image" --timeout 7200 --stats \
    --type "\$ =>$usertests\\n" --until "ALL TESTS PASSED" --until "SOME TESTS FAILED" --until "panic: " \
    </dev/null >"$log" 2>"$figures" || status=$?
  [ "$status" -eq 0 ] || fail "vitrine ended with status $status: $(tail -n 1 "$figures"); see $log"
  expect_line "$log" "^init: starting sh" "xv6 does not start its shell"
  expect_no_line "$log" "panic: " "the kernel gives up"
  expect_no_line "$log" "FAILED|FAIL --" "a test fails"
  expect_line "$log" "^ALL TESTS PASSED" "the tests do not pass"
  say "$count hart(s): $(grep -ac '^test .*' "$log") tests passed; $(sed -n 's/^vitrine: retired/retired/p' "$figures")"
}

for count in "${harts[@]}"; do run "$count"; done
rm -rf "$folder"
say "passed"
