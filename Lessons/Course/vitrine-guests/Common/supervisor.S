# From machine mode to supervisor mode, and traps to supervisor mode and back.

#include "virt.h"

#define REGISTERS_FROM_3 \
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

        .text
        .globl  enter_supervisor
        .type   enter_supervisor, @function
enter_supervisor:
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0             # one region over everything: readable, writable, executable
        la      t0, machine_trap
        csrw    mtvec, t0
        li      t0, 0xf0b5ff
        csrw    medeleg, t0             # every exception but ecall from supervisor mode
        li      t0, 0x222
        csrw    mideleg, t0             # and the supervisor's interrupts
        li      t0, 7
        csrw    mcounteren, t0          # cycle, time and instret may be read below machine mode ...
        csrw    scounteren, t0          # ... and in user mode
        la      t0, supervisor_trap
        csrw    stvec, t0
        csrw    sscratch, zero
        li      t0, 3 << 11
        csrc    mstatus, t0
        li      t0, 1 << 11
        csrs    mstatus, t0             # MPP = 1: supervisor
        csrw    mepc, a0
        li      ra, 0
        li      fp, 0
        mret

# No trap to machine mode is expected any more: the run ends with the cause plus 1 as its failure number.
        .balign 4
        .globl  machine_trap
        .type   machine_trap, @function
machine_trap:
        csrr    t0, mcause
        addi    t0, t0, 1
        slli    t0, t0, 16
        li      t1, FINISHER_FAIL
        or      t0, t0, t1
        li      t1, FINISHER
        sw      t0, 0(t1)
1:      j       1b

# `supervisor_trap` saves a `struct trap_frame` and calls `handle_trap`. While a program or a guest runs, sscratch holds the
# kernel's stack pointer; while the kernel runs, 0: so a trap from the kernel itself is told from others.
        .balign 4
        .globl  supervisor_trap
        .type   supervisor_trap, @function
supervisor_trap:
        csrrw   sp, sscratch, sp
        bnez    sp, 1f
        csrr    sp, sscratch            # from the kernel: go on with its stack
        addi    sp, sp, -288
        sd      sp, 0(sp)
        j       2f
1:      addi    sp, sp, -288
        sd      zero, 0(sp)
2:      sd      x1, 8(sp)
        .irp    n, REGISTERS_FROM_3
        sd      x\n, 8 * \n(sp)
        .endr
        csrrw   t0, sscratch, zero      # the stack pointer of whoever was interrupted
        sd      t0, 16(sp)
        csrr    t0, sepc
        sd      t0, 256(sp)
        csrr    t0, sstatus
        sd      t0, 264(sp)
        csrr    t0, scause
        sd      t0, 272(sp)
        csrr    t0, stval
        sd      t0, 280(sp)
        mv      a0, sp
        call    handle_trap
        mv      a0, sp

        .globl  resume
        .type   resume, @function
resume:
        mv      sp, a0
        ld      t0, 256(sp)
        csrw    sepc, t0
        ld      t0, 264(sp)
        csrw    sstatus, t0
        ld      t0, 0(sp)
        bnez    t0, 1f                  # back to the kernel itself?
        addi    t0, sp, 288
        csrw    sscratch, t0            # no: the next trap finds the kernel's stack here
1:      ld      x1, 8(sp)
        .irp    n, REGISTERS_FROM_3
        ld      x\n, 8 * \n(sp)
        .endr
        ld      sp, 16(sp)
        sret
