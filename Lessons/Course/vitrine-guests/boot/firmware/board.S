# The board: what the device tree says about harts, memory and devices. It is printed, and what the firmware needs is
# kept.

#include "firmware.h"

# lowest_hart(a0: device tree) returns the lowest number of a hart that the tree names, or 0 without a tree. All harts
# call this at once, so it keeps everything on its stack.
function lowest_hart
        enter   176
        sd      s1, 144(sp)
        li      s1, MAXIMUM_HARTS
        mv      a1, a0
        mv      a0, sp
        call    dt_open
        beqz    a0, 3f
1:      mv      a0, sp
        call    dt_next
        beqz    a0, 2f
        mv      a0, sp
        call    node_hart
        bgeu    a0, s1, 1b
        mv      s1, a0
        j       1b
2:      li      t0, MAXIMUM_HARTS
        bne     s1, t0, 4f
3:      li      s1, 0
4:      mv      a0, s1
        ld      s1, 144(sp)
        leave   176

# node_hart(a0: a node) returns the number of the hart that it describes, or -1 if it describes none that can be used.
function node_hart
        enter   32
        sd      s1, 0(sp)
        mv      s1, a0
        ld      a0, NODE_DEVICE_TYPE(s1)
        la      a1, type_cpu
        call    is_string
        beqz    a0, 1f
        ld      a0, NODE_STATUS(s1)
        beqz    a0, 2f                  # no status means okay
        la      a1, status_okay
        call    same_string
        beqz    a0, 1f
2:      ld      a0, NODE_REG(s1)
        beqz    a0, 1f
        ld      a1, NODE_ADDRESS_CELLS(s1)
        call    read_cells
        j       3f
1:      li      a0, -1
3:      ld      s1, 0(sp)
        leave   32

# is_string(a0: a string or 0, a1) returns 1 if the property is there and says this.
function is_string
        beqz    a0, 1f
        j       same_string
1:      ret

# read_board(a0: device tree) reads it all, prints it, and ends the run if the boot chain cannot work on this board.
function read_board
        enter   192
        sd      s1, 144(sp)
        sd      s2, 152(sp)
        mv      a1, a0
        mv      a0, sp
        call    dt_open
        bnez    a0, 1f
        say     "firmware: there is no device tree at the address in a1: start the machine with one\n"
        j       fail
1:      say     "\nVitrine boot firmware, SBI 2.0, on hart "
        csrr    a0, mhartid
        call    print_decimal
        say     "\nfirmware: devices in the device tree:\n"
2:      mv      a0, sp
        call    dt_next
        beqz    a0, 5f
        mv      a0, sp
        call    node_hart
        bltz    a0, 3f
        li      t0, MAXIMUM_HARTS
        bgeu    a0, t0, 2b
        li      t1, 1
        sll     t1, t1, a0
        la      t0, board_harts
        ld      t2, 0(t0)
        or      t2, t2, t1
        sd      t2, 0(t0)
        j       2b
3:      ld      a0, NODE_DEVICE_TYPE(sp)
        la      a1, type_memory
        call    is_string
        beqz    a0, 4f
        ld      s1, NODE_REG(sp)
        beqz    s1, 2b
        mv      a0, s1
        ld      a1, NODE_ADDRESS_CELLS(sp)
        call    read_cells
        li      t0, FIRMWARE_START
        bne     a0, t0, 2b              # more memory elsewhere is the kernel's business
        ld      t0, NODE_ADDRESS_CELLS(sp)
        slli    t0, t0, 2
        add     a0, s1, t0
        ld      a1, NODE_SIZE_CELLS(sp)
        call    read_cells
        la      t0, board_memory_size
        sd      a0, 0(t0)
        j       2b
4:      mv      a0, sp
        call    read_device
        j       2b

5:      say     "firmware: memory from "
        li      a0, FIRMWARE_START
        call    print_hex
        la      t0, board_memory_size
        ld      s1, 0(t0)
        say     ", "
        srli    a0, s1, 20
        call    print_decimal
        say     " MiB; harts"
        la      t0, board_harts
        ld      s2, 0(t0)
        call    print_harts
        li      t0, LEAST_MEMORY
        bltu    s1, t0, 6f
        ld      s1, 144(sp)
        ld      s2, 152(sp)
        leave   192
6:      say     "firmware: this is too little memory: the boot chain needs 32 MiB, start the machine with more\n"
        j       fail

# print_harts() prints the numbers of the harts there are, and ends the line.
function print_harts
        enter   32
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        la      t0, board_harts
        ld      s1, 0(t0)
        li      s2, 0
1:      andi    t0, s1, 1
        beqz    t0, 2f
        say     " "
        mv      a0, s2
        call    print_decimal
