# Machine mode: the first instructions after the boot ROM, and the way in and out of a trap.

#include "virt.h"

# `_start` is where the boot ROM jumps, at the start of RAM, with the hart's number in a0 and the device tree in
# a1. Every hart arrives here. Nothing is set up: no stack, no trap vector, no paging.
        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrr    a0, mhartid
        bnez    a0, park                # one hart is enough for a greeting
        la      sp, firmware_stack_top  # a stack, so that C can run
        li      fp, 0                   # no caller: a backtrace ends here
        la      t0, trap_vector
        csrw    mtvec, t0               # from now on a trap has somewhere to go
        csrw    mscratch, sp            # ... and a stack to stand on
        call    firmware_main           # prints, in machine mode

# `drop_to_supervisor` leaves machine mode. `mret` is the only way down: it "returns" to a supervisor that never
# called us, to the place in mepc and to the mode in mstatus.MPP.
        .globl  drop_to_supervisor
        .type   drop_to_supervisor, @function
drop_to_supervisor:
        li      t0, -1
        csrw    pmpaddr0, t0            # one PMP region over everything ...
        li      t0, 0x1f
        csrw    pmpcfg0, t0             # ... NAPOT, readable, writable, executable: else S could fetch nothing
        li      t0, 1 << 8 | 1 << 12 | 1 << 13 | 1 << 15
        csrw    medeleg, t0             # user ecalls and page faults are the supervisor's business
        li      t0, 3 << 11
        csrc    mstatus, t0
        li      t0, 1 << 11
        csrs    mstatus, t0             # MPP = 1: supervisor
        la      t0, supervisor_start
        csrw    mepc, t0
        mret

# The other harts sleep. No interrupt is enabled, so nothing wakes them.
        .globl  park
        .type   park, @function
park:
        wfi
        j       park

# `trap_vector` takes every trap to machine mode. The registers a C function may change are saved in a
# `struct trap_frame` on the firmware's stack; the others are C's own duty.
        .text
        .balign 4
        .globl  trap_vector
        .type   trap_vector, @function
trap_vector:
        csrrw   sp, mscratch, sp        # sp: the firmware's stack; mscratch: the supervisor's sp
        addi    sp, sp, -128
        sd      ra, 0(sp)
        sd      t0, 8(sp)
        sd      t1, 16(sp)
        sd      t2, 24(sp)
        sd      t3, 32(sp)
        sd      t4, 40(sp)
        sd      t5, 48(sp)
        sd      t6, 56(sp)
        sd      a0, 64(sp)
        sd      a1, 72(sp)
        sd      a2, 80(sp)
        sd      a3, 88(sp)
        sd      a4, 96(sp)
        sd      a5, 104(sp)
        sd      a6, 112(sp)
        sd      a7, 120(sp)
        mv      a0, sp
        call    trap_handler
        ld      ra, 0(sp)
        ld      t0, 8(sp)
        ld      t1, 16(sp)
        ld      t2, 24(sp)
        ld      t3, 32(sp)
        ld      t4, 40(sp)
        ld      t5, 48(sp)
        ld      t6, 56(sp)
        ld      a0, 64(sp)
        ld      a1, 72(sp)
        ld      a2, 80(sp)
        ld      a3, 88(sp)
        ld      a4, 96(sp)
        ld      a5, 104(sp)
        ld      a6, 112(sp)
        ld      a7, 120(sp)
        addi    sp, sp, 128
        csrrw   sp, mscratch, sp        # and the other way round
        mret

# The stack grows down from `firmware_stack_top`, which has a place of its own so that its address has one name.
        .bss
        .balign 16
        .globl  firmware_stack
        .type   firmware_stack, @object
        .size   firmware_stack, 2048
firmware_stack:
        .zero   2048
        .globl  firmware_stack_top
        .type   firmware_stack_top, @object
        .size   firmware_stack_top, 16
firmware_stack_top:
        .zero   16
