# The program's loop: the sums of the first numbers, of their squares and so on, all at once in registers, with a dot for each number.
# A system call gives all registers back as they were, but for a0.

        .text
        .globl  user_main
        .type   user_main, @function
user_main:
        li      s1, 0                   # the number
        li      s2, 0                   # the sums: numbers ...
        li      s3, 0                   # ... squares ...
        li      s4, 0                   # ... cubes ...
        li      s5, 0                   # ... even numbers ...
        li      s6, 0                   # ... odd numbers
        li      t3, 20                  # how many
1:      addi    s1, s1, 1
        add     s2, s2, s1
        mul     t0, s1, s1
        add     s3, s3, t0
        mul     t0, t0, s1
        add     s4, s4, t0
        andi    t0, s1, 1
        bnez    t0, 2f
        add     s5, s5, s1
        j       3f
2:      add     s6, s6, s1
3:      li      a0, '.'
        li      a7, 1                   # write
        ecall
        bne     s1, t3, 1b
        mv      a0, s2
        mv      a1, s3
        mv      a2, s4
        mv      a3, s5
        mv      a4, s6
        call    report                  # does not return
