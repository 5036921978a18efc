# Lantern's first instructions. The loader, or an SBI firmware, comes here in supervisor mode with paging off,
# interrupts off, a0 = this hart's number, a1 = physical address of the device tree.
#
# In this order: make the first page table, turn paging on, jump to the high half, take a stack, call Swift.

        .equ    KERNEL_OFFSET, 0xffffffc000000000
        .equ    LEAF, 0xcf              # D A X W R V: valid, everything allowed to the supervisor, nothing to users
        .equ    GLOBAL, 0x20            # the same in every address space
        .equ    SATP_SV39, 8 << 60
        .equ    HART_STACK_TOP, 0       # offsets in `struct Hart` (Hart.swift)

        .section .text.entry, "ax", @progbits
        .globl  entry
        .type   entry, @function
entry:
        # An entry of an Sv39 root table that is a leaf maps a whole gibibyte. Gibibytes 0 to 3 hold the devices,
        # the firmware, this kernel and the device tree; main() adds what more memory there is.
        ld      t0, first_table
        li      t1, 0                   # physical address of the gibibyte
        li      t2, 4
1:      srli    t3, t1, 2               # page number (address >> 12) goes to bit 10
        ori     t3, t3, LEAF | GLOBAL
        li      t4, 256 * 8             # entry 256: virtual address KERNEL_OFFSET
        add     t4, t4, t0
        sd      t3, 0(t4)
        addi    t0, t0, 8
        li      t4, 1 << 30
        add     t1, t1, t4
        addi    t2, t2, -1
        bnez    t2, 1b

        # The next instruction after `csrw satp` still has a low address. So entry 2 maps the gibibyte of the kernel
        # onto itself as well; user address spaces are without it.
        ld      t0, first_table
        li      t3, (0x80000000 >> 2) | LEAF
        sd      t3, 2 * 8(t0)

        call    turn_paging_on
        li      tp, 0                   # no `struct Hart` yet
        ld      sp, boot_stack_top_address
        li      fp, 0                   # no caller: a backtrace ends here
        ld      t0, kernel_main_address
        jr      t0                      # kernel_main(hart, device tree), does not return

# Where the other harts start, told by the boot hart through SBI HSM: a0 = hart number, a1 = its `struct Hart` (virtual).
        .globl  secondary_entry
        .type   secondary_entry, @function
secondary_entry:
        call    turn_paging_on
        ld      sp, HART_STACK_TOP(a1)
        mv      tp, a1
        li      fp, 0
        ld      t0, secondary_main_address
        jr      t0                      # secondary_main(), does not return

# From here on a trap has somewhere to go, too.
        .type   turn_paging_on, @function
turn_paging_on:
        ld      t0, first_table
        srli    t0, t0, 12
        li      t1, SATP_SV39
        or      t0, t0, t1
        sfence.vma                      # whatever an earlier stage left in the translation buffers
        csrw    satp, t0
        sfence.vma
        csrw    sscratch, zero          # in the kernel: see trap.S
        ld      t0, trap_vector_address
        csrw    stvec, t0
        ret

        .balign 8
first_table:
        .quad   kernel_root_table - KERNEL_OFFSET
boot_stack_top_address:
        .quad   boot_stack_top
kernel_main_address:
        .quad   kernel_main
trap_vector_address:
        .quad   trap_vector
secondary_main_address:
        .quad   secondary_main

        .section .rodata
        .balign 8
        .globl  secondary_entry_address # a low address: out of reach for code in the high half
secondary_entry_address:
        .quad   secondary_entry

        .bss
        .balign 4096
        .globl  kernel_root_table
        .type   kernel_root_table, @object
        .size   kernel_root_table, 4096
kernel_root_table:
        .zero   4096
        .type   boot_stack, @object
        .size   boot_stack, 16384
boot_stack:
        .zero   16384
        .globl  boot_stack_top
boot_stack_top:
