# SBI calls: which extension is meant, and the base extension (supervisor binary interface 2.0).

#include "firmware.h"

        .equ    SPECIFICATION, 2 << 24 | 0
        .equ    IMPLEMENTATION, 0x56495452      # no number of the specification's list
        .equ    IMPLEMENTATION_VERSION, 1

# sbi_call(a0 to a5: arguments, a6: function, a7: extension) returns an error in a0 and a value in a1. Each extension is
# a function with the same arguments. What is not in the table is not supported, the vendors' extensions included.
function sbi_call
        la      t0, sbi_extensions
1:      ld      t1, 0(t0)
        beqz    t1, not_supported
        addi    t0, t0, 16
        bne     t1, a7, 1b
        ld      t1, -8(t0)
        jr      t1

# not_supported() is the answer to a function that an extension has not.
function not_supported
        li      a0, SBI_ERR_NOT_SUPPORTED
        li      a1, 0
        ret

function sbi_base
        li      t0, 6
        bltu    t0, a6, not_supported
        mv      t1, a0
        li      a0, SBI_SUCCESS
        la      t0, base_answers        # functions 0 to 2 have a fixed answer
        li      t2, 3
        bltu    a6, t2, 3f
        beq     a6, t2, 1f
        csrr    a1, mvendorid
        li      t2, 4
        beq     a6, t2, 2f
        csrr    a1, marchid
        li      t2, 5
        beq     a6, t2, 2f
        csrr    a1, mimpid
2:      ret
3:      slli    t1, a6, 3
        add     t0, t0, t1
        ld      a1, 0(t0)
        ret
        # Function 3, probe: is extension a0 there?
1:      la      t0, sbi_extensions
        li      a1, 0
4:      ld      t2, 0(t0)
        beqz    t2, 2b
        addi    t0, t0, 16
        bne     t2, t1, 4b
        li      a1, 1
        ret

        .section .rodata
        .balign 8
sbi_extensions:
        .quad   0x10, sbi_base
        .quad   0x54494d45, sbi_time            # "TIME"
        .quad   0x735049, sbi_ipi               # "sPI"
        .quad   0x52464e43, sbi_rfence          # "RFNC"
        .quad   0x48534d, sbi_hsm               # "HSM"
        .quad   0x53525354, sbi_srst            # "SRST"
        .quad   0x4442434e, sbi_dbcn            # "DBCN"
        .quad   0
base_answers:
        .quad   SPECIFICATION, IMPLEMENTATION, IMPLEMENTATION_VERSION
