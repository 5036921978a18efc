# One function for each way to trap.

        .equ    ABSENT, 0x40000000      # mapped in no page table here

        .macro  provoke name
        .text
        .balign 4
        .globl  provoke_\name
        .type   provoke_\name, @function
provoke_\name:
        .endm

        provoke fetch_forbidden
        la      t0, forbidden
        jr      t0
        provoke load_forbidden
        la      t0, forbidden
        ld      t0, 0(t0)
        provoke store_forbidden
        la      t0, forbidden
        sd      t0, 0(t0)

        provoke illegal
        unimp                           # a write of `cycle`, which can only be read
        provoke breakpoint
        ebreak
        provoke ecall
        ecall

        # Plain loads and stores may be misaligned on this board, atomic ones may not.
        provoke load_misaligned
        la      t0, provoke_load_misaligned
        addi    t0, t0, 1
        lr.w    t1, (t0)
        provoke store_misaligned
        la      t0, provoke_store_misaligned
        addi    t0, t0, 1
        amoadd.w t1, zero, (t0)

        provoke fetch_absent
        li      t0, ABSENT
        jr      t0
        provoke load_absent
        li      t0, ABSENT
        ld      t0, 0(t0)
        provoke store_absent
        li      t0, ABSENT
        sd      t0, 0(t0)

        # Guests have no hypervisor's registers; a monitor might wish to give them some, so the trap is one of its own.
        provoke hypervisor_register
        csrr    t0, hgatp
