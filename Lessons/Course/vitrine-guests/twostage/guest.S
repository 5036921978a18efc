# The guest, the part in assembly: its entry, its traps, and its program for VU-mode.

#include "saved_registers.h"

        .option norvc
        .text
# `guest_start` is where the hypervisor lets the guest begin, in VS-mode with translation off. Its stack is memory that is not
# there yet.
        .globl  guest_start
        .type   guest_start, @function
guest_start:
        li      sp, 0x480000
        li      fp, 0
        la      t0, guest_trap
        csrw    stvec, t0
        call    guest_main
1:      j       1b

# Traps to the guest's own kernel. The program does without a stack, so that sp is always the kernel's.
        .balign 4
        .globl  guest_trap
        .type   guest_trap, @function
guest_trap:
        addi    sp, sp, -256
        .irp    n, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
        sd      x\n, 8 * \n(sp)
        .endr
        sd      ra, 8(sp)
        csrr    a0, scause
        csrr    a1, stval
        mv      a2, a7
        call    guest_handle_trap
        csrr    t0, sepc
        add     t0, t0, a0              # the answer: how many bytes to pass over
        csrw    sepc, t0
        ld      ra, 8(sp)
        .irp    n, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
        ld      x\n, 8 * \n(sp)
        .endr
        addi    sp, sp, 256
        sret

# `run_program()` lets the program run; `program_ended()`, called by the trap handler, goes back to whoever called that.
        .globl  run_program
        .type   run_program, @function
run_program:
        push_saved_registers
        la      t0, kept_sp
        sd      sp, 0(t0)
        li      t0, 1 << 8
        csrc    sstatus, t0             # SPP = 0: user
        la      t0, program
        csrw    sepc, t0
        sret

        .globl  program_ended
        .type   program_ended, @function
program_ended:
        la      t0, kept_sp
        ld      sp, 0(t0)
        pop_saved_registers
        ret

# The program, on a page of its own.
        .balign 4096
        .globl  program
        .type   program, @function
program:
        li      a7, 1
        ecall                           # a system call
        li      t0, 0x40000000
        ld      t1, 0(t0)               # a page that the guest's kernel has not mapped
        li      t0, 0x80000000
        ld      t1, 0(t0)               # the same, and the page table that says so is not there yet, either
        li      a7, 2
        ecall                           # the end
        .balign 4096

        .bss
        .balign 8
kept_sp:
        .zero   8
