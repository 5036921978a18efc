# Supervisor mode: its entry, the way down to user mode, and the way in and out of a trap.

# `supervisor_start` is where the firmware's `mret` lands. Translation is still off.
        .text
        .globl  supervisor_start
        .type   supervisor_start, @function
supervisor_start:
        la      sp, kernel_stack_top
        li      fp, 0                   # no caller: a backtrace ends here
        la      t0, supervisor_trap_vector
        csrw    stvec, t0
        csrw    sscratch, sp
        call    supervisor_main         # does not return

# `enter_user(pc, sp)`: the same trick one level further down, with sret, sepc and sstatus.SPP.
        .globl  enter_user
        .type   enter_user, @function
enter_user:
        li      t0, 1 << 8
        csrc    sstatus, t0             # SPP = 0: user
        csrw    sepc, a0
        mv      sp, a1
        li      fp, 0
        li      ra, 0
        sret

# `supervisor_trap_vector` takes the traps that the firmware has delegated.
        .balign 4
        .globl  supervisor_trap_vector
        .type   supervisor_trap_vector, @function
supervisor_trap_vector:
        csrrw   sp, sscratch, sp        # sp: the kernel's stack; sscratch: the program's sp
        addi    sp, sp, -128
        sd      ra, 0(sp)
        sd      t0, 8(sp)
        sd      t1, 16(sp)
        sd      t2, 24(sp)
        sd      t3, 32(sp)
        sd      t4, 40(sp)
        sd      t5, 48(sp)
        sd      t6, 56(sp)
        sd      a0, 64(sp)
        sd      a1, 72(sp)
        sd      a2, 80(sp)
        sd      a3, 88(sp)
        sd      a4, 96(sp)
        sd      a5, 104(sp)
        sd      a6, 112(sp)
        sd      a7, 120(sp)
        mv      a0, sp
        call    supervisor_trap_handler
        ld      ra, 0(sp)
        ld      t0, 8(sp)
        ld      t1, 16(sp)
        ld      t2, 24(sp)
        ld      t3, 32(sp)
        ld      t4, 40(sp)
        ld      t5, 48(sp)
        ld      t6, 56(sp)
        ld      a0, 64(sp)
        ld      a1, 72(sp)
        ld      a2, 80(sp)
        ld      a3, 88(sp)
        ld      a4, 96(sp)
        ld      a5, 104(sp)
        ld      a6, 112(sp)
        ld      a7, 120(sp)
        addi    sp, sp, 128
        csrrw   sp, sscratch, sp        # and the other way round
        sret

# The stack grows down from `kernel_stack_top`, which has a place of its own so that its address has one name.
        .bss
        .balign 16
        .globl  kernel_stack
        .type   kernel_stack, @object
        .size   kernel_stack, 2048
kernel_stack:
        .zero   2048
        .globl  kernel_stack_top
        .type   kernel_stack_top, @object
        .size   kernel_stack_top, 16
kernel_stack_top:
        .zero   16
