// CSRs of the virtual hart. They are words in `vitrine_vcpu`; the real ones are ours, and the guest never sees them.

#include "monitor.h"

enum { SSTATUS = 0x100, SIE = 0x104, STVEC = 0x105, SSCRATCH = 0x140, SEPC, SCAUSE, STVAL, SIP, SATP = 0x180 };  // their numbers

#define SSTATUS_FS (3ul << 13)
#define SSTATUS_MXR (1ul << 19)
#define SSTATUS_WRITABLE (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_FS | SSTATUS_SUM | SSTATUS_MXR)
#define SUPERVISOR_INTERRUPTS (1ul << 1 | 1ul << 5 | 1ul << 9)
#define SOFTWARE_INTERRUPT (1ul << 1)

// Where the virtual hart has a CSR; 0 if it has none with this number.
static word *virtual_csr(word number) {
  /* HOLE A2.2: Nine CSRs, nine words of vitrine_vcpu. What has another number, such as mstatus (0x300) or mscratch (0x340), is
     none that a kernel in S-mode may touch. */
  (void)number;
  HOLE("A2.2 (csr.c): which word of vitrine_vcpu is a CSR");
  return 0;
}

// What the CSR holds after somebody has written `new` where `old` was: not every bit is there to be written.
static word legalized(word number, word old, word new) {
  switch (number) {
    case SSTATUS: return (old & ~SSTATUS_WRITABLE) | (new & SSTATUS_WRITABLE);
    case SIE: return new & SUPERVISOR_INTERRUPTS;
    case SIP: return (old & ~SOFTWARE_INTERRUPT) | (new & SOFTWARE_INTERRUPT);
    case STVEC: return new & ~2ul;
    /* HOLE A2.3: Two more are particular. Instructions lie at even addresses, so the lowest bit of sepc is always 0. And satp:
       where its mode (bits 63 to 60) is one that the hart does not have, the whole write does nothing; this one has 0, no
       translation, and 8, Sv39. */
    default: return new;
  }
}

int emulate_csr_access(word instruction) {
  word number = instruction >> 20, source = instruction >> 15 & 31, destination = instruction >> 7 & 31;
  word operation = instruction >> 12 & 3;        // 1 csrrw, 2 csrrs, 3 csrrc
  int is_immediate = (instruction >> 14 & 1) != 0;  // ... and with a number of five bits in place of a register
  word *csr = virtual_csr(number);
  if (csr == 0) return 0;
  /* HOLE A2.4: In this order, for the order shows where `destination` and `source` are the same register:
     1. the operand: `source` itself, or what the guest has in that register (x0 is always 0);
     2. the old value of the CSR;
     3. the new one: the operand, or the old value with the operand's bits set, or cleared; through `legalized`;
     4. write it. But csrrs and csrrc with source 0 (the register x0, or the number 0) are no writes at all;
     5. if that has changed what the guest can see (satp; SUM or MXR in sstatus): `shadow_world_changed`;
     6. the old value goes to register `destination`, if that is not x0.
     Return 1. */
  (void)source, (void)destination, (void)operation, (void)is_immediate, (void)legalized;
  HOLE("A2.4 (csr.c): what a CSR instruction does");
  return 1;
}
