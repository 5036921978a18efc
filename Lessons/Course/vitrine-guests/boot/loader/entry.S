# The loader's first instructions, its way out, and its memory.

# `entry` is where the firmware enters S-mode: paging off, interrupts off, a0 = hart, a1 = device tree. The firmware
# copies only bytes of a file, so .bss is not clear, and there is no stack.
        .section .text.entry, "ax", @progbits
        .globl  entry
        .type   entry, @function
entry:
        la      t0, bss_start
        la      t1, bss_end
1:      bgeu    t0, t1, 2f
        sd      zero, 0(t0)
        addi    t0, t0, 8
        j       1b
2:      la      sp, stack_top
        li      fp, 0                   # no caller: a backtrace ends here
        la      t0, trapped
        csrw    stvec, t0
        call    loader_main             # loader_main(hart, device tree), does not return
        .balign 4
trapped:                                # a trap here is a fault of the loader
        csrr    a0, scause
        csrr    a1, sepc
        csrr    a2, stval
        call    loader_trapped

# enter_kernel(address, hart, device tree): on as we were entered.
        .text
        .globl  enter_kernel
        .type   enter_kernel, @function
enter_kernel:
        csrw    stvec, zero
        fence.i                         # what was just data is now code
        mv      t0, a0
        mv      a0, a1
        mv      a1, a2
        jr      t0

        .bss
        .balign 16
stack:
        .zero   16384
stack_top:

# What is read from a disk passes here: a request takes whole sectors, and segments begin and end anywhere.
        .balign 4096
        .globl  sector_buffer
        .type   sector_buffer, @object
        .size   sector_buffer, 32768
sector_buffer:
        .zero   32768
        .globl  virtqueue
        .type   virtqueue, @object
        .size   virtqueue, 4096
virtqueue:
        .zero   4096
