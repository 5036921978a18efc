# The way from a program into the kernel and back.
#
# sscratch tells where we come from: while a program runs it holds the address of the process's trap frame, at the top
# of its kernel stack; while the kernel runs it is 0. Offsets are those of `struct TrapFrame` (TrapFrame.swift).

        .equ    FRAME_PC, 256
        .equ    FRAME_STATUS, 264
        .equ    FRAME_CAUSE, 272
        .equ    FRAME_VALUE, 280
        .equ    FRAME_HART, 288
        .equ    FRAME_RECORD_FP, 304
        .equ    FRAME_RECORD_RA, 312
        .equ    FRAME_SIZE, 320
        .equ    SSTATUS_SPP, 1 << 8

        .cfi_sections .debug_frame

        .macro  each_register operation
        .irp    number, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        \operation x\number, \number * 8(sp)
        .endr
        .endm

        .text
        .balign 4
        .globl  trap_vector
        .type   trap_vector, @function
trap_vector:
        .cfi_startproc
        .cfi_signal_frame
        .cfi_return_column 64           # not ra: an interrupted program has a pc of its own
        csrrw   sp, sscratch, sp        # sp: the trap frame; sscratch: the program's sp
        bnez    sp, save

        # A trap in the kernel itself: its frame goes below what is on the stack.
        csrrw   sp, sscratch, sp
        addi    sp, sp, -FRAME_SIZE
        sd      t0, 5 * 8(sp)
        addi    t0, sp, FRAME_SIZE
        csrw    sscratch, t0
        ld      t0, 5 * 8(sp)

save:   each_register sd                # all but x2, which is sp
        .cfi_def_cfa sp, 0
        .irp    number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        .cfi_offset \number, \number * 8
        .endr
        .cfi_offset 64, FRAME_PC
        csrrw   t0, sscratch, zero      # the interrupted sp; and from now on, we are in the kernel
        sd      t0, 2 * 8(sp)
        csrr    t1, sepc
        sd      t1, FRAME_PC(sp)
        csrr    t2, sstatus
        sd      t2, FRAME_STATUS(sp)
        csrr    t0, scause
        sd      t0, FRAME_CAUSE(sp)
        csrr    t0, stval
        sd      t0, FRAME_VALUE(sp)

        # The top of the trap frame looks like the frame of a function that was called at the interrupted instruction,
        # so a debugger that follows frame pointers walks from here into the program.
        sd      s0, FRAME_RECORD_FP(sp)
        sd      t1, FRAME_RECORD_RA(sp)
        addi    s0, sp, FRAME_SIZE

        andi    t2, t2, SSTATUS_SPP
        bnez    t2, 1f
        ld      tp, FRAME_HART(sp)      # a program may use tp as it likes; ours is in the frame
1:      mv      a0, sp
        call    handle_trap             # comes back only for a trap from a program

        # Back to the program, with sp = the trap frame. A new process starts its life here (process_start).
        .globl  trap_return
trap_return:
        sd      tp, FRAME_HART(sp)      # the process may have moved to another hart
        csrw    sscratch, sp
        ld      t0, FRAME_PC(sp)
        csrw    sepc, t0
        ld      t0, FRAME_STATUS(sp)
        csrw    sstatus, t0
        each_register ld
        ld      sp, 2 * 8(sp)
        sret
        .cfi_endproc
        .size   trap_vector, . - trap_vector

# The first switch to a new process comes here, with sp = its trap frame.
        .globl  process_start
        .type   process_start, @function
process_start:
        addi    s0, sp, FRAME_SIZE
        call    leave_kernel
        j       trap_return
        .size   process_start, . - process_start

# switch_context(from, to): saves what a function must preserve in `from`, takes it from `to`, and so returns to where
# `to` was when it called this. 14 registers: `struct Context` (Process.swift).
        .globl  switch_context
        .type   switch_context, @function
switch_context:
        sd      ra, 0(a0)
        sd      sp, 8(a0)
        sd      s0, 16(a0)
        sd      s1, 24(a0)
        sd      s2, 32(a0)
        sd      s3, 40(a0)
        sd      s4, 48(a0)
        sd      s5, 56(a0)
        sd      s6, 64(a0)
        sd      s7, 72(a0)
        sd      s8, 80(a0)
        sd      s9, 88(a0)
        sd      s10, 96(a0)
        sd      s11, 104(a0)
        ld      ra, 0(a1)
        ld      sp, 8(a1)
        ld      s0, 16(a1)
        ld      s1, 24(a1)
        ld      s2, 32(a1)
        ld      s3, 40(a1)
        ld      s4, 48(a1)
        ld      s5, 56(a1)
        ld      s6, 64(a1)
        ld      s7, 72(a1)
        ld      s8, 80(a1)
        ld      s9, 88(a1)
        ld      s10, 96(a1)
        ld      s11, 104(a1)
        ret
        .size   switch_context, . - switch_context
