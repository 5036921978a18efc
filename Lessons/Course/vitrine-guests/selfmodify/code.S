# The code that gets changed.

# `answer()` returns 1, until somebody writes another instruction over its first.
        .text
        .balign 4
        .globl  answer
        .type   answer, @function
        .option push
        .option norvc
answer:
        li      a0, 1
        ret

# `sum(n)` adds n, n - 1, ... 1 with an `addi` whose immediate it writes itself, without fence.i, before it jumps
# there. `sum_next(n)` does the same, but the instruction it writes is the very next one.
        .globl  sum
        .type   sum, @function
sum:
        mv      t0, a0
        li      a0, 0
        la      t1, written
        lwu     t2, 0(t1)
        slli    t2, t2, 44
        srli    t2, t2, 44              # the instruction without its immediate
1:      beqz    t0, 2f
        slli    t3, t0, 20
        or      t3, t3, t2
        sw      t3, 0(t1)
        j       written
        .globl  written
written:
        addi    a0, a0, 0
        addi    t0, t0, -1
        j       1b
2:      ret

        .globl  sum_next
        .type   sum_next, @function
sum_next:
        mv      t0, a0
        li      a0, 0
        la      t1, written_next
        lwu     t2, 0(t1)
        slli    t2, t2, 44
        srli    t2, t2, 44
1:      beqz    t0, 2f
        slli    t3, t0, 20
        or      t3, t3, t2
        sw      t3, 0(t1)
        .globl  written_next
written_next:
        addi    a0, a0, 0
        addi    t0, t0, -1
        j       1b
2:      ret

# `count(n)` counts to n in a word that lies between instructions of its own.
        .globl  count
        .type   count, @function
count:
        la      t1, count_word
        sd      zero, 0(t1)
1:      ld      t0, 0(t1)
        bgeu    t0, a0, 2f
        addi    t0, t0, 1
        sd      t0, 0(t1)
        j       1b
        .balign 8
count_word:
        .dword  0
2:      ld      a0, 0(t1)
        ret
        .option pop
