# The entry of a kernel above an SBI, and the way to a program and back.

#include "saved_registers.h"

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        la      sp, stacks
        li      t0, 4096
        add     sp, sp, t0
        li      fp, 0
        la      t0, supervisor_trap
        csrw    stvec, t0
        csrw    sscratch, zero
        call    kernel_main

        .text
# run_program(pc, status, argument): the program finds the argument in a1. The frame of its trap will lie where this one lies, on the
# kernel's stack.
        .globl  run_program
        .type   run_program, @function
run_program:
        push_saved_registers
        la      t0, kernel_stack
        sd      sp, 0(t0)
        addi    sp, sp, -288
        sd      zero, 0(sp)
        sd      a0, 256(sp)
        sd      a1, 264(sp)
        sd      a2, 8 * 11(sp)
        mv      a0, sp
        call    resume

        .globl  leave_program
        .type   leave_program, @function
leave_program:
        la      t0, kernel_stack
        ld      sp, 0(t0)
        pop_saved_registers
        ret

        .bss
        .balign 8
kernel_stack:
        .zero   8
