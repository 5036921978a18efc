# Instructions that are tried one by one, and what brings the trap back.

#include "saved_registers.h"

# try_as(status, pc, argument): mret to `pc` with `status` in mstatus and the argument in a0. Comes back when machine mode has taken a
# trap, of which `seen` tells: cause, pc, value, mstatus, a0.
        .text
        .globl  try_as
        .type   try_as, @function
try_as:
        push_saved_registers
        la      t0, kept_stack
        sd      sp, 0(t0)
        csrw    mepc, a1
        csrw    mstatus, a0
        mv      a0, a2
        mret

        .balign 4
        .globl  machine_trap
        .type   machine_trap, @function
machine_trap:
        la      t0, seen
        csrr    t1, mcause
        sd      t1, 0(t0)
        csrr    t1, mepc
        sd      t1, 8(t0)
        csrr    t1, mtval
        sd      t1, 16(t0)
        csrr    t1, mstatus
        sd      t1, 24(t0)
        sd      a0, 32(t0)
        la      t0, kept_stack
        ld      sp, 0(t0)
        sd      zero, 0(t0)
        beqz    sp, unasked             # nobody has tried anything
        pop_saved_registers
        ret
unasked:
        la      sp, stacks
        li      t0, 4096
        add     sp, sp, t0
        call    unasked_trap

# What has been delegated: `seen_below` tells of it, and a call to machine mode brings it back.
        .balign 4
        .globl  supervisor_trap_here
        .type   supervisor_trap_here, @function
supervisor_trap_here:
        la      t0, seen_below
        csrr    t1, scause
        sd      t1, 0(t0)
        csrr    t1, sepc
        sd      t1, 8(t0)
        csrr    t1, stval
        sd      t1, 16(t0)
        csrr    t1, sstatus
        sd      t1, 24(t0)
        .globl  call_from_handler
call_from_handler:
        ecall

# What is tried. What does not trap ends with a call.
        .macro  try name
        .balign 4
        .globl  \name
\name:
        .endm
        .option norvc
try call_above
        ecall
try no_instruction
        .word   0xffffffff
        ecall
try read_mstatus
        csrr    a0, mstatus
        ecall
try write_mscratch
        csrw    mscratch, a0
        ecall
try write_mhartid
        csrw    mhartid, a0
        ecall
try read_sstatus
        csrr    a0, sstatus
        ecall
try try_mret
        mret
        ecall
try try_sret
        sret
        ecall
try try_wfi
        wfi
        ecall
try try_fence
        sfence.vma
        ecall
try read_satp
        csrr    a0, satp
        ecall
try write_satp
        csrw    satp, zero
        ecall
try load_from
        ld      a0, 0(a0)
        ecall
# In machine mode: sret, to the mode that SPP names.
try sret_to_call
        la      t0, call_above
        csrw    sepc, t0
        sret

# In machine mode: mret_here(status) writes mstatus, does mret to the next instruction and returns what mstatus is afterwards.
        .globl  mret_here
        .type   mret_here, @function
mret_here:
        la      t0, 1f
        csrw    mepc, t0
        csrw    mstatus, a0
        mret
        .balign 4
1:      csrr    a0, mstatus
        csrci   mstatus, 8              # no interrupt is wanted
        ret

        .bss
        .balign 8
kept_stack:
        .zero   8
