// CSRs of the virtual hart. They are words in `vitrine_vcpu`; the real ones are ours, and the guest never sees them.

#include "monitor.h"

// Their numbers. Bits 9 and 8 are the lowest mode that may touch it, and where bits 11 and 10 are both set it can only be read.
enum { SSTATUS = 0x100, SIE = 0x104, STVEC, SCOUNTEREN, SSCRATCH = 0x140, SEPC, SCAUSE, STVAL, SIP, SATP = 0x180 };
enum { MSTATUS = 0x300, MISA, MEDELEG, MIDELEG, MIE, MTVEC, MCOUNTEREN, MSCRATCH = 0x340, MEPC, MCAUSE, MTVAL, MIP };
enum { PMP = 0x3a0, PMP_END = 0x3f0, MVENDORID = 0xf11, MARCHID, MIMPID, MHARTID };

#define SSTATUS_FS (3ul << 13)
#define SSTATUS_MXR (1ul << 19)
#define SSTATUS_UXL (3ul << 32)
#define STATUS_SD (1ul << 63)  // always says whether FS is 3
#define SSTATUS_WRITABLE (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_FS | SSTATUS_SUM | SSTATUS_MXR)
// MPRV is missing, and can never be set: the real hart walks one table for the guest's code and data.
#define MSTATUS_WRITABLE \
  (SSTATUS_WRITABLE | MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR)
#define SUPERVISOR_INTERRUPTS (1ul << 1 | 1ul << 5 | 1ul << 9)
#define MACHINE_INTERRUPTS (1ul << 3 | 1ul << 7 | 1ul << 11)
#define SOFTWARE_INTERRUPT (1ul << 1)
#define DELEGABLE 0xb3fful  // the exceptions that there are, but the call from machine mode

// Where the virtual hart has a CSR of machine mode; 0 if it has none with this number.
static word *machine_csr(word number) {
  if (vitrine_vcpu.privilege != 3) return 0;  // the guest's kernel and its programs may touch none of them
  static word zero;
  switch (number) {
    case MSTATUS: return &vitrine_vcpu.mstatus;
    case MEDELEG: return &vitrine_vcpu.medeleg;
    case MIDELEG: return &vitrine_vcpu.mideleg;
    case MIE: return &vitrine_vcpu.mie;
    case MTVEC: return &vitrine_vcpu.mtvec;
    case MCOUNTEREN: return &vitrine_vcpu.mcounteren;
    case MEPC: return &vitrine_vcpu.mepc;
    case MCAUSE: return &vitrine_vcpu.mcause;
    case MTVAL: return &vitrine_vcpu.mtval;
    case MIP: return &vitrine_vcpu.mip;
    case MISA:
    case MHARTID:
    case MVENDORID:
    case MARCHID:
    case MIMPID: return &zero;
    default: return number >= PMP && number < PMP_END ? &zero : 0;
  }
}

// Where the virtual hart has a CSR; 0 if it has none with this number.
static word *virtual_csr(word number) {
  if ((number >> 8 & 3) == 3) return machine_csr(number);
  switch (number) {
    case SSTATUS: return &vitrine_vcpu.sstatus;
    case SIE: return &vitrine_vcpu.sie;
    case STVEC: return &vitrine_vcpu.stvec;
    case SCOUNTEREN: return &vitrine_vcpu.scounteren;
    case SSCRATCH: return &vitrine_vcpu.sscratch;
    case SEPC: return &vitrine_vcpu.sepc;
    case SCAUSE: return &vitrine_vcpu.scause;
    case STVAL: return &vitrine_vcpu.stval;
    case SIP: return &vitrine_vcpu.sip;
    case SATP: return &vitrine_vcpu.satp;
    default: return 0;
  }
}

// Which bits of its word a CSR shows.
static word visible(word number) {
  switch (number) {
    case SSTATUS: return SSTATUS_WRITABLE | SSTATUS_UXL | STATUS_SD;
    case SIE:
    case SIP: return vitrine_vcpu.mideleg;  // the interrupts that machine mode has delegated
    default: return ~0ul;
  }
}

static word legalized_status(word old, word new, word writable) {
  word status = (old & ~writable) | (new & writable);
  return (status & SSTATUS_FS) == SSTATUS_FS ? status | STATUS_SD : status & ~STATUS_SD;
}

// What the word of the CSR holds after somebody has written `new` where `old` was: not every bit is there to be written.
static word legalized(word number, word old, word new) {
  const word delegated = vitrine_vcpu.mideleg;
  switch (number) {
    case SSTATUS: return legalized_status(old, new, SSTATUS_WRITABLE);
    case SIE: return (old & ~delegated) | (new & delegated);
    case SIP: return (old & ~(SOFTWARE_INTERRUPT & delegated)) | (new & SOFTWARE_INTERRUPT & delegated);
    case STVEC: return new & ~2ul;
    case SCOUNTEREN: return new & 0xffffffff;
    case SEPC:
    case MEPC: return new & ~1ul;
    case SATP: return new >> 60 == 0 || new >> 60 == 8 ? new : old;
    case MSTATUS:
      if ((new & MSTATUS_MPP) == 2ul << 11) new = (new & ~MSTATUS_MPP) | (old & MSTATUS_MPP);
      return legalized_status(old, new, MSTATUS_WRITABLE);
    case MTVEC: return new & ~2ul;
    case MCOUNTEREN: return new & 0xffffffff;
    case MEDELEG: return new & DELEGABLE;
    case MIDELEG: return new & SUPERVISOR_INTERRUPTS;
    case MIE: return new & (SUPERVISOR_INTERRUPTS | MACHINE_INTERRUPTS);
    case MIP: return (old & ~SUPERVISOR_INTERRUPTS) | (new & SUPERVISOR_INTERRUPTS);
    case MISA: return 0;
    default: return number >= PMP && number < PMP_END ? 0 : new;
  }
}

int emulate_csr_access(word instruction) {
  word number = instruction >> 20, source = instruction >> 15 & 31, destination = instruction >> 7 & 31;
  word operation = instruction >> 12 & 3;        // 1 csrrw, 2 csrrs, 3 csrrc
  int is_immediate = (instruction >> 14 & 1) != 0;  // ... and with a number of five bits in place of a register
  int is_write = operation == 1 || source != 0;  // csrrs and csrrc of x0, or of the number 0, are no writes at all
  if (is_write && number >> 10 == 3) return 0;
  word *csr = virtual_csr(number);
  if (csr == 0) return 0;
  word operand = is_immediate ? source : vitrine_vcpu.x[source];
  word old = *csr & visible(number);
  if (is_write) {
    word new = operation == 1 ? operand : operation == 2 ? old | operand : old & ~operand;
    word before = *csr;
    *csr = legalized(number, before, new);
    word changed = before ^ *csr;
    int is_status = number == SSTATUS || number == MSTATUS;
    if (number == SATP || (is_status && (changed & (SSTATUS_SUM | SSTATUS_MXR)) != 0)) shadow_world_changed();
  }
  if (destination != 0) vitrine_vcpu.x[destination] = old;
  return 1;
}

word readable_counters(void) {
  const struct vcpu *vcpu = &vitrine_vcpu;
  return vcpu->privilege == 3 ? 7 : vcpu->mcounteren & (vcpu->privilege == 1 ? 7 : vcpu->scounteren);
}
