# Copying and filling memory: what compiled Swift calls, and what is worth a loop of its own. Whole doublewords where
# both addresses and the count allow it, else bytes.

        .text
# memcpy(to, from, count) and memmove, which may overlap.
        .globl  memmove
        .type   memmove, @function
memmove:
        bgtu    a0, a1, backward        # the end first, so that nothing is overwritten before it is read
        .globl  memcpy
        .type   memcpy, @function
memcpy:
        mv      t0, a0
        or      t1, a0, a1
        or      t1, t1, a2
        andi    t1, t1, 7
        add     t2, a0, a2              # the end
        bnez    t1, 2f
1:      bgeu    t0, t2, 3f
        ld      t1, 0(a1)
        sd      t1, 0(t0)
        addi    a1, a1, 8
        addi    t0, t0, 8
        j       1b
2:      bgeu    t0, t2, 3f
        lbu     t1, 0(a1)
        sb      t1, 0(t0)
        addi    a1, a1, 1
        addi    t0, t0, 1
        j       2b
3:      ret
backward:
        add     t0, a0, a2
        add     a1, a1, a2
1:      bgeu    a0, t0, 2f
        addi    a1, a1, -1
        addi    t0, t0, -1
        lbu     t1, 0(a1)
        sb      t1, 0(t0)
        j       1b
2:      ret

# memset(to, byte, count)
        .globl  memset
        .type   memset, @function
memset:
        add     t2, a0, a2
        mv      t0, a0
1:      bgeu    t0, t2, 2f
        sb      a1, 0(t0)
        addi    t0, t0, 1
        j       1b
2:      ret

# zero_page(page): every page that is handed out passes here, so eight stores a round.
        .globl  zero_page
        .type   zero_page, @function
zero_page:
        li      t0, 4096
        add     t0, t0, a0
1:      sd      zero, 0(a0)
        sd      zero, 8(a0)
        sd      zero, 16(a0)
        sd      zero, 24(a0)
        sd      zero, 32(a0)
        sd      zero, 40(a0)
        sd      zero, 48(a0)
        sd      zero, 56(a0)
        addi    a0, a0, 64
        bltu    a0, t0, 1b
        ret

# crc32(sum, bytes, count): the polynomial of zlib and Ethernet, four bits at a time.
        .globl  crc32
        .type   crc32, @function
crc32:
        la      t0, crc32_table
        add     a2, a1, a2
        not     a0, a0
1:      bgeu    a1, a2, 2f
        lbu     t1, 0(a1)
        addi    a1, a1, 1
        xor     a0, a0, t1
        .rept   2
        andi    t2, a0, 15
        slli    t2, t2, 2
        add     t2, t2, t0
        lwu     t2, 0(t2)
        slli    a0, a0, 32
        srli    a0, a0, 36
        xor     a0, a0, t2
        .endr
        j       1b
2:      not     a0, a0
        sext.w  a0, a0                  # the calling convention: 32 bits are sign-extended, unsigned ones too
        ret

        .section .rodata
        .balign 4
crc32_table:
        .word   0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c
        .word   0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
