# Harts: how they enter the supervisor, how they wait in the firmware, and how one asks another for something.

#include "firmware.h"

# own_record() returns this hart's record. hart_record(a0) returns that of hart a0. Both change t0 only.
function own_record
        csrr    a0, mhartid
function hart_record
        la      t0, hart_table
        slli    a0, a0, HART_RECORD_SHIFT
        add     a0, a0, t0
        ret

# enter_supervisor(a0: address, a1: what it gets in its a1) leaves the firmware for good: on this hart only traps come
# back. The supervisor begins with paging off, no interrupt enabled, and its hart's number in a0.
        .globl  enter_supervisor
        .type   enter_supervisor, @function
enter_supervisor:
        mv      s1, a0
        mv      s2, a1
        call    own_record
        li      t1, HART_STARTED
        amoswap.w.rl zero, t1, HART_STATE(a0)
        li      a0, -1
        call    set_timer               # none
        li      t0, SSIP | STIP
        csrc    mip, t0
        csrw    sie, zero
        csrw    satp, zero
        csrw    stvec, zero
        csrw    sscratch, zero
        sfence.vma
        fence.i
        # mret "returns" to where nobody came from: to mepc, in the mode that mstatus.MPP names.
        csrw    mepc, s1
        li      t0, MSTATUS_MPP_S
        csrw    mstatus, t0
        csrr    a0, mhartid
        mv      a1, s2
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        li      x\n, 0                  # nothing of the firmware's stays in a register
        .endr
        mret

# wait_for_start is where a hart is when HSM calls it stopped. In M-mode with mstatus.MIE clear, so wfi ends when a
# message rings and no trap is taken.
        .globl  wait_for_start
        .type   wait_for_start, @function
wait_for_start:
        csrr    t0, mhartid             # an empty stack, whatever was on it
        la      sp, stacks + STACK_SIZE
        li      t1, STACK_SIZE
        mul     t0, t0, t1
        add     sp, sp, t0
        li      fp, 0
        csrw    mscratch, sp
        li      t0, MSIP
        csrw    mie, t0
1:      wfi
        call    take_messages
        andi    a0, a0, MESSAGE_START
        beqz    a0, 1b
        call    own_record
        ld      a1, HART_START_OPAQUE(a0)
        ld      a0, HART_START_ADDRESS(a0)
        j       enter_supervisor

# send_message(a0: hart, a1: message). First the message, then the bell: who hears the bell must find the message.
function send_message
        slli    t1, a0, 2
        li      t0, CLINT
        add     t1, t1, t0
        la      t0, hart_table
        slli    a0, a0, HART_RECORD_SHIFT
        add     a0, a0, t0
        addi    a0, a0, HART_MESSAGES
        fence   rw, w
        amoor.w.rl zero, a1, 0(a0)
        fence   w, o
        li      t0, 1
        sw      t0, 0(t1)
        ret

# take_messages() does what other harts ask of this one and returns what that was. First the bell goes off, then the
# messages are taken: one that comes in between rings again.
function take_messages
        enter   32
        sd      s1, 0(sp)
        csrr    t1, mhartid
        slli    t1, t1, 2
        li      t0, CLINT
        add     t1, t1, t0
        sw      zero, 0(t1)
        fence   o, rw
        call    own_record
        addi    a0, a0, HART_MESSAGES
        amoswap.w.aq s1, zero, (a0)
        andi    t0, s1, MESSAGE_IPI
        beqz    t0, 1f
        li      t0, SSIP
        csrs    mip, t0
1:      andi    t0, s1, MESSAGE_FENCE
        beqz    t0, 2f
        call    execute_fence
        la      t0, fence_outstanding
        li      t1, -1
        amoadd.w.rl zero, t1, (t0)
2:      mv      a0, s1
        ld      s1, 0(sp)
        leave   32

# send_messages(a0: harts, bit n for hart n, a1: message) sends it to each.
function send_messages
        enter   48
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        mv      s1, a0
        mv      s2, a1
        li      s3, 0
1:      beqz    s1, 3f
        andi    t0, s1, 1
        beqz    t0, 2f
        mv      a0, s3
        mv      a1, s2
        call    send_message
2:      srli    s1, s1, 1
        addi    s3, s3, 1
        j       1b
3:      ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        leave   48

# Not in .bss: the other harts read their records while the boot hart clears that.
        .data
        .balign 8
        .globl  hart_table
        .type   hart_table, @object
        .size   hart_table, MAXIMUM_HARTS << HART_RECORD_SHIFT
hart_table:
        .rept   MAXIMUM_HARTS
        .word   HART_STOPPED, 0
        .quad   0, 0, 0
        .endr
