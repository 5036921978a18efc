# The instructions that are probed in user mode, and the ways between the modes.

#include "saved_registers.h"

        .option norvc
        .text

# A trap to supervisor mode: counts, keeps cause and status, and passes over the instruction. From user mode with a7 = 1 it goes
# back to whoever called `run_user`.
        .balign 4
        .globl  supervisor_trap
        .type   supervisor_trap, @function
supervisor_trap:
        addi    sp, sp, -32
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        la      t0, seen
        csrr    t1, scause
        sd      t1, 8(t0)
        csrr    t1, sstatus
        sd      t1, 16(t0)
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        csrr    t0, scause
        bltz    t0, 2f                  # an interrupt: back to where it came
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
1:      ld      t0, 0(sp)
        ld      t1, 8(sp)
        addi    sp, sp, 32
        bnez    a7, back
        sret
2:      csrci   sip, 2                  # the software interrupt has been seen
        j       1b

# The same in machine mode.
        .balign 4
        .globl  machine_trap
        .type   machine_trap, @function
machine_trap:
        addi    sp, sp, -32
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        la      t0, seen
        csrr    t1, mcause
        sd      t1, 8(t0)
        csrr    t1, mstatus
        sd      t1, 16(t0)
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        csrr    t0, mcause
        bltz    t0, 2f
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
1:      ld      t0, 0(sp)
        ld      t1, 8(sp)
        addi    sp, sp, 32
        mret
2:      li      t0, 0x2000000           # the CLINT's software interrupt of hart 0
        sw      zero, 0(t0)
        j       1b

# `trap_once()`: a trap on purpose.
        .globl  trap_once
        .type   trap_once, @function
trap_once:
        ebreak
        ret

# `run_user(function)`: calls it in user mode, where RAM lies USER_OFFSET further up.
        .equ    USER_OFFSET, 0x40000000
        .globl  run_user
        .type   run_user, @function
run_user:
        push_saved_registers
        mv      s1, sp                  # user mode leaves it alone
        li      t0, 1 << 8
        csrc    sstatus, t0             # SPP = 0: user
        li      t0, USER_OFFSET
        add     a0, a0, t0
        csrw    sepc, a0
        la      ra, 1f
        add     ra, ra, t0
        li      a7, 0
        sret
1:      li      a7, 1                   # in user mode again
        ecall
back:   mv      sp, s1
        li      a7, 0
        pop_saved_registers
        ret

# One sensitive instruction each; a0 is what it would read.
        .macro  probe name, instruction:vararg
        .globl  probe_\name
        .type   probe_\name, @function
probe_\name:
        \instruction
        ret
        .endm

        probe   read_sstatus, csrr a0, sstatus
        probe   write_sstatus, csrsi sstatus, 2
        probe   read_sie, csrr a0, sie
        probe   write_sie, csrw sie, zero
        probe   read_stvec, csrr a0, stvec
        probe   write_sscratch, csrw sscratch, zero
        probe   read_satp, csrr a0, satp
        probe   write_satp, csrw satp, zero
        probe   fence, sfence.vma
        probe   sret, sret
        probe   read_mstatus, csrr a0, mstatus
        probe   read_mhartid, csrr a0, mhartid
        probe   mret, mret

        .bss
        .balign 8
# struct { word count, cause, status; }: traps so far, and the last one's registers.
        .globl  seen
        .type   seen, @object
        .size   seen, 24
seen:   .zero   24
