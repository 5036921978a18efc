// A hypervisor for a hart without the H extension: the guest runs in user mode, its kernel too. What is privileged traps, and is done
// to the virtual hart in `vitrine_vcpu`.

#include "shadow.h"

enum { SSTATUS = 0x100, SIE = 0x104, STVEC = 0x105, SSCRATCH = 0x140, SEPC, SCAUSE, STVAL, SIP, SATP = 0x180 };

#define SSTATUS_WRITABLE (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | 3ul << 13 | SSTATUS_SUM | 1ul << 19)

struct vcpu vitrine_vcpu = {.magic = VCPU_MAGIC, .count = 43};
word exits = 0;

// The guest takes a trap: what its hart would do.
static void inject(word cause, word value) {
  struct vcpu *vcpu = &vitrine_vcpu;
  vcpu->sepc = vcpu->pc;
  vcpu->scause = cause;
  vcpu->stval = value;
  word status = vcpu->sstatus & ~(SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);
  if (vcpu->sstatus & SSTATUS_SIE) status |= SSTATUS_SPIE;
  if (vcpu->privilege == 1) status |= SSTATUS_SPP;
  vcpu->sstatus = status;
  vcpu->privilege = 1;
  vcpu->pc = vcpu->stvec & ~3ul;
  forget_shadow();
}

static void return_from_trap(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  word status = vcpu->sstatus & ~(SSTATUS_SIE | SSTATUS_SPP);
  if (vcpu->sstatus & SSTATUS_SPIE) status |= SSTATUS_SIE;
  vcpu->privilege = vcpu->sstatus & SSTATUS_SPP ? 1 : 0;
  vcpu->sstatus = status | SSTATUS_SPIE;
  vcpu->pc = vcpu->sepc;
  forget_shadow();
}

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

// csrrw, csrrs, csrrc, and their like with a number in place of a register. 0 for a CSR that the virtual hart has not.
static int access_csr(word instruction) {
  word *csr = virtual_csr(instruction >> 20);
  if (csr == 0) return 0;
  word source = instruction >> 15 & 31, destination = instruction >> 7 & 31, operation = instruction >> 12 & 3;
  word operand = instruction >> 14 & 1 ? source : vitrine_vcpu.x[source];
  word old = *csr, new = operation == 1 ? operand : operation == 2 ? old | operand : old & ~operand;
  if (operation == 1 || source != 0) {
    if (csr == &vitrine_vcpu.sstatus) new = (old & ~SSTATUS_WRITABLE) | (new & SSTATUS_WRITABLE);
    *csr = new;
    if (csr == &vitrine_vcpu.sstatus || csr == &vitrine_vcpu.satp) forget_shadow();
  }
  if (destination != 0) vitrine_vcpu.x[destination] = old;
  return 1;
}

static void illegal_instruction(word instruction) {
  int is_done = 0;
  if (vitrine_vcpu.privilege == 1 && (instruction & 0x7f) == 0x73) {
    if (instruction == 0x10200073) return return_from_trap();
    if ((instruction & 0xfe007fff) == 0x12000073) {  // sfence.vma
      forget_shadow();
      is_done = 1;
    } else if ((instruction >> 12 & 3) != 0) {
      is_done = access_csr(instruction);
    }
  }
  if (is_done) {
    vitrine_vcpu.pc += 4;
  } else {
    inject(CAUSE_ILLEGAL, instruction);
  }
}

void handle_exit(void) {
  word cause = read_csr(scause), value = read_csr(stval);
  exits += 1;
  switch (cause) {
    case CAUSE_ILLEGAL: illegal_instruction(guest_instruction(vitrine_vcpu.pc)); break;
    case CAUSE_ECALL_FROM_USER:
      if (vitrine_vcpu.privilege == 1) {
        serve_call();
        vitrine_vcpu.pc += 4;
      } else {
        inject(cause, 0);
      }
      break;
    case CAUSE_FETCH_PAGE:
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE: {
      word right = cause == CAUSE_FETCH_PAGE ? EXECUTE : cause == CAUSE_LOAD_PAGE ? READ : WRITE;
      if (!fill_shadow(value, right)) inject(cause, value);
      break;
    }
    default: inject(cause, value);
  }
}

void monitor_main(word hart, const void *tree) {
  word size;
  const char *image = find_image(tree, &size);
  use_image(image, size);
  forget_shadow();
  clear_csr_bits(sstatus, SSTATUS_SPP);
  vitrine_vcpu.x[A0] = hart;
  vitrine_vcpu.pc = GUEST_MEMORY;
  vitrine_vcpu.privilege = 1;
  enter_guest();
}
