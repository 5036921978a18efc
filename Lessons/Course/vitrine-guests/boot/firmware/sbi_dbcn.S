# SBI DBCN: the console, for a supervisor that has no driver yet.

#include "firmware.h"

# sbi_dbcn(a0: bytes, a1: address, a2: its upper half on RV32, a6: 0 write, 1 read; or a0: a byte, a6: 2 write it).
# Addresses are physical. They come from a supervisor and are used with the rights of M-mode, so they are checked: else
# this would be a way to read and write the firmware.
function sbi_dbcn
        li      t0, 2
        bltu    t0, a6, not_supported
        enter   48
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        li      s1, 0                   # bytes written or read so far
        beq     a6, t0, 6f
        mv      s2, a1
        mv      s3, a0
        mv      t2, a2
        mv      a0, a1
        mv      a1, s3
        call    in_memory
        beqz    a0, 5f
        bnez    t2, 5f
        bnez    a6, 3f

1:      beq     s1, s3, 4f              # write
        add     t0, s2, s1
        lbu     a0, 0(t0)
        call    put_character
        addi    s1, s1, 1
        j       1b
3:      beq     s1, s3, 4f              # read what is there, and do not wait for more
        call    get_character
        bltz    a0, 4f
        add     t0, s2, s1
        sb      a0, 0(t0)
        addi    s1, s1, 1
        j       3b
6:      andi    a0, a0, 0xff
        call    put_character
4:      li      a0, SBI_SUCCESS
        mv      a1, s1
        j       7f
5:      li      a0, SBI_ERR_INVALID_PARAM
        li      a1, 0
7:      ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        leave   48
