# The first instruction of a program. a0 and a1 are its command line, sp its stack: the kernel has seen to that.

        .section .text.entry, "ax", @progbits
        .globl  start
        .type   start, @function
start:
        li      fp, 0                   # no caller: a backtrace ends here
        li      ra, 0
        call    program_start           # does not return
        .size   start, . - start
