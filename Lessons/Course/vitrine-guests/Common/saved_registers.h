// What a caller expects to find again, put on the stack and taken back: for functions in assembly that go to another mode
// and come back by a trap.

#pragma once

        .macro  push_saved_registers
        addi    sp, sp, -112
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        sd      s\n, 8 * \n(sp)
        .endr
        sd      ra, 96(sp)
        .endm

        .macro  pop_saved_registers
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        ld      s\n, 8 * \n(sp)
        .endr
        ld      ra, 96(sp)
        addi    sp, sp, 112
        .endm
