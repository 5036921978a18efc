# The operations, and the loops that measure them. Look first at `measure`, then at its uses at the end.

#include "saved_registers.h"
#include "virt.h"

        .equ    ROUNDS, 1000
        .equ    WARM_UP, 16
        .equ    USER_OFFSET, 0x40000000 # where user mode sees the same RAM once more
        .option norvc                   # a trap handler that passes over an instruction may add 4

# `measure NUMBER, NAME, OPERATION` makes the function `measure_NAME`: the macro OPERATION a few times to warm up, then again
# and again between two markers. The symbol `marker_NAME` tells the tool what to call them.
#   a0, a1      result: cycles and instructions of the whole loop
#   s5 to s9    the operation's arguments; before each time s6 changes to its other value and back
#   s11         where to go at the end
#   t0, t1      for the operation and the trap handler
        .macro  measure number, name, operation
        .globl  marker_\name
        .equ    marker_\name, \number
        .text
        .balign 64
        .globl  measure_\name
        .type   measure_\name, @function
measure_\name:
        li      s0, WARM_UP
1:      xor     s6, s6, s7
        \operation
        addi    s0, s0, -1
        bnez    s0, 1b
        li      s0, ROUNDS
        rdcycle s1
        rdinstret s2
2:      xor     s6, s6, s7
        slti    zero, zero, \number
        \operation
        slti    zero, zero, -\number
        addi    s0, s0, -1
        bnez    s0, 2b
        rdinstret s3
        rdcycle s4
        sub     a0, s4, s1
        sub     a1, s3, s2
        jr      s11
        .endm

# `run_supervisor(function, arguments)` and `run_user(function, arguments)` call such a function in either mode.
        .macro  enter
        push_saved_registers
        la      t0, kept_sp
        sd      sp, 0(t0)
        .irp    n, 5, 6, 7, 8, 9
        ld      s\n, 8 * (\n - 5)(a1)
        .endr
        .endm

        .text
        .globl  run_supervisor
        .type   run_supervisor, @function
run_supervisor:
        enter
        la      s11, back
        jr      a0

        .globl  run_user
        .type   run_user, @function
run_user:
        enter
        la      t0, short_trap
        csrw    stvec, t0
        li      t0, 1 << 8
        csrc    sstatus, t0             # SPP = 0: user
        li      t0, USER_OFFSET
        add     a0, a0, t0
        csrw    sepc, a0
        la      s11, leave
        add     s11, s11, t0
        li      a7, 0
        sret

# In user mode: asks to be let out.
        .type   leave, @function
leave:
        li      a7, 1
        ecall

# The shortest trap handler there can be: whatever it was, go on behind it.
        .balign 4
        .globl  short_trap
        .type   short_trap, @function
short_trap:
        bnez    a7, back
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        sret

        .type   back, @function
back:
        la      t0, supervisor_trap
        csrw    stvec, t0
        la      t0, kept_sp
        ld      sp, 0(t0)
        pop_saved_registers
        ret

        .bss
        .balign 8
kept_sp:
        .zero   8

# The operations.
        .macro  nothing
        .endm
        .macro  system_call
        ecall
        .endm
        .macro  device_load
        lw      t0, 0(s5)
        .endm
        .macro  write_sie
        csrw    sie, s5
        .endm
        .macro  call_and_return
        jal     ra, just_return
        .endm
        .macro  absent_page
        ld      t1, 0(s5)
        .endm
        .macro  exception
        ebreak
        .endm
        .macro  change_entry
        sd      s6, 0(s5)
        .endm
        .macro  change_entry_and_fence
        sd      s6, 0(s5)
        sfence.vma s8, zero
        ld      t0, 0(s8)
        .endm
        .macro  switch_address_space
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        sd      s\n, 8 * \n(s5)
        .endr
        sd      ra, 96(s5)
        sd      sp, 104(s5)
        csrw    satp, s6
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
        ld      s\n, 8 * \n(s5)
        .endr
        ld      ra, 96(s5)
        ld      sp, 104(s5)
        ld      t0, 0(s8)               # differs from one address space to the other
        .endm
        .macro  chase_pointer
        ld      s5, 0(s5)
        .endm

        .text
        .type   just_return, @function
just_return:
        ret

        .globl  marker_device_first
        .equ    marker_device_first, 2
        measure 1, empty, nothing
        measure 3, device, device_load
        measure 4, syscall, system_call
        measure 5, sie, write_sie
        measure 6, callret, call_and_return
        measure 7, pagefault, absent_page
        measure 8, exception, exception
        measure 9, ptemod, change_entry
        measure 10, ptefence, change_entry_and_fence
        measure 11, switch, switch_address_space
        measure 12, chase, chase_pointer
