# Twelve integer instructions around and around: no memory, no device, no trap.

#include "bench.h"

        bench_start 50000000
        li      a0, 0x12345678
        li      a1, 0x0fedcba987654321
        li      a2, 0
        li      a3, 0
        .balign 64
        .globl  loop
        .type   loop, @function
loop:
1:
        add     a0, a0, a1
        xor     a2, a2, a0
        slli    a3, a2, 7
        srli    a4, a2, 9
        sub     a1, a3, a4
        mul     a4, a0, a2
        or      a3, a3, a4
        addw    a5, a3, a1
        sltu    a4, a5, a2
        add     a2, a2, a5
        addi    s0, s0, -1
        bnez    s0, 1b
        j       bench_end

        bench_ending
