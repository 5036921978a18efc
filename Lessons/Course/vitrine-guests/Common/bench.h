// What the guests of `vitrine bench` share: assembly that starts, opens memory to the lower modes, builds a page table and
// ends on our machine, QEMU, Spike and TinyEMU alike. How often a loop goes around stands in `iterations`, where the tool
// writes another number.

#pragma once

#include "virt.h"

#define HTIF 0x40008000         // where TinyEMU has its `tohost`
#define SV39 8 << 60
#define PTE_TABLE 0x01
#define PTE_PAGE 0xc7           // D A W R V: what a load or a store needs, with nothing left to update
#define PTE_CODE 0xcf           // ... and X

// The first instructions: other harts wait, `s0` has the number of iterations.
.macro bench_start default
        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrr    t0, mhartid
1:      bnez    t0, 1b
        la      t0, bench_end
        csrw    mtvec, t0
        la      t0, iterations
        ld      s0, 0(t0)
        .data
        .balign 8
        .globl  iterations
        .type   iterations, @object
        .size   iterations, 8
iterations:
        .dword  \default
        .section .text.start, "ax"
.endm

// Lets S-mode and U-mode have all memory. Not every machine has PMP: what traps is skipped.
.macro bench_open_memory
        la      t0, 1f
        csrw    mtvec, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        .balign 4
1:      la      t0, bench_end
        csrw    mtvec, t0
.endm

// Enters a lower mode (0 or 1) at `target`.
.macro bench_enter mode, target
        li      t0, 3 << 11
        csrc    mstatus, t0
        li      t0, \mode << 11
        csrs    mstatus, t0
        la      t0, \target
        csrw    mepc, t0
        mret
.endm

// The end, reached by a jump in M-mode or by any trap to it: the ways to end a run, one after the other. A way that
// traps leads to the next.
.macro bench_ending
        .text
        .balign 4
        .globl  bench_end
        .type   bench_end, @function
bench_end:
        la      t0, 1f
        csrw    mtvec, t0
        li      t0, FINISHER
        li      t1, FINISHER_PASS
        sw      t1, 0(t0)
        .balign 4
1:      la      t0, 2f
        csrw    mtvec, t0
        li      t0, HTIF
        li      t1, 1
        sd      t1, 0(t0)
        .balign 4
2:      la      t0, tohost
        li      t1, 1
        sd      t1, 0(t0)
3:      j       3b

        .section .tohost, "aw", @progbits
        .balign 64
        .globl  tohost
        .type   tohost, @object
        .size   tohost, 8
tohost: .dword  0
        .balign 64
        .globl  fromhost
        .type   fromhost, @object
        .size   fromhost, 8
fromhost:
        .dword  0
.endm
