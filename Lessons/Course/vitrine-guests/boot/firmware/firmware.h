// What all files of the firmware agree on: the board, the numbers of the specifications, and three macros.

#pragma once

// The board is QEMU's `virt`. Where memory, disks and harts are, the device tree tells; these three the firmware must
// know beforehand, because it speaks before it has read anything.
#define FINISHER 0x100000       // test finisher: a 32-bit store ends the run
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x13333   // ... with failure, code 1
#define FINISHER_RESET 0x7777
#define CLINT 0x2000000         // a software-interrupt register, 32 bits, and a timer register, 64 bits, for each hart
#define CLINT_MTIMECMP 0x4000
#define UART 0x10000000         // 16550A: receive and transmit register
#define UART_LINE_STATUS 5
#define UART_RECEIVED 1         // ... bit 0: a byte is there
#define UART_TRANSMIT_EMPTY 32  // ... bit 5: the transmit register is free

// Memory. The README has a map of it.
#define FIRMWARE_START 0x80000000
#define FIRMWARE_SIZE 0x40000
#define LOADER_START 0x80200000
#define LOADER_END 0x80400000
#define LEAST_MEMORY 0x2000000
#define MAXIMUM_HARTS 8
#define STACK_SIZE 4096         // one for each hart, in M-mode

// Bits of mstatus, mip and mie, and the causes of traps (privileged specification).
#define MSTATUS_MPP (3 << 11)
#define MSTATUS_MPP_S (1 << 11)
#define SSIP (1 << 1)
#define MSIP (1 << 3)
#define STIP (1 << 5)
#define MTIP (1 << 7)
#define SEIP (1 << 9)
#define CAUSE_MACHINE_SOFTWARE 3
#define CAUSE_MACHINE_TIMER 7
#define CAUSE_SUPERVISOR_ECALL 9

// CSRs that only some harts have, by number.
#define CSR_MENVCFG 0x30a
#define CSR_MSTATEEN0 0x30c
#define CSR_STIMECMP 0x14d
#define CSR_HGATP 0x680

// Errors of SBI calls.
#define SBI_SUCCESS 0
#define SBI_ERR_FAILED -1
#define SBI_ERR_NOT_SUPPORTED -2
#define SBI_ERR_INVALID_PARAM -3
#define SBI_ERR_DENIED -4
#define SBI_ERR_INVALID_ADDRESS -5
#define SBI_ERR_ALREADY_AVAILABLE -6

// States of a hart, as HSM reports them.
#define HART_STARTED 0
#define HART_STOPPED 1
#define HART_START_PENDING 2
#define HART_SUSPENDED 4

// A hart's record in `hart_table`, 32 bytes.
#define HART_STATE 0            // 32 bits
#define HART_MESSAGES 4         // 32 bits: what other harts ask of it
#define HART_START_ADDRESS 8
#define HART_START_OPAQUE 16
#define HART_RECORD_SHIFT 5

// Messages from hart to hart.
#define MESSAGE_IPI 1           // raise the supervisor's software interrupt
#define MESSAGE_FENCE 2         // execute the fence in `fence_request`
#define MESSAGE_START 4         // leave the firmware, as HSM hart_start asked

// What dt_next tells about a node of the device tree; 0 for a property that the node has not.
#define NODE_NAME 0
#define NODE_COMPATIBLE 8
#define NODE_DEVICE_TYPE 16
#define NODE_REG 24
#define NODE_REG_LENGTH 32
#define NODE_INTERRUPTS 40
#define NODE_STATUS 48
#define NODE_ADDRESS_CELLS 56   // of the parent: they say how to read `reg`
#define NODE_SIZE_CELLS 64
// ... and the state of the walk, for dt_next alone.
#define WALK_POSITION 72
#define WALK_END 80
#define WALK_STRINGS 88
#define WALK_DEPTH 96
#define WALK_NODE_OPEN 104
#define WALK_CELLS 112          // two bytes for each depth: #address-cells, #size-cells
#define WALK_DEPTHS 16
#define WALK_SIZE 144

#ifdef __ASSEMBLER__

// function NAME starts a function that others may call: arguments in a0..., results in a0 and a1, as in C.
.macro function name
        .text
        .balign 4
        .globl  \name
        .type   \name, @function
\name:
.endm

// enter SIZE makes a stack frame, with the caller's address and frame where debuggers look for them. The bytes from
// sp on, SIZE - 16 of them, are the function's own. leave SIZE undoes it and returns.
.macro enter size=16
        addi    sp, sp, -(\size)
        sd      ra, (\size)-8(sp)
        sd      fp, (\size)-16(sp)
        addi    fp, sp, \size
.endm

.macro leave size=16
        ld      ra, (\size)-8(sp)
        ld      fp, (\size)-16(sp)
        addi    sp, sp, \size
        ret
.endm

// say TEXT prints.
.macro say text
        .pushsection .rodata.strings, "aMS", @progbits, 1
.Ltext\@:
        .asciz  "\text"
        .popsection
        la      a0, .Ltext\@
        call    print
.endm

#endif
