# Reset: the first instructions after the boot ROM, and the order in which everything else happens.

#include "firmware.h"

# `_start` is where the boot ROM jumps, with a0 the hart's number, a1 the device tree, and a2 a record that says where
# the next stage lies if something else than the disk shall be started (the fw_dynamic record of OpenSBI). Every hart
# arrives here at the same time, and nothing can be relied upon: no stack, no trap vector, no cleared memory.
        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrw    mie, zero               # no interrupt before there is something that takes it
        csrr    s1, mhartid
        mv      s2, a1
        mv      s3, a2
        li      t0, MAXIMUM_HARTS
        bgeu    s1, t0, park            # there is no stack for more
        la      sp, stacks + STACK_SIZE
        li      t0, STACK_SIZE
        mul     t0, t0, s1
        add     sp, sp, t0
        li      fp, 0                   # nobody called: a backtrace ends here
        csrw    mscratch, sp            # where a trap from S will find its stack
        la      t0, trap_vector
        csrw    mtvec, t0
        mv      a0, s1
        call    hart_record
        li      t0, HART_STOPPED        # after a reboot memory holds what it held
        sw      t0, HART_STATE(a0)
        sw      zero, HART_MESSAGES(a0)

        # Who boots? The hart with the lowest number in the device tree. Each hart finds the same answer for itself, so
        # there is no race to win, and every boot goes the same way.
        mv      a0, s2
        call    lowest_hart
        beq     a0, s1, boot_hart
        call    prepare_hart
        j       wait_for_start          # the others sleep until HSM hart_start names them

        .type   boot_hart, @function
boot_hart:
        la      t0, bss_start
        la      t1, bss_end
1:      bgeu    t0, t1, 2f
        sd      zero, 0(t0)
        addi    t0, t0, 8
        j       1b
2:
        call    prepare_hart            # this hart's own: PMP, delegation, counters, timer
        mv      a0, s2
        call    read_board              # what the device tree says; prints it
        mv      a0, s2
        call    reserve_firmware        # whoever reads the tree later leaves our memory alone
        mv      a0, s3
        call    next_stage              # is the next stage in memory already?
        bnez    a0, 3f
        call    boot_from_disk          # no: read the loader; returns where it begins
3:
        mv      a1, s2
        j       enter_supervisor        # with the device tree; never returns

# A hart that cannot take part. No interrupt is enabled, so nothing wakes it.
        .globl  park
        .type   park, @function
park:
        wfi
        j       park

# next_stage(a0: the record, or anything) returns the address of a next stage that someone has put into memory for us,
# such as the kernel that `--kernel` loads, or 0. Its five first words: magic "OSBI", version, address, mode, options.
function next_stage
        mv      t0, a0
        li      a0, 0
        andi    t1, t0, 7
        bnez    t1, 1f
        beqz    t0, 1f
        ld      t1, 0(t0)
        li      t2, 0x4942534f
        bne     t1, t2, 1f
        ld      a0, 16(t0)
1:      ret
