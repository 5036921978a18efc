# Reads the flattened device tree: a walk over its nodes that stops at each one, once its properties are known.

#include "firmware.h"

# The blob begins with words in big-endian order: magic, total size, offset of the structure, offset of the strings,
# offset of the reservations, two versions, the booting hart, size of the strings, size of the structure. The structure
# is a row of tokens.
        .equ    FDT_MAGIC, 0xd00dfeed
        .equ    FDT_BEGIN_NODE, 1       # then the name and zeros up to a multiple of four
        .equ    FDT_END_NODE, 2
        .equ    FDT_PROP, 3             # then the length, the name as an offset into the strings, and the value
        .equ    FDT_NOP, 4

# read_word(a0: address, a multiple of four) returns 32 bits in big-endian order. Changes t0 and t1 only.
function read_word
        lbu     t0, 0(a0)
        slli    t0, t0, 8
        lbu     t1, 1(a0)
        or      t0, t0, t1
        slli    t0, t0, 8
        lbu     t1, 2(a0)
        or      t0, t0, t1
        slli    t0, t0, 8
        lbu     t1, 3(a0)
        or      a0, t0, t1
        ret

# read_cells(a0: address, a1: number of cells, 0 to 2) returns the value.
function read_cells
        enter   48
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        mv      s1, a0
        mv      s2, a1
        li      s3, 0
1:      beqz    s2, 2f
        mv      a0, s1
        call    read_word
        slli    s3, s3, 32
        or      s3, s3, a0
        addi    s1, s1, 4
        addi    s2, s2, -1
        j       1b
2:      mv      a0, s3
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        leave   48

# same_string(a0, a1) returns 1 if the strings are the same, else 0.
function same_string
1:      lbu     t0, 0(a0)
        lbu     t1, 0(a1)
        bne     t0, t1, 2f
        addi    a0, a0, 1
        addi    a1, a1, 1
        bnez    t0, 1b
        li      a0, 1
        ret
2:      li      a0, 0
        ret

# dt_open(a0: a record of WALK_SIZE bytes, a1: the blob) begins a walk. Returns 1, or 0 if there is no device tree.
function dt_open
        enter   48
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        mv      s1, a0
        mv      s2, a1
        li      a0, 0
        beqz    s2, 1f
        andi    t0, s2, 7
        bnez    t0, 1f
        mv      a0, s2
        call    read_word
        li      t0, FDT_MAGIC
        xor     t0, t0, a0
        li      a0, 0
        bnez    t0, 1f
        addi    a0, s2, 8
        call    read_word
        add     t2, s2, a0
        sd      t2, WALK_POSITION(s1)
        addi    a0, s2, 36
        call    read_word
        add     t2, t2, a0
        sd      t2, WALK_END(s1)
        addi    a0, s2, 12
        call    read_word
        add     t2, s2, a0
        sd      t2, WALK_STRINGS(s1)
        sd      zero, WALK_DEPTH(s1)
        sd      zero, WALK_NODE_OPEN(s1)
        li      a0, 1
1:      ld      s1, 0(sp)
        ld      s2, 8(sp)
        leave   48

# dt_next(a0: the record) goes on to the next node and fills in what it tells. Returns 0 at the end of the tree.
#
# The properties of a node come before its children. So a node is complete at the first token that is not a property:
# a child begins, or the node ends. There the walk stops, and WALK_NODE_OPEN says that the token is still to be read.
function dt_next
        enter   64
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        sd      s4, 24(sp)
        sd      s5, 32(sp)
        mv      s1, a0
token:
        ld      s2, WALK_POSITION(s1)
        li      a0, 0
        ld      t0, WALK_END(s1)
        bgeu    s2, t0, walked
        mv      a0, s2
        call    read_word
        addi    s2, s2, 4
        li      t0, FDT_NOP
        beq     a0, t0, token_done
        li      t0, FDT_PROP
        beq     a0, t0, property

        ld      t0, WALK_NODE_OPEN(s1)
        bnez    t0, complete
        ld      t1, WALK_DEPTH(s1)
        li      t0, FDT_BEGIN_NODE
        beq     a0, t0, begin
        li      t0, FDT_END_NODE
        bne     a0, t0, no_token
        addi    t1, t1, -1
        sd      t1, WALK_DEPTH(s1)
