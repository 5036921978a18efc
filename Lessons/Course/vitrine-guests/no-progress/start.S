# Machine mode does the least it can and drops to the supervisor, which has the mistake.

#include "virt.h"

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrr    t0, mhartid
        bnez    t0, park
        la      sp, stack_top
        li      fp, 0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0             # the supervisor may use all of memory
        li      t0, 0xb1ff
        csrw    medeleg, t0             # every exception below machine mode is the supervisor's
        li      t0, 3 << 11
        csrc    mstatus, t0
        li      t0, 1 << 11
        csrs    mstatus, t0
        la      t0, kernel_main
        csrw    mepc, t0
        li      ra, 0
        mret

        .globl  park
        .type   park, @function
park:
        wfi
        j       park

        .bss
        .balign 16
        .globl  stack
stack:
        .zero   4096
        .globl  stack_top
stack_top:
