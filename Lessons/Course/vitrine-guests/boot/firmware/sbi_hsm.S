# SBI HSM: starts, stops and suspends harts.

#include "firmware.h"

        .equ    SUSPEND_NON_RETENTIVE, 0x80000000

function sbi_hsm
        beqz    a6, hart_start
        li      t0, 1
        beq     a6, t0, hart_stop
        li      t0, 2
        beq     a6, t0, hart_get_status
        li      t0, 3
        beq     a6, t0, hart_suspend
        j       not_supported

# existing_hart(a0) returns a0 unchanged and a1 0 if there is such a hart, else a1 is an error.
existing_hart:
        li      a1, SBI_ERR_INVALID_PARAM
        li      t0, MAXIMUM_HARTS
        bgeu    a0, t0, 1f
        la      t0, board_harts
        ld      t0, 0(t0)
        srl     t0, t0, a0
        andi    t0, t0, 1
        beqz    t0, 1f
        li      a1, 0
1:      ret

# hart_start(a0: hart, a1: where it begins, a2: what it gets in its a1). The state goes from stopped to start pending in
# one step that only one caller can make; after that the record is the caller's to fill, until the message is sent.
hart_start:
        enter   48
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        mv      s1, a0
        mv      s2, a1
        mv      s3, a2
        call    existing_hart
        mv      a0, a1
        bnez    a0, 2f
        mv      a0, s2
        li      a1, 2                   # there must be memory for an instruction, and none of the firmware's
        call    in_memory
        mv      t0, a0
        li      a0, SBI_ERR_INVALID_ADDRESS
        beqz    t0, 2f
        mv      a0, s1
        call    hart_record
        mv      t3, a0
        li      t0, HART_STOPPED
        li      t1, HART_START_PENDING
1:      lr.w.aq t2, (t3)
        bne     t2, t0, 3f
        sc.w    t2, t1, (t3)
        bnez    t2, 1b
        sd      s2, HART_START_ADDRESS(t3)
        sd      s3, HART_START_OPAQUE(t3)
        mv      a0, s1
        li      a1, MESSAGE_START
        call    send_message
        li      a0, SBI_SUCCESS
        j       2f
3:      li      a0, SBI_ERR_ALREADY_AVAILABLE
2:      li      a1, 0
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        leave   48

# hart_stop() does not return. The interrupts go first: a stopped hart hears only the firmware's bell.
hart_stop:
        csrw    sie, zero
        call    own_record
        li      t1, HART_STOPPED
        amoswap.w.rl zero, t1, HART_STATE(a0)
        j       wait_for_start

# hart_get_status(a0: hart) returns its state in a1.
hart_get_status:
        enter   16
        call    existing_hart
        bnez    a1, 1f
        call    hart_record
        lw      a1, HART_STATE(a0)
        li      a0, SBI_SUCCESS
        leave   16
1:      mv      a0, a1
        li      a1, 0
        leave   16

# hart_suspend(a0: kind, a1: where to go on, a2: what it gets in its a1). The retentive kind is a wfi and a return; the
# other goes on like a hart that is started. Either ends with an interrupt that the supervisor has enabled.
hart_suspend:
        sext.w  a0, a0                  # 32 bits count
        beqz    a0, 1f
        li      t0, SUSPEND_NON_RETENTIVE
        sext.w  t0, t0
        bne     a0, t0, 4f
        enter   32
        sd      a1, 0(sp)
        sd      a2, 8(sp)
        mv      a0, a1
        li      a1, 2
        call    in_memory
        mv      t0, a0
        li      a0, SBI_ERR_INVALID_ADDRESS
        li      a1, 0
        beqz    t0, 3f
        call    suspend
        ld      a0, 0(sp)
        ld      a1, 8(sp)
        j       enter_supervisor
3:      leave   32
1:      enter   16
        call    suspend
        li      a0, SBI_SUCCESS
        li      a1, 0
        leave   16
4:      li      t0, SUSPEND_NON_RETENTIVE
        li      a1, 0
        li      a0, SBI_ERR_INVALID_PARAM
        ret

# suspend() waits until the supervisor has an interrupt to take. Meanwhile the firmware takes its own: a timer without
# Sstc and messages become such an interrupt.
suspend:
        enter   32
        sd      s1, 0(sp)
        call    own_record
        mv      s1, a0
        li      t0, HART_SUSPENDED
        sw      t0, HART_STATE(s1)
1:      csrr    t0, mip
        csrr    t1, mie
        and     t0, t0, t1
        li      t1, SSIP | STIP | SEIP
        and     t2, t0, t1
        bnez    t2, 2f
        li      t1, MTIP
        and     t2, t0, t1
        bnez    t2, 3f
        wfi
        call    take_messages
        j       1b
3:      csrc    mie, t1
        li      t1, STIP
        csrs    mip, t1
        j       1b
2:      li      t0, HART_STARTED
        sw      t0, HART_STATE(s1)
        ld      s1, 0(sp)
        leave   32