token_done:
        sd      s2, WALK_POSITION(s1)
        j       token
no_token:                               # the end of the tree, or damage
        li      a0, 0
        j       walked

complete:
        sd      zero, WALK_NODE_OPEN(s1)
        li      a0, 1
walked:
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        ld      s4, 24(sp)
        ld      s5, 32(sp)
        leave   64

begin:
        addi    t1, t1, 1
        sd      t1, WALK_DEPTH(s1)
        li      t0, WALK_DEPTHS
        bgeu    t1, t0, no_token        # deeper than any board's
        slli    t0, t1, 1
        add     t0, t0, s1
        li      t2, 2                   # what a node's children have if it says nothing: two cells and one
        sb      t2, WALK_CELLS(t0)
        li      t2, 1
        sb      t2, WALK_CELLS+1(t0)
        lbu     t2, WALK_CELLS-2(t0)    # what its parent said goes for itself
        sd      t2, NODE_ADDRESS_CELLS(s1)
        lbu     t2, WALK_CELLS-1(t0)
        sd      t2, NODE_SIZE_CELLS(s1)
        sd      s2, NODE_NAME(s1)
        .irp    field, NODE_COMPATIBLE, NODE_DEVICE_TYPE, NODE_REG, NODE_REG_LENGTH, NODE_INTERRUPTS, NODE_STATUS
        sd      zero, \field(s1)
        .endr
        li      t0, 1
        sd      t0, WALK_NODE_OPEN(s1)
1:      lbu     t0, 0(s2)               # over the name
        addi    s2, s2, 1
        bnez    t0, 1b
        addi    s2, s2, 3
        andi    s2, s2, -4
        j       token_done

property:
        mv      a0, s2
        call    read_word
        mv      s3, a0                  # length
        addi    a0, s2, 4
        call    read_word
        ld      s4, WALK_STRINGS(s1)
        add     s4, s4, a0              # name
        addi    s2, s2, 8               # value
        # The rows of the table below say which names are wanted and where in the record they go.
        la      s5, wanted
1:      ld      a1, 0(s5)
        beqz    a1, 3f
        mv      a0, s4
        call    same_string
        bnez    a0, 2f
        addi    s5, s5, 16
        j       1b
2:      ld      t0, 8(s5)
        bltz    t0, 4f
        add     t0, t0, s1
        sd      s2, 0(t0)
        la      t1, wanted_reg
        bne     s5, t1, 3f
        sd      s3, NODE_REG_LENGTH(s1)
3:      add     s2, s2, s3
        addi    s2, s2, 3
        andi    s2, s2, -4
        j       token_done
4:      mv      a0, s2                  # one of the two numbers of cells, for the children
        call    read_word
        ld      t1, WALK_DEPTH(s1)
        slli    t1, t1, 1
        add     t1, t1, s1
        ld      t0, 8(s5)
        andi    t0, t0, 1
        add     t1, t1, t0
        sb      a0, WALK_CELLS(t1)
        j       3b

        .section .rodata
        .balign 8
wanted:
        .quad   name_compatible, NODE_COMPATIBLE
        .quad   name_device_type, NODE_DEVICE_TYPE
wanted_reg:
        .quad   name_reg, NODE_REG
        .quad   name_interrupts, NODE_INTERRUPTS
        .quad   name_status, NODE_STATUS
        .quad   name_address_cells, -2
        .quad   name_size_cells, -1
        .quad   0
name_compatible:
        .asciz  "compatible"
name_device_type:
        .asciz  "device_type"
name_reg:
        .asciz  "reg"
name_interrupts:
        .asciz  "interrupts"
name_status:
        .asciz  "status"
name_address_cells:
        .asciz  "#address-cells"
name_size_cells:
        .asciz  "#size-cells"
