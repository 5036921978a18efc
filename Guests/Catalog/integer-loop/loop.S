# A loop of twelve integer instructions, 100 million times around: what `vitrine run --stats integer-loop` says is
# how fast the machine computes when nothing else happens. No memory, no device, no trap.
#
# The value that must come out belongs to the iteration count; a C program computed it.

#include "virt.h"

#define ITERATIONS 100000000
#define EXPECTED 0x23a4c08e85bc84be

        .section .text.start, "ax"
        .globl  _start
        .type   _start, @function
_start:
        csrr    t0, mhartid
1:      bnez    t0, 1b
        li      s0, ITERATIONS
        li      a0, 0x12345678
        li      a1, 0x0fedcba987654321
        li      a2, 0
        li      a3, 0
        .balign 64
        .globl  loop
        .type   loop, @function
loop:
        add     a0, a0, a1
        xor     a2, a2, a0
        slli    a3, a2, 7
        srli    a4, a2, 9
        sub     a1, a3, a4
        mul     a4, a0, a2
        or      a3, a3, a4
        addw    a5, a3, a1
        sltu    a4, a5, a2
        add     a2, a2, a5
        addi    s0, s0, -1
        bnez    s0, loop

        .globl  done
        .type   done, @function
done:
        add     a2, a2, a4
        la      t0, result
        sd      a2, 0(t0)
        li      t1, EXPECTED
        li      t2, 1                   # tohost: 1 is success
        li      t3, FINISHER_PASS
        beq     a2, t1, 1f
        li      t2, 1 << 1 | 1          # ... 2 n + 1 is failure n
        li      t3, 1 << 16 | FINISHER_FAIL
1:      la      t0, tohost              # machines with a host interface end here
        sd      t2, 0(t0)
        li      t0, FINISHER            # ... and those with a test finisher here
        sw      t3, 0(t0)
2:      j       2b

        .data
        .balign 8
        .globl  result
result: .dword  0

        .section .tohost, "aw", @progbits
        .balign 64
        .globl  tohost
        .type   tohost, @object
        .size   tohost, 8
tohost: .dword  0
        .balign 64
        .globl  fromhost
        .type   fromhost, @object
        .size   fromhost, 8
fromhost:
        .dword  0
