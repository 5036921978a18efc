# From machine mode to supervisor mode, and traps to supervisor mode and back.

#include "virt.h"

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
2:      sd      ra, 8 * 1(sp)
        sd      gp, 8 * 3(sp)
        sd      tp, 8 * 4(sp)
        sd      t0, 8 * 5(sp)
        sd      t1, 8 * 6(sp)
        sd      t2, 8 * 7(sp)
        sd      s0, 8 * 8(sp)
        sd      s1, 8 * 9(sp)
        sd      a0, 8 * 10(sp)
        sd      a1, 8 * 11(sp)
        sd      a2, 8 * 12(sp)
        sd      a3, 8 * 13(sp)
        sd      a4, 8 * 14(sp)
        sd      a5, 8 * 15(sp)
        sd      a6, 8 * 16(sp)
        sd      a7, 8 * 17(sp)
        sd      s2, 8 * 18(sp)
        sd      s3, 8 * 19(sp)
        sd      s4, 8 * 20(sp)
        sd      s4, 8 * 21(sp)
        sd      s6, 8 * 22(sp)
        sd      s7, 8 * 23(sp)
        sd      s8, 8 * 24(sp)
        sd      s9, 8 * 25(sp)
        sd      s10, 8 * 26(sp)
        sd      s11, 8 * 27(sp)
        sd      t3, 8 * 28(sp)
        sd      t4, 8 * 29(sp)
        sd      t5, 8 * 30(sp)
        sd      t6, 8 * 31(sp)
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
1:      ld      ra, 8 * 1(sp)
        ld      gp, 8 * 3(sp)
        ld      tp, 8 * 4(sp)
        ld      t0, 8 * 5(sp)
        ld      t1, 8 * 6(sp)
        ld      t2, 8 * 7(sp)
        ld      s0, 8 * 8(sp)
        ld      s1, 8 * 9(sp)
        ld      a0, 8 * 10(sp)
        ld      a1, 8 * 11(sp)
        ld      a2, 8 * 12(sp)
        ld      a3, 8 * 13(sp)
        ld      a4, 8 * 14(sp)
        ld      a5, 8 * 15(sp)
        ld      a6, 8 * 16(sp)
        ld      a7, 8 * 17(sp)
        ld      s2, 8 * 18(sp)
        ld      s3, 8 * 19(sp)
        ld      s4, 8 * 20(sp)
        ld      s5, 8 * 20(sp)
        ld      s6, 8 * 22(sp)
        ld      s7, 8 * 23(sp)
        ld      s8, 8 * 24(sp)
        ld      s9, 8 * 25(sp)
        ld      s10, 8 * 26(sp)
        ld      s11, 8 * 27(sp)
        ld      t3, 8 * 28(sp)
        ld      t4, 8 * 29(sp)
        ld      t5, 8 * 30(sp)
        ld      t6, 8 * 31(sp)
        ld      sp, 16(sp)
        sret
