# The disk: a virtio block device (virtio 1.2, MMIO transport, version 2), with one request at a time and no interrupt.

#include "firmware.h"

# Registers of a slot.
        .equ    MAGIC, 0x00             # "virt"
        .equ    VERSION, 0x04
        .equ    DEVICE_ID, 0x08         # 2: block device; 0: nothing is plugged in
        .equ    DRIVER_FEATURES, 0x20
        .equ    DRIVER_FEATURES_SELECT, 0x24
        .equ    QUEUE_SELECT, 0x30
        .equ    QUEUE_SIZE_MAXIMUM, 0x34
        .equ    QUEUE_SIZE, 0x38
        .equ    QUEUE_READY, 0x44
        .equ    QUEUE_NOTIFY, 0x50
        .equ    STATUS, 0x70
        .equ    QUEUE_DESCRIPTORS, 0x80
        .equ    QUEUE_AVAILABLE, 0x90
        .equ    QUEUE_USED, 0xa0
        .equ    DISK_CAPACITY, 0x100    # the disk's configuration: its size in sectors

        .equ    ACKNOWLEDGE, 1
        .equ    DRIVER, 2
        .equ    DRIVER_OK, 4
        .equ    FEATURES_OK, 8

        .equ    ENTRIES, 4              # of the queue; one request takes three
        .equ    NEXT, 1                 # a descriptor's flags: the chain goes on
        .equ    WRITE, 2                # ... the device writes here

# find_disk() takes the first disk that it finds into use. Returns its size in sectors, or -1.
function find_disk
        la      t0, board_virtio
        la      t5, board_virtio_end
1:      bgeu    t0, t5, no_disk
        ld      t1, 0(t0)
        addi    t0, t0, 8
        beqz    t1, no_disk
        lw      t2, MAGIC(t1)
        li      t3, 0x74726976
        bne     t2, t3, 1b
        lw      t2, VERSION(t1)
        li      t3, 2
        bne     t2, t3, 1b              # version 1 is the interface before the standard: other registers
        lw      t2, DEVICE_ID(t1)
        bne     t2, t3, 1b

        # The order of the next steps is the specification's ("Driver Requirements: Device Initialization").
        la      t2, disk
        sd      t1, 0(t2)
        sw      zero, STATUS(t1)        # reset
        li      t2, ACKNOWLEDGE
        sw      t2, STATUS(t1)
        li      t2, ACKNOWLEDGE | DRIVER
        sw      t2, STATUS(t1)
        sw      zero, DRIVER_FEATURES_SELECT(t1)
        sw      zero, DRIVER_FEATURES(t1)
        li      t2, 1                   # of all features only bit 32: version 1 of the standard
        sw      t2, DRIVER_FEATURES_SELECT(t1)
        sw      t2, DRIVER_FEATURES(t1)
        li      t2, ACKNOWLEDGE | DRIVER | FEATURES_OK
        sw      t2, STATUS(t1)
        lw      t2, STATUS(t1)
        andi    t2, t2, FEATURES_OK     # does the device agree?
        beqz    t2, no_disk

        sw      zero, QUEUE_SELECT(t1)
        lw      t2, QUEUE_SIZE_MAXIMUM(t1)
        li      t3, ENTRIES
        bltu    t2, t3, no_disk
        sw      t3, QUEUE_SIZE(t1)
        .irp    part, DESCRIPTORS, AVAILABLE, USED
        la      t2, queue_\part
        sw      t2, QUEUE_\part(t1)
        srli    t2, t2, 32
        sw      t2, QUEUE_\part + 4(t1)
        .endr
        # The rings were left by an earlier boot, perhaps, and a device counts from zero after its reset.
        la      t2, queue_AVAILABLE
        sw      zero, 0(t2)
        la      t2, queue_USED
        sw      zero, 0(t2)
        li      t2, 1
        sw      t2, QUEUE_READY(t1)
        li      t2, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        sw      t2, STATUS(t1)
        lwu     a0, DISK_CAPACITY(t1)
        lwu     t2, DISK_CAPACITY + 4(t1)
        slli    t2, t2, 32
        or      a0, a0, t2
        ret
no_disk:
        li      a0, -1
        ret

# leave_disk() resets the device: its queue lies in the firmware's memory and must not be used any more.
function leave_disk
        la      t0, disk
        ld      t0, 0(t0)
        sw      zero, STATUS(t0)
        ret

# read_sectors(a0: first sector, a1: how many, a2: where to) returns 0 if all went well.
#
# A request is a chain of three descriptors: a header that says what is wanted and where, the place for the data, and a
# byte for the result. The driver puts the chain's first index into the available ring, rings, and waits for the
# used ring's index to move.
function read_sectors
        la      t0, request
        sw      zero, 0(t0)             # type 0: read
        sw      zero, 4(t0)
        sd      a0, 8(t0)
        li      t1, 0xff
        sb      t1, 16(t0)              # no result yet

        la      t2, queue_DESCRIPTORS   # each: address, 64 bits; length, 32; flags, 16; next, 16
        sd      t0, 0(t2)
        li      t1, 16
        sw      t1, 8(t2)
        li      t1, NEXT | 1 << 16
        sw      t1, 12(t2)

        sd      a2, 16(t2)
        slli    t1, a1, 9
        sw      t1, 24(t2)
        li      t1, NEXT | WRITE | 2 << 16
        sw      t1, 28(t2)

        addi    t1, t0, 16
        sd      t1, 32(t2)
        li      t1, 1
        sw      t1, 40(t2)
        li      t1, WRITE
        sw      t1, 44(t2)

        la      t2, queue_AVAILABLE     # flags, 16 bits; index, 16; then the ring
        lhu     t3, 2(t2)
        andi    t1, t3, ENTRIES - 1
        slli    t1, t1, 1
        add     t1, t1, t2
        sh      zero, 4(t1)             # the chain begins at descriptor 0
        fence   w, w                    # all this before the index that makes it valid ...
        addi    t3, t3, 1
        sh      t3, 2(t2)
        fence   w, o                    # ... and that before the bell
        la      t1, disk
        ld      t1, 0(t1)
        sw      zero, QUEUE_NOTIFY(t1)

        slli    t3, t3, 48
        srli    t3, t3, 48
        la      t2, queue_USED
        li      t4, 200000000           # a disk that is broken must not hold up the boot for ever
1:      lhu     t1, 2(t2)
        beq     t1, t3, 2f
        addi    t4, t4, -1
        bnez    t4, 1b
2:      fence   r, r
        lbu     a0, 16(t0)              # 0: success
        ret

        .bss
        .balign 16
queue_DESCRIPTORS:
        .zero   16 * ENTRIES
queue_AVAILABLE:
        .zero   16
        .balign 8
queue_USED:
        .zero   8 * ENTRIES + 8
        .balign 8
request:                                # header, 16 bytes, and the result
        .zero   24
        .globl  disk
        .type   disk, @object
        .size   disk, 8
disk:                                   # address of the disk's slot
        .zero   8
