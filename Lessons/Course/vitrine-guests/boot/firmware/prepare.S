# Prepares a hart for a supervisor: what memory it may touch, which traps are its own, and what it may read.

#include "firmware.h"

# prepare_hart() runs once on each hart. Not every hart has every CSR that is written here; what is missing traps, and
# for the time of this function such a trap only skips the instruction.
function prepare_hart
        la      t0, skip_instruction
        csrrw   t5, mtvec, t0
        csrw    mstatus, zero

        # PMP. Without an entry that matches, S and U may touch nothing at all; with entry 1 they may touch everything.
        # The entry with the lowest number decides, so entry 0 can take the firmware out again. M-mode itself is not
        # bound by either, because neither is locked.
        li      t0, (FIRMWARE_START >> 2) | ((FIRMWARE_SIZE >> 3) - 1)
        csrw    pmpaddr0, t0            # NAPOT: the number of trailing ones gives the size
        li      t0, -1
        csrw    pmpaddr1, t0
        li      t0, (0x1f << 8) | 0x18  # entry 1: NAPOT, X, W, R; entry 0: NAPOT, nothing
        csrw    pmpcfg0, t0
        sfence.vma                      # PMP changes are seen for certain only after this

        # Delegation: what the supervisor can deal with goes to it directly. Only its own ecall comes here, which is
        # how it asks for SBI, and what happens to the firmware itself. Among the delegated are illegal instructions and
        # misaligned accesses: the firmware emulates none, so the kernel is told of them as the hardware would tell it.
        li      t0, 0xf0b5ff            # causes 0 to 8, 10, 12, 13, 15, and 20 to 23 of the H extension
        csrw    medeleg, t0
        li      t0, SSIP | STIP | SEIP
        csrw    mideleg, t0

        # Counters: S may read cycle, time, instret and the others, and lets U do so by its own scounteren.
        li      t0, -1
        csrw    mcounteren, t0
        csrw    mcountinhibit, zero

        # What later extensions brought along, the supervisor may use too.
        li      t0, -1
        csrw    CSR_MSTATEEN0, t0

        # The timer, memory types in page tables, and the instructions for cache blocks. With Sstc the supervisor sets
        # its timer by itself, in stimecmp. That needs the register, and the bit that allows it must stay set: QEMU
        # keeps the bit even where it is told to leave out the register.
        li      t0, 3 << 62 | 0xf0      # STCE, PBMTE; CBZE, CBCFE, CBIE
        csrs    CSR_MENVCFG, t0
        li      t1, 0                   # what is read if there is no such register
        csrr    t1, CSR_MENVCFG
        srli    t1, t1, 63
        li      t0, -1                  # never
        csrw    CSR_STIMECMP, t0
        li      t2, 0
        csrr    t2, CSR_STIMECMP
        and     t1, t1, t2
        la      t0, has_sstc
        sw      t1, 0(t0)

        csrw    mtvec, t5
        li      t0, MSIP
        csrw    mie, t0                 # messages from other harts; the timer comes when somebody sets it
        ret

# Where prepare_hart's traps go: to the next instruction. Every instruction there that can trap is four bytes long.
        .balign 4
        .type   skip_instruction, @function
skip_instruction:
        csrr    t6, mepc
        addi    t6, t6, 4
        csrw    mepc, t6
        mret

        .data
        .balign 4
        .globl  has_sstc
        .type   has_sstc, @object
        .size   has_sstc, 4
has_sstc:                               # 1 if S sets its timer by itself; every hart finds the same
        .word   0
