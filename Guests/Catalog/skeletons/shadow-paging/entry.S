# Where the firmware enters, in S-mode: a0 is the hart, a1 the device tree, and nothing else is set up.

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        la      sp, stacks
        li      t0, 4096
        add     sp, sp, t0
        li      fp, 0                   # no caller: a backtrace ends here
        la      t0, trap_entry
        csrw    stvec, t0
        csrw    sscratch, zero          # no guest yet: a trap is our own fault
        j       monitor_main
