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
  /* HOLE A2.8: The eleven from MSTATUS to MCOUNTEREN and from MSCRATCH to MIP above, but MISA. What else firmware asks for holds nothing
     here, and need not: MISA, MHARTID (this is hart 0), MVENDORID, MARCHID, MIMPID, and the registers of physical memory protection
     (PMP up to, but not with, PMP_END), of which this hart has none: give each of them a word that is 0. */
  (void)number;
  HOLE("A2.8 (csr.c): which word of vitrine_vcpu is a CSR of machine mode");
  return 0;
}

// Where the virtual hart has a CSR; 0 if it has none with this number.
static word *virtual_csr(word number) {
  if ((number >> 8 & 3) == 3) return machine_csr(number);
  /* HOLE A2.2: Ten CSRs of S-mode, ten words of vitrine_vcpu. What has another number is none that this hart has. */
  HOLE("A2.2 (csr.c): which word of vitrine_vcpu is a CSR");
  return 0;
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
    /* HOLE A2.3: Two more are particular. Instructions lie at even addresses, so the lowest bit of sepc is always 0. And satp:
       where its mode (bits 63 to 60) is one that the hart does not have, the whole write does nothing; this one has 0, no
       translation, and 8, Sv39. */
    case MSTATUS:
      /* HOLE A2.9: `legalized_status` with MSTATUS_WRITABLE. But MPP is to name a mode, and there is none with the number 2: then MPP
         stays what it was. And of those below: mtvec is like stvec, mepc like sepc, mcounteren like scounteren; medeleg has DELEGABLE,
         mideleg SUPERVISOR_INTERRUPTS, mie these and MACHINE_INTERRUPTS; of mip only SUPERVISOR_INTERRUPTS can be written; what always
         holds 0 cannot be written at all. */
      HOLE("A2.9 (csr.c): what can be written in the CSRs of machine mode");
      return new;
    default: return new;
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
  /* HOLE A2.4: In this order, for the order shows where `destination` and `source` are the same register:
     1. the operand: `source` itself, or what the guest has in that register (x0 is always 0);
     2. the old value: what is `visible` of the CSR's word;
     3. the new one: the operand, or the old value with the operand's bits set, or cleared;
     4. if it is a write: what `legalized` makes of the word and the new value is the word now;
     5. if that has changed what the guest can see (satp; SUM or MXR in the status): `shadow_world_changed`;
     6. the old value goes to register `destination`, if that is not x0.
     Return 1. */
  (void)destination, (void)is_immediate, (void)legalized, (void)visible;
  HOLE("A2.4 (csr.c): what a CSR instruction does");
  return 1;
}

word readable_counters(void) {
  const struct vcpu *vcpu = &vitrine_vcpu;
  return vcpu->privilege == 3 ? 7 : vcpu->mcounteren & (vcpu->privilege == 1 ? 7 : vcpu->scounteren);
}
