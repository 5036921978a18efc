# A pointer chase under Sv39: one load in each of 4096 pages of 4 KiB, in an order without pattern. The working set is 256 KiB
# of cache lines and 32 KiB of page table, so caches serve it and what is measured is the miss in the TLB.

#include "bench.h"

#define PAGES 4096
#define VIRTUAL 0x40000000      // where the pages are, 16 MiB
#define PHYSICAL (RAM + 0x1000000)

        bench_start 5000000
        bench_open_memory
# The page table: code and data at their own place by one large entry, the pages by small ones.
        la      s1, root
        la      t0, middle
        srli    t0, t0, 2
        ori     t0, t0, PTE_TABLE
        sd      t0, 8(s1)               # VIRTUAL >> 30 is 1
        li      t0, RAM >> 2 | PTE_CODE
        sd      t0, 16(s1)
        la      t0, middle
        la      t1, leaves
        srli    t1, t1, 2
        ori     t1, t1, PTE_TABLE
        li      t2, PAGES / 512
1:      sd      t1, 0(t0)
        addi    t0, t0, 8
        addi    t1, t1, 4096 >> 2
        addi    t2, t2, -1
        bnez    t2, 1b
        la      t0, leaves
        li      t1, PHYSICAL >> 2 | PTE_PAGE
        li      t2, PAGES
1:      sd      t1, 0(t0)
        addi    t0, t0, 8
        addi    t1, t1, 4096 >> 2
        addi    t2, t2, -1
        bnez    t2, 1b

# An order that is one cycle (Sattolo's shuffle), in `order`.
        la      s2, order
        li      t0, 0
        li      t1, PAGES
        mv      t2, s2
1:      sd      t0, 0(t2)
        addi    t2, t2, 8
        addi    t0, t0, 1
        bne     t0, t1, 1b
        li      s3, 0x2545f4914f6cdd1d
        li      t0, PAGES - 1
1:      slli    t1, s3, 13              # xorshift
        xor     s3, s3, t1
        srli    t1, s3, 7
        xor     s3, s3, t1
        slli    t1, s3, 17
        xor     s3, s3, t1
        remu    t1, s3, t0
        slli    t1, t1, 3
        add     t1, t1, s2
        slli    t2, t0, 3
        add     t2, t2, s2
        ld      t3, 0(t1)
        ld      t4, 0(t2)
        sd      t4, 0(t1)
        sd      t3, 0(t2)
        addi    t0, t0, -1
        bnez    t0, 1b

# Page i points to page order[i]. The line in a page comes from the upper bits of its number, so that lines spread over
# all sets of a cache.
        li      t0, 0
        li      t6, PAGES
        li      s4, PHYSICAL
        li      s5, VIRTUAL
1:      slli    t1, t0, 3
        add     t1, t1, s2
        ld      t1, 0(t1)
        slli    t2, t1, 12
        srli    t3, t1, 5
        andi    t3, t3, 63
        slli    t3, t3, 6
        add     t2, t2, t3
        add     t2, t2, s5              # virtual address of the next node
        slli    t4, t0, 12
        srli    t3, t0, 5
        andi    t3, t3, 63
        slli    t3, t3, 6
        add     t4, t4, t3
        add     t4, t4, s4              # physical address of this one
        sd      t2, 0(t4)
        addi    t0, t0, 1
        bne     t0, t6, 1b

        srli    t0, s1, 12
        li      t1, SV39
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        mv      a0, s5
        bench_enter 1, chase

        .balign 64
        .globl  chase
        .type   chase, @function
chase:
1:
        ld      a0, 0(a0)
        addi    s0, s0, -1
        bnez    s0, 1b
        ecall

        .bss
        .balign 4096
root:   .zero   4096
middle: .zero   4096
leaves: .zero   8 * PAGES
order:  .zero   8 * PAGES

        bench_ending
