# The first instructions: one hart gets a stack and goes on in C, in `machine_main(hart, device_tree)`, which the boot ROM
# left in a0 and a1. The others sleep.

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrr    t0, mhartid
        bnez    t0, park
        la      sp, stacks
        li      t0, 4096
        add     sp, sp, t0
        li      fp, 0
        call    machine_main

        .globl  park
        .type   park, @function
park:
        wfi
        j       park
