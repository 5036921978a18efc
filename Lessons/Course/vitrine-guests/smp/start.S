# The first instructions: every hart gets a stack of its own and goes on in C.

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrr    a0, mhartid
        la      sp, stacks
        addi    t0, a0, 1
        slli    t0, t0, 12
        add     sp, sp, t0              # 4 KiB a hart
        li      fp, 0
        call    hart_main

        .globl  park
        .type   park, @function
park:
        wfi
        j       park
