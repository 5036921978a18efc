# SBI SRST: powers the board off or starts it anew, by the test finisher.

#include "firmware.h"

# sbi_srst(a0: 0 shutdown, 1 cold reboot, 2 warm reboot; a1: 0 no reason, 1 system failure) returns only an error.
function sbi_srst
        bnez    a6, not_supported
        sext.w  a0, a0                  # 32 bits count, of both
        sext.w  a1, a1
        li      t0, 2
        bltu    t0, a0, 1f
        li      t0, 1
        bltu    t0, a1, 1f
        li      t1, FINISHER_RESET
        bnez    a0, 2f
        li      t1, FINISHER_FAIL
        bnez    a1, 2f
        li      t1, FINISHER_PASS
2:      li      t0, FINISHER
        sw      t1, 0(t0)
        j       park                    # the board needs a moment
1:      li      a0, SBI_ERR_INVALID_PARAM
        li      a1, 0
        ret