2:      addi    s2, s2, 1
        srli    s1, s1, 1
        bnez    s1, 1b
        la      t0, has_sstc
        lw      t0, 0(t0)
        la      a0, with_sstc
        bnez    t0, 3f
        la      a0, with_clint
3:      call    print
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        leave   32

# read_device(a0: a node) prints the node if it is a device, and remembers it if a disk may sit there.
function read_device
        enter   48
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        mv      s1, a0
        ld      t0, NODE_REG(s1)
        beqz    t0, 3f
        ld      t1, NODE_COMPATIBLE(s1)
        beqz    t1, 3f
        mv      a0, t0
        ld      a1, NODE_ADDRESS_CELLS(s1)
        call    read_cells
        mv      s2, a0
        say     "  "
        mv      a0, s2
        call    print_hex
        say     "  "
        ld      a0, NODE_COMPATIBLE(s1)
        call    print
        ld      t0, NODE_INTERRUPTS(s1)
        beqz    t0, 1f
        say     ", interrupt "
        ld      a0, NODE_INTERRUPTS(s1)
        call    read_word
        call    print_decimal
1:      say     "\n"
        ld      a0, NODE_COMPATIBLE(s1)
        la      a1, compatible_virtio
        call    same_string
        beqz    a0, 3f
        la      t0, board_virtio
        la      t2, board_virtio_end
2:      ld      t1, 0(t0)
        beqz    t1, 4f
        addi    t0, t0, 8
        bltu    t0, t2, 2b
        j       3f
4:      sd      s2, 0(t0)
3:      ld      s1, 0(sp)
        ld      s2, 8(sp)
        leave   48

# reserve_firmware(a0: device tree) adds the firmware's memory to the tree's list of reservations, which a kernel
# keeps out of. The list lies between the header and what comes behind it, so that has to move up by one entry, 16
# bytes. There is room: loaders leave space behind a tree, for this purpose among others.
function reserve_firmware
        enter   64
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        mv      s1, a0
        addi    a0, s1, 4
        call    read_word
        mv      s2, a0                  # total size
        addi    a0, s1, 16
        call    read_word
        add     s3, s1, a0              # the list
        add     t0, s1, s2
1:      addi    t0, t0, -1              # from the end, because the two places overlap
        lbu     t1, 0(t0)
        sb      t1, 16(t0)
        bltu    s3, t0, 1b
        sd      zero, 0(s3)             # address and size, each 64 bits in big-endian order
        li      t0, FIRMWARE_START >> 24
        sb      t0, 4(s3)
        sd      zero, 8(s3)
        li      t0, FIRMWARE_SIZE >> 16
        sb      t0, 13(s3)
        .irp    field, 4, 8, 12         # total size, structure, strings
        addi    a0, s1, \field
        call    read_word
        addi    a0, a0, 16
        srli    t0, a0, 24
        sb      t0, \field(s1)
        srli    t0, a0, 16
        sb      t0, \field + 1(s1)
        srli    t0, a0, 8
        sb      t0, \field + 2(s1)
        sb      a0, \field + 3(s1)
        .endr
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        leave   64

# in_memory(a0: start, a1: length) returns 1 if all these bytes are memory and none is the firmware's.
function in_memory
        li      t0, FIRMWARE_START + FIRMWARE_SIZE
        bltu    a0, t0, 1f
        la      t1, board_memory_size
        ld      t1, 0(t1)
        li      t0, FIRMWARE_START
        add     t1, t1, t0              # the end of memory
        bltu    t1, a0, 1f
        sub     t1, t1, a0
        bltu    t1, a1, 1f
        li      a0, 1
        ret
1:      li      a0, 0
        ret

        .section .rodata
type_cpu:
        .asciz  "cpu"
type_memory:
        .asciz  "memory"
status_okay:
        .asciz  "okay"
compatible_virtio:
        .asciz  "virtio,mmio"
with_sstc:
        .asciz  ", each with a timer of its own (Sstc)\n"
with_clint:
        .asciz  ", with timers in the CLINT\n"

        .bss
        .balign 8
        .globl  board_harts
        .type   board_harts, @object
        .size   board_harts, 8
board_harts:                            # bit n: there is a hart n
        .zero   8
        .globl  board_memory_size
        .type   board_memory_size, @object
        .size   board_memory_size, 8
board_memory_size:                      # bytes from FIRMWARE_START on
        .zero   8
        .globl  board_virtio
        .type   board_virtio, @object
        .size   board_virtio, 128
board_virtio:                           # addresses of the virtio slots; 0 behind the last
        .zero   128
        .globl  board_virtio_end
board_virtio_end:
