# Reads and writes of CSRs in S-mode, of the kinds that kernels do all the time: scratch registers swapped, interrupts shut off
# and let in again, the registers of a trap looked at and set.

#include "bench.h"

        bench_start 5000000
        bench_open_memory
        li      t0, 7
        csrw    mcounteren, t0
        bench_enter 1, loop

        .balign 64
        .globl  loop
        .type   loop, @function
loop:
1:
        csrrw   t0, sscratch, t0
        csrr    t1, sepc
        csrr    t2, scause
        csrw    sepc, t1
        csrrci  t3, sstatus, 2
        csrr    t4, stval
        csrrw   t0, sscratch, t0
        csrsi   sstatus, 2
        addi    s0, s0, -1
        bnez    s0, 1b
        ecall

        bench_ending
