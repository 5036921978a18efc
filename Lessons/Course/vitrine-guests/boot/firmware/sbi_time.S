# SBI TIME: sets the supervisor's timer.

#include "firmware.h"

function sbi_time
        bnez    a6, not_supported
        addi    sp, sp, -16
        sd      ra, 0(sp)
        call    set_timer
        ld      ra, 0(sp)
        addi    sp, sp, 16
        li      a0, SBI_SUCCESS
        li      a1, 0
        ret

# set_timer(a0: time) lets the supervisor's timer interrupt come at that time; -1 is never.
function set_timer
        la      t0, has_sstc
        lw      t0, 0(t0)
        beqz    t0, 1f
        csrw    CSR_STIMECMP, a0        # its pending bit follows the comparison
        ret
        # Without Sstc there is only M-mode's timer. It comes here, and the trap handler passes it on by setting STIP;
        # setting the timer anew takes that back.
1:      csrr    t0, mhartid
        slli    t0, t0, 3
        li      t1, CLINT + CLINT_MTIMECMP
        add     t0, t0, t1
        sd      a0, 0(t0)
        li      t0, STIP
        csrc    mip, t0
        li      t0, MTIP
        csrs    mie, t0
        ret
