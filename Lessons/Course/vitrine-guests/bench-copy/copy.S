# Copies 32 KiB from one place in memory to another, eight bytes at a time, as `memcpy` without vector instructions does:
# four loads and four stores a round.

#include "bench.h"

#define BYTES 32768

        bench_start 30000
        .globl  copy
        .type   copy, @function
copy:
2:      la      a1, source
        la      a0, target
        li      a2, BYTES
        add     a2, a2, a1
        .balign 64
1:      ld      t0, 0(a1)
        ld      t1, 8(a1)
        ld      t2, 16(a1)
        ld      t3, 24(a1)
        sd      t0, 0(a0)
        sd      t1, 8(a0)
        sd      t2, 16(a0)
        sd      t3, 24(a0)
        addi    a1, a1, 32
        addi    a0, a0, 32
        bltu    a1, a2, 1b
        addi    s0, s0, -1
        bnez    s0, 2b
        j       bench_end

        .bss
        .balign 4096
source: .zero   BYTES
target: .zero   BYTES

        bench_ending
