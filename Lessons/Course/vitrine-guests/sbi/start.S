# Supervisor mode: where the firmware enters, where a hart that was started enters, and the trap handler.

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        la      a2, boot_main
        j       enter
        .globl  secondary_start
        .type   secondary_start, @function
secondary_start:
        la      a2, secondary_main
        j       enter
        .globl  resumed_start
        .type   resumed_start, @function
resumed_start:
        la      a2, resumed_main

# enter(a0: hart, a1: what the firmware passes on, a2: function)
enter:
        la      sp, stacks
        addi    t0, a0, 1
        slli    t0, t0, 12
        add     sp, sp, t0              # 4 KiB for each hart
        li      fp, 0
        la      t0, trap
        csrw    stvec, t0
        jr      a2

# A trap here is one that a call was expected to cause: its cause is kept, and the instruction, four bytes, is skipped.
        .text
        .balign 4
        .globl  trap
        .type   trap, @function
trap:
        csrw    sscratch, t0
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        csrr    t0, scause
        sd      t0, last_cause, a7      # the places that trap leave a7 to us
        csrr    t0, sscratch
        sret

# load_from(a0: address) and execute_nothing() may trap.
        .globl  load_from
        .type   load_from, @function
load_from:
        .option push
        .option norvc
        ld      a0, 0(a0)
        .option pop
        ret
        .globl  execute_nothing
        .type   execute_nothing, @function
execute_nothing:
        .word   0xffffffff              # no instruction
        ret
