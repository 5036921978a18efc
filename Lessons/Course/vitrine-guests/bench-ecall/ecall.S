# Environment calls from U-mode to S-mode under Sv39, and back: the shortest path into a kernel. The call that traps does not
# retire, the other six instructions of a round do.

#include "bench.h"

#define USER_OFFSET 0x40000000  // the same RAM once more, for U-mode

        bench_start 5000000
        bench_open_memory
        li      t0, 1 << 8              # environment calls from U-mode go to S-mode
        csrw    medeleg, t0
        la      t0, handler
        csrw    stvec, t0
        la      s1, root
        li      t0, RAM >> 2 | PTE_CODE
        sd      t0, 16(s1)              # for S-mode at its own place
        ori     t0, t0, 0x10
        sd      t0, 24(s1)              # for U-mode beyond
        srli    t0, s1, 12
        li      t1, SV39
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        li      t0, 3 << 11
        csrc    mstatus, t0
        la      t0, user
        li      t1, USER_OFFSET
        add     t0, t0, t1
        csrw    mepc, t0
        mret

        .balign 64
        .globl  user
        .type   user, @function
user:
1:
        ecall
        addi    s0, s0, -1
        bnez    s0, 1b
        ebreak                          # not delegated: ends the run

        .balign 64
        .globl  handler
        .type   handler, @function
handler:
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        sret

        .bss
        .balign 4096
root:   .zero   4096

        bench_ending
