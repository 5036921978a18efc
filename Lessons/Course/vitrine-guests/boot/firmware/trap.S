# Traps into M-mode: saves the registers, finds out why, and goes back.

#include "firmware.h"

# The frame: register n lies at 8 n. What comes here is an SBI call, the timer (without Sstc), or a message from another
# hart; everything else is delegated, so that anything else is a fault of the firmware itself.
        .equ    FRAME_SIZE, 256

        .text
        .balign 4
        .globl  trap_vector
        .type   trap_vector, @function
trap_vector:
        csrrw   sp, mscratch, sp        # sp: this hart's stack in the firmware; mscratch: the interrupted sp
        addi    sp, sp, -FRAME_SIZE
        .irp    n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        sd      x\n, 8 * \n(sp)
        .endr
        addi    t0, sp, FRAME_SIZE
        csrrw   t0, mscratch, t0        # mscratch as it was, and the interrupted sp into the frame
        sd      t0, 8 * 2(sp)

        csrr    t0, mstatus
        li      t1, MSTATUS_MPP
        and     t0, t0, t1
        beq     t0, t1, trap_in_firmware
        csrr    t0, mcause
        bltz    t0, interrupt
        li      t1, CAUSE_SUPERVISOR_ECALL
        bne     t0, t1, trap_in_firmware

        # An SBI call: a7 and a6 say which, a0 to a5 are its arguments and still in their registers. The answer is
        # an error in a0 and a value in a1.
        call    sbi_call
        sd      a0, 8 * 10(sp)
        sd      a1, 8 * 11(sp)
        csrr    t0, mepc
        addi    t0, t0, 4               # go on after the ecall
        csrw    mepc, t0

restore:
        .irp    n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ld      x\n, 8 * \n(sp)
        .endr
        ld      sp, 8 * 2(sp)
        mret

interrupt:
        slli    t0, t0, 1
        srli    t0, t0, 1
        li      t1, CAUSE_MACHINE_SOFTWARE
        bne     t0, t1, 1f
        call    take_messages
        j       restore
1:      li      t1, CAUSE_MACHINE_TIMER
        bne     t0, t1, trap_in_firmware
        # The supervisor's timer has run out. It is told by STIP, which stays until it sets the timer anew; until then
        # ours must be quiet.
        li      t0, MTIP
        csrc    mie, t0
        li      t0, STIP
        csrs    mip, t0
        j       restore

        .type   trap_in_firmware, @function
trap_in_firmware:
        say     "firmware: a trap that is nobody else's: mcause "
        csrr    a0, mcause
        call    print_hex
        say     ", mepc "
        csrr    a0, mepc
        call    print_hex
        say     ", mtval "
        csrr    a0, mtval
        call    print_hex
        say     "; this is a fault of the firmware, please report it\n"
        j       fail
