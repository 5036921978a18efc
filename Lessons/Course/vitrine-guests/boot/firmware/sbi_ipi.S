# SBI IPI: raises the software interrupt of other harts' supervisors. And the hart masks that such calls take.

#include "firmware.h"

function sbi_ipi
        bnez    a6, not_supported
        enter   16
        call    started_harts
        bnez    a0, 1f
        mv      a0, a1
        li      a1, MESSAGE_IPI
        call    send_messages           # to this hart too, if it is meant: the bell rings after the return
        li      a0, SBI_SUCCESS
1:      li      a1, 0
        leave   16

# started_harts(a0: mask, a1: base) returns SBI_SUCCESS and, in a1, the harts that are meant and run: bit n for hart n.
# Bit m of the mask means hart base + m; base -1 means all harts. A hart that does not exist is an error; one that is
# stopped is left out.
function started_harts
        la      t0, board_harts
        ld      t0, 0(t0)
        li      t1, -1
        bne     a1, t1, 1f
        mv      a0, t0
        j       2f
1:      li      t1, 64
        bgeu    a1, t1, 6f
        sll     t1, a0, a1
        srl     t2, t1, a1
        bne     t2, a0, 5f              # bits for harts above 63
        mv      a0, t1
        not     t1, t0
        and     t1, t1, a0
        bnez    t1, 5f
2:      la      t0, hart_table
        mv      t1, a0
        li      t2, 1
        li      a1, 0
3:      beqz    t1, 4f
        andi    t3, t1, 1
        beqz    t3, 7f
        lw      t3, HART_STATE(t0)
        li      t4, HART_STARTED
        beq     t3, t4, 8f
        li      t4, HART_SUSPENDED
        bne     t3, t4, 7f
8:      or      a1, a1, t2
7:      srli    t1, t1, 1
        slli    t2, t2, 1
        addi    t0, t0, 1 << HART_RECORD_SHIFT
        j       3b
4:      li      a0, SBI_SUCCESS
        ret
6:      # No hart is that high.
5:      li      a0, SBI_ERR_INVALID_PARAM
        ret
