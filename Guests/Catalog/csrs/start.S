# The entry, and instructions that are tried one by one.

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

# What a program does, in user mode, without a page table ...
        .text
        .balign 4
        .globl  read_sstatus_as_user
read_sstatus_as_user:
        csrr    a0, sstatus
        ecall
        .balign 4
        .globl  sret_as_user
sret_as_user:
        sret
        ecall
        .balign 4
        .globl  fence_as_user
fence_as_user:
        sfence.vma
        ecall
        .balign 4
        .globl  breakpoint_as_user
breakpoint_as_user:
        .option push
        .option norvc
        ebreak
        .option pop
        ecall
        .balign 4
        .globl  call_as_user
call_as_user:
        ecall
        ecall

# In supervisor mode, with `sret` to the next instruction: sret_here(status) writes sstatus and returns what it is afterwards.
        .globl  sret_here
        .type   sret_here, @function
sret_here:
        la      t0, 1f
        csrw    sepc, t0
        csrw    sstatus, a0
        sret
        .balign 4
1:      csrr    a0, sstatus
        csrci   sstatus, 2              # no interrupt is wanted
        ret

# run_program(pc, status): the frame of the program's trap will lie where this one lies, on the kernel's stack.
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
