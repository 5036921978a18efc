# The exit and the entry. While the guest runs, sscratch holds the address of vitrine_vcpu; while the monitor runs, 0.

#include "vcpu.h"

        .text
        .balign 4
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        csrrw   a0, sscratch, a0        # a0: vitrine_vcpu; sscratch: the guest's a0
        beqz    a0, trap_of_our_own
        sd      ra, VCPU_X + 8 * 1(a0)
        sd      sp, VCPU_X + 8 * 2(a0)
        sd      gp, VCPU_X + 8 * 3(a0)
        sd      tp, VCPU_X + 8 * 4(a0)
        sd      t0, VCPU_X + 8 * 5(a0)
        sd      t1, VCPU_X + 8 * 6(a0)
        sd      t2, VCPU_X + 8 * 7(a0)
        sd      s0, VCPU_X + 8 * 8(a0)
        sd      s1, VCPU_X + 8 * 9(a0)
        sd      a1, VCPU_X + 8 * 11(a0)
        sd      a2, VCPU_X + 8 * 12(a0)
        sd      a3, VCPU_X + 8 * 13(a0)
        sd      a4, VCPU_X + 8 * 14(a0)
        sd      a5, VCPU_X + 8 * 15(a0)
        sd      a6, VCPU_X + 8 * 16(a0)
        sd      a7, VCPU_X + 8 * 17(a0)
        sd      s2, VCPU_X + 8 * 18(a0)
        sd      s3, VCPU_X + 8 * 19(a0)
        sd      s4, VCPU_X + 8 * 20(a0)
        sd      s5, VCPU_X + 8 * 21(a0)
        sd      s6, VCPU_X + 8 * 22(a0)
        sd      s7, VCPU_X + 8 * 23(a0)
        sd      s8, VCPU_X + 8 * 24(a0)
        sd      s9, VCPU_X + 8 * 25(a0)
        sd      s10, VCPU_X + 8 * 26(a0)
        sd      s11, VCPU_X + 8 * 27(a0)
        sd      t3, VCPU_X + 8 * 28(a0)
        sd      t4, VCPU_X + 8 * 29(a0)
        sd      t5, VCPU_X + 8 * 30(a0)
        sd      t6, VCPU_X + 8 * 31(a0)
        csrrw   t0, sscratch, zero      # from here on a trap is our own
        sd      t0, VCPU_X + 8 * 10(a0)
        csrr    t0, sepc
        sd      t0, VCPU_PC(a0)
        la      sp, stacks
        li      t0, 4096
        add     sp, sp, t0
        li      fp, 0
        call    handle_exit

        .globl  enter_guest
        .type   enter_guest, @function
enter_guest:
        la      a0, vitrine_vcpu
        csrw    sscratch, a0
        ld      t0, VCPU_PC(a0)
        csrw    sepc, t0
        ld      ra, VCPU_X + 8 * 1(a0)
        ld      sp, VCPU_X + 8 * 2(a0)
        ld      gp, VCPU_X + 8 * 3(a0)
        ld      tp, VCPU_X + 8 * 4(a0)
        ld      t0, VCPU_X + 8 * 5(a0)
        ld      t1, VCPU_X + 8 * 6(a0)
        ld      t2, VCPU_X + 8 * 7(a0)
        ld      s0, VCPU_X + 8 * 8(a0)
        ld      s1, VCPU_X + 8 * 9(a0)
        ld      a1, VCPU_X + 8 * 11(a0)
        ld      a2, VCPU_X + 8 * 12(a0)
        ld      a3, VCPU_X + 8 * 13(a0)
        ld      a4, VCPU_X + 8 * 14(a0)
        ld      a5, VCPU_X + 8 * 15(a0)
        ld      a6, VCPU_X + 8 * 16(a0)
        ld      a7, VCPU_X + 8 * 17(a0)
        ld      s2, VCPU_X + 8 * 18(a0)
        ld      s3, VCPU_X + 8 * 19(a0)
        ld      s4, VCPU_X + 8 * 20(a0)
        ld      s5, VCPU_X + 8 * 21(a0)
        ld      s6, VCPU_X + 8 * 22(a0)
        ld      s7, VCPU_X + 8 * 23(a0)
        ld      s8, VCPU_X + 8 * 24(a0)
        ld      s9, VCPU_X + 8 * 25(a0)
        ld      s10, VCPU_X + 8 * 26(a0)
        ld      s11, VCPU_X + 8 * 27(a0)
        ld      t3, VCPU_X + 8 * 28(a0)
        ld      t4, VCPU_X + 8 * 29(a0)
        ld      t5, VCPU_X + 8 * 30(a0)
        ld      t6, VCPU_X + 8 * 31(a0)
        ld      a0, VCPU_X + 8 * 10(a0)
        sret

# A trap from the monitor itself: a0 was exchanged with 0.
        .type   trap_of_our_own, @function
trap_of_our_own:
        la      sp, stacks
        li      t0, 4096
        add     sp, sp, t0
        la      a0, own_trap
        csrr    a1, sepc
        call    fail

        .section .rodata
own_trap:
        .asciz  "a trap of my own, at"
