# A page-table entry changes, a fence makes the change seen, and a load goes where it leads now: twice a round, the first time
# with a fence for the page, the second time with one for everything.

#include "bench.h"

#define VIRTUAL 0x40000000

        bench_start 1000000
        bench_open_memory
        la      s1, root
        la      t0, middle
        srli    t0, t0, 2
        ori     t0, t0, PTE_TABLE
        sd      t0, 8(s1)
        li      t0, RAM >> 2 | PTE_CODE
        sd      t0, 16(s1)
        la      t0, leaves
        srli    t0, t0, 2
        ori     t0, t0, PTE_TABLE
        la      t1, middle
        sd      t0, 0(t1)
        srli    t0, s1, 12
        li      t1, SV39
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma

        la      s2, leaves
        la      s3, first
        srli    s3, s3, 2
        ori     s3, s3, PTE_PAGE
        la      s4, second
        srli    s4, s4, 2
        ori     s4, s4, PTE_PAGE
        li      s5, VIRTUAL
        li      a0, 0
        bench_enter 1, loop

        .balign 64
        .globl  loop
        .type   loop, @function
loop:
1:
        sd      s3, 0(s2)
        sfence.vma s5, zero
        ld      t0, 0(s5)
        add     a0, a0, t0
        sd      s4, 0(s2)
        sfence.vma
        ld      t0, 0(s5)
        add     a0, a0, t0
        addi    s0, s0, -1
        bnez    s0, 1b
        ecall

        .data
        .balign 4096
first:  .dword  1
        .balign 4096
second: .dword  2

        .bss
        .balign 4096
root:   .zero   4096
middle: .zero   4096
leaves: .zero   4096

        bench_ending
