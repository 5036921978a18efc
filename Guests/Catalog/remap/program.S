# A page with what programs do, in user mode, at 0x10000.

        .section .rodata
        .balign 4096
        .option push
        .option norvc
        .globl  program_page
program_page:
        ld      a0, 0(a1)               # 0x10000
        ecall
        sd      a1, 0(a1)               # 0x10008
        ecall
        ecall                           # 0x10010
        .option pop
        .balign 4096
