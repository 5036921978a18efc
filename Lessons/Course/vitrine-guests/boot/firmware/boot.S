# From the disk to the loader: the boot sector, its checks, and the jump into the supervisor.

#include "firmware.h"

# The boot sector is a classic one: a partition table at 446 and the bytes 0x55 0xaa at its end. Where other machines
# have code, this one has a header; numbers are little-endian.
        .equ    BOOT_MAGIC, 0           # "LANTBOOT"
        .equ    BOOT_VERSION, 8
        .equ    BOOT_FIRST_SECTOR, 12   # of the loader
        .equ    BOOT_SECTORS, 16
        .equ    BOOT_CRC, 20            # CRC-32 of those sectors
        .equ    BOOT_LOAD_ADDRESS, 24
        .equ    BOOT_ENTRY, 32
        .equ    BOOT_SIGNATURE, 510

# complain TEXT ends the run with a line that says what is missing.
.macro complain text
        say     "firmware: \text\n"
        j       fail
.endm

# boot_from_disk() loads the loader and returns where it begins. What it reads is checked first: nothing on a disk may
# lead to a read over the firmware or to a jump into nowhere.
function boot_from_disk
        enter   64
        sd      s1, 0(sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        sd      s4, 24(sp)
        call    find_disk
        mv      s1, a0                  # sectors of the disk
        bgez    a0, 1f
        complain "no disk in any virtio slot: start the machine with one, --disk boot.img"
1:      say     "firmware: disk at "
        la      t0, disk
        ld      a0, 0(t0)
        call    print_hex
        say     ", "
        mv      a0, s1
        call    print_decimal
        say     " sectors\n"
        bnez    s1, 1f
        complain "the disk is empty: give it the whole boot.img"
1:      li      a0, 0
        li      a1, 1
        la      a2, boot_sector
        call    read_sectors
        beqz    a0, 1f
        complain "the disk reports an error for its boot sector: give it a disk that can be read"
1:
        la      s2, boot_sector
        lhu     t0, BOOT_SIGNATURE(s2)
        li      t1, 0xaa55
        beq     t0, t1, 1f
        complain "sector 0 does not end in 0x55 0xaa, so it is no boot sector: write boot.img to the disk"
1:      ld      t0, BOOT_MAGIC(s2)
        la      t1, boot_magic
        ld      t1, 0(t1)
        beq     t0, t1, 1f
        complain "the boot sector does not begin with LANTBOOT, so it names no loader: write boot.img to the disk"
1:      lwu     t0, BOOT_VERSION(s2)
        li      t1, 1
        beq     t0, t1, 1f
        complain "the boot sector's header is of a version other than 1: make the disk anew"
1:
        lwu     s3, BOOT_FIRST_SECTOR(s2)
        lwu     s4, BOOT_SECTORS(s2)
        beqz    s4, bad_place
        add     t0, s3, s4
        bgeu    s1, t0, 1f
        say     "firmware: the loader takes the disk's sectors up to "
        lwu     t0, BOOT_FIRST_SECTOR(s2)
        add     a0, t0, s4
        addi    a0, a0, -1
        call    print_decimal
        say     ", and the disk is shorter: give it the whole boot.img\n"
        j       fail
1:      ld      t0, BOOT_LOAD_ADDRESS(s2)
        li      t1, LOADER_START
        bltu    t0, t1, bad_place
        li      t1, LOADER_END
        bltu    t1, t0, bad_place
        sub     t1, t1, t0
        slli    t2, s4, 9
        bltu    t1, t2, bad_place       # it must end within its place ...
        ld      t3, BOOT_ENTRY(s2)
        andi    t1, t3, 1
        bnez    t1, bad_place
        bltu    t3, t0, bad_place       # ... and begin within itself
        add     t0, t0, t2
        bgeu    t3, t0, bad_place

        mv      a0, s3
        mv      a1, s4
        ld      a2, BOOT_LOAD_ADDRESS(s2)
        call    read_sectors
        beqz    a0, 1f
        complain "the disk reports an error for the loader's sectors: give it a disk that can be read"
1:      ld      a0, BOOT_LOAD_ADDRESS(s2)
        slli    a1, s4, 9
        call    crc32
        lwu     t0, BOOT_CRC(s2)
        beq     a0, t0, 1f
        complain "the loader's CRC-32 is not the one in the boot sector, so it is damaged: make the disk anew"
1:      call    leave_disk

        say     "firmware: loader from sector "
        mv      a0, s3
        call    print_decimal
        say     " on, "
        mv      a0, s4
        call    print_decimal
        say     " sectors with the right CRC-32; entering it at "
        ld      a0, BOOT_ENTRY(s2)
        call    print_hex
        say     " in S-mode\n"
        fence.i                         # what was just data is now code
        ld      a0, BOOT_ENTRY(s2)
        ld      s1, 0(sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        ld      s4, 24(sp)
        leave   64
bad_place:
        complain "the boot sector puts the loader where it cannot lie or begin: make the disk anew"

# crc32(a0: start, a1: length) returns the CRC-32 that zlib and Ethernet use, bit by bit.
function crc32
        add     a1, a1, a0
        li      t0, -1
        li      t1, 0xedb88320
        slli    t0, t0, 32
        srli    t0, t0, 32
1:      bgeu    a0, a1, 4f
        lbu     t2, 0(a0)
        addi    a0, a0, 1
        xor     t0, t0, t2
        li      t2, 8
2:      andi    t3, t0, 1
        srli    t0, t0, 1
        beqz    t3, 3f
        xor     t0, t0, t1
3:      addi    t2, t2, -1
        bnez    t2, 2b
        j       1b
4:      not     t0, t0
        slli    t0, t0, 32
        srli    a0, t0, 32
        ret

        .section .rodata
        .balign 8
boot_magic:
        .ascii  "LANTBOOT"

        .bss
        .balign 16
        .globl  boot_sector
        .type   boot_sector, @object
        .size   boot_sector, 512
boot_sector:
        .zero   512
