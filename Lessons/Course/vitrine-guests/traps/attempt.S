# Into a mode, and back out of it by a trap.

#include "saved_registers.h"

        .text
# `attempt(mode, function)`: calls `function` in mode 0 U, 1 S, 3 M, 4 VU or 5 VS. It does not return: its trap does, and is
# written down in `seen` by whoever takes it.
        .globl  attempt
        .type   attempt, @function
attempt:
        push_saved_registers
        la      t0, kept_sp
        sd      sp, 0(t0)
        la      t0, seen
        sd      zero, 0(t0)             # nobody has taken a trap yet
        li      t0, 1 << 39 | 3 << 11   # mstatus: MPV and MPP
        csrc    mstatus, t0
        andi    t0, a0, 3
        slli    t0, t0, 11
        csrs    mstatus, t0
        srli    t0, a0, 2
        slli    t0, t0, 39
        csrs    mstatus, t0
        csrw    mepc, a1
        mret

# Taken in machine mode. An ecall by which the supervisor's handler reports is not written down.
        .balign 4
        .globl  machine_trap
        .type   machine_trap, @function
machine_trap:
        la      t0, seen
        ld      t1, 0(t0)
        bnez    t1, 1f
        li      t1, 3
        sd      t1, 0(t0)
        csrr    t1, mcause
        sd      t1, 8(t0)
        csrr    t1, mtval
        sd      t1, 16(t0)
1:      la      t0, kept_sp
        ld      sp, 0(t0)
        pop_saved_registers
        ret

# Taken in supervisor mode.
        .balign 4
        .globl  supervisor_trap
        .type   supervisor_trap, @function
supervisor_trap:
        la      t0, seen
        li      t1, 1
        sd      t1, 0(t0)
        csrr    t1, scause
        sd      t1, 8(t0)
        csrr    t1, stval
        sd      t1, 16(t0)
        ecall                           # up to machine mode

        .bss
        .balign 8
kept_sp:
        .zero   8
# struct { word by, cause, value; }
        .globl  seen
        .type   seen, @object
        .size   seen, 24
seen:   .zero   24

# A page that machine mode keeps from all others.
        .balign 4096
        .globl  forbidden
        .type   forbidden, @object
        .size   forbidden, 4096
forbidden:
        .zero   4096
