# Two programs, each in a page of its own, each written for address 0x10000. They name nothing by its address.

        .macro  say character
        li      a0, \character
        li      a7, 1
        ecall
        .endm

        .section .rodata
        .balign 4096
        .globl  first_program
        .type   first_program, @function
first_program:
        say     'f'
        say     'i'
        say     'r'
        say     's'
        say     't'
        say     '\n'
        li      a0, 1
        li      a7, 2
        ecall

        .balign 4096
        .globl  second_program
        .type   second_program, @function
second_program:
        say     's'
        say     'e'
        say     'c'
        say     'o'
        say     'n'
        say     'd'
        say     '\n'
        li      a0, 2
        li      a7, 2
        ecall
        .balign 4096
