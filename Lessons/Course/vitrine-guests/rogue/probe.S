# Accesses that may trap, in machine mode and below, and the handler that lives through them.

        .option norvc
        .text

# `try_load(address, mode)`, `try_store(address, mode)`: 0, or 1 plus the cause of the trap. `mode` is what goes into mstatus:
# 0, or MPRV with a mode in MPP, so that machine mode sees what that mode would see.
        .macro  try name, instruction:vararg
        .globl  try_\name
        .type   try_\name, @function
try_\name:
        la      t0, 1f
        csrw    mtvec, t0
        li      t1, 3 << 11
        csrc    mstatus, t1
        csrs    mstatus, a1
        li      t1, 1 << 17
        \instruction
        csrc    mstatus, t1
        li      a0, 0
        ret
        .balign 4
1:      csrc    mstatus, t1             # MPRV off
        csrr    a0, mcause
        addi    a0, a0, 1
        ret
        .endm

        try     load, ld a0, 0(a0)
        try     store, sd a0, 0(a0)

# `try_csr(code)`: calls code that somebody has just written.
        .globl  try_csr
        .type   try_csr, @function
try_csr:
        mv      t2, ra
        la      t0, 1f
        csrw    mtvec, t0
        fence.i
        jalr    a0
        li      a0, 0
        jr      t2
        .balign 4
1:      li      a0, 1
        jr      t2

# `sweep(mode, function, offset, step)`: calls one of the functions below in a mode (0 user, 1 supervisor) with translation on;
# returns how often it trapped. Every trap comes to machine mode, which passes over the instruction, and back at an ecall.
        .globl  sweep
        .type   sweep, @function
sweep:
        addi    sp, sp, -16
        sd      ra, 0(sp)
        la      t0, kept_sp
        sd      sp, 0(t0)
        la      t0, sweep_trap
        csrw    mtvec, t0
        li      t0, 3 << 11
        csrc    mstatus, t0
        slli    a0, a0, 11
        csrs    mstatus, a0
        csrw    mepc, a1
        li      a0, 0                   # traps
        li      a1, 0                   # wrong values
        mret

        .balign 4
        .type   sweep_trap, @function
sweep_trap:
        csrr    t0, mcause
        addi    t0, t0, -8              # ecall from user mode is 8, from supervisor mode 9
        sltiu   t0, t0, 2
        bnez    t0, 1f
        addi    a0, a0, 1
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
        mret
1:      la      t0, kept_sp
        ld      sp, 0(t0)
        ld      ra, 0(sp)
        addi    sp, sp, 16
        add     a0, a0, a1
        ret

# Stores at `offset` (a2), and from there on every `step` (a3), to 512 places; looks each time at the place (a4) where it should
# have arrived.
        .globl  store_everywhere
        .type   store_everywhere, @function
store_everywhere:
        li      t2, 512
        mv      t1, a2
1:      sd      t1, 0(t1)
        ld      t3, 0(a4)
        beq     t3, t1, 2f
        addi    a1, a1, 1
2:      add     t1, t1, a3
        slli    t1, t1, 25
        srai    t1, t1, 25              # bits 63 to 39 are as bit 38, in every address of Sv39
        addi    t2, t2, -1
        bnez    t2, 1b
        ecall

# Loads from and stores to the same places, but the first: in user mode nothing but traps.
        .globl  touch_everywhere
        .type   touch_everywhere, @function
touch_everywhere:
        li      t2, 512
        mv      t1, a2
1:      add     t1, t1, a3
        slli    t1, t1, 25
        srai    t1, t1, 25
        addi    t2, t2, -1
        beqz    t2, 2f
        ld      zero, 0(t1)
        sd      zero, 0(t1)
        j       1b
2:      ecall

        .bss
        .balign 8
kept_sp:
        .zero   8
