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
  switch (number) {
    case SSTATUS: return &vitrine_vcpu.sstatus;
    case SIE: return &vitrine_vcpu.sie;
    case STVEC: return &vitrine_vcpu.stvec;
    case SSCRATCH: return &vitrine_vcpu.sscratch;
    case SEPC: return &vitrine_vcpu.sepc;
    case SCAUSE: return &vitrine_vcpu.scause;
    case STVAL: return &vitrine_vcpu.stval;
    case SIP: return &vitrine_vcpu.sip;
    case SATP: return &vitrine_vcpu.satp;
    default: return 0;
  }
}

// What the CSR holds after somebody has written `new` where `old` was: not every bit is there to be written.
static word legalized(word number, word old, word new) {
  switch (number) {
    case SSTATUS: return (old & ~SSTATUS_WRITABLE) | (new & SSTATUS_WRITABLE);
    case SIE: return new & SUPERVISOR_INTERRUPTS;
    case SIP: return (old & ~SOFTWARE_INTERRUPT) | (new & SOFTWARE_INTERRUPT);
    case STVEC: return new & ~2ul;
    case SEPC: return new & ~1ul;
    case SATP: return new >> 60 == 0 || new >> 60 == 8 ? new : old;
    default: return new;
  }
}

int emulate_csr_access(word instruction) {
  word number = instruction >> 20, source = instruction >> 15 & 31, destination = instruction >> 7 & 31;
  word operation = instruction >> 12 & 3;        // 1 csrrw, 2 csrrs, 3 csrrc
  int is_immediate = (instruction >> 14 & 1) != 0;  // ... and with a number of five bits in place of a register
  word *csr = virtual_csr(number);
  if (csr == 0) return 0;
  word operand = is_immediate ? source : vitrine_vcpu.x[source];
  word old = *csr;
  if (operation == 1 || source != 0) {
    word new = operation == 1 ? operand : operation == 2 ? old | operand : old & ~operand;
    *csr = legalized(number, old, new);
    word changed = old ^ *csr;
    if (number == SATP || (number == SSTATUS && (changed & (SSTATUS_SUM | SSTATUS_MXR)) != 0)) shadow_world_changed();
  }
  if (destination != 0) vitrine_vcpu.x[destination] = old;
  return 1;
}
