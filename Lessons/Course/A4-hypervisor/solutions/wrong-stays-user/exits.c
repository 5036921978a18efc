// Every exit comes here, with the guest's registers in vitrine_vcpu. Its pc is that of the instruction that trapped. With the H
// extension few reasons are left: memory of the second stage, devices, calls of the SBI, and interrupts of the host's.

#include "monitor.h"

#define INTERRUPT (1ul << 63)

enum {
  CAUSE_ECALL_FROM_GUEST = 10, CAUSE_FETCH_GUEST_PAGE = 20, CAUSE_LOAD_GUEST_PAGE = 21, CAUSE_VIRTUAL_INSTRUCTION = 22,
  CAUSE_STORE_GUEST_PAGE = 23
};

// An access to a guest-physical address that the second stage does not have.
static void missing(void) {
  word guest_physical = read_csr(htval) << 2 | (read_csr(stval) & 3);
  if (guest_physical >= GUEST_MEMORY && guest_physical < GUEST_MEMORY_END) {
    map_page(guest_physical);
  } else if (!access_device(guest_physical)) {
    fail("the guest has nothing at", guest_physical);
  }
}

// An instruction that the hart does not leave to a program of the guest's, such as sret: the H extension has an exception of its own
// for it (cause 22), and it is ours. On a hart without a monitor it would have been an illegal instruction, for the kernel.
static void program_may_not(word instruction) {
  write_csr(vsepc, vitrine_vcpu.pc);
  write_csr(vscause, CAUSE_ILLEGAL);
  write_csr(vstval, instruction);
  word status = read_csr(vsstatus);
  word changed = status & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
  if (status & SSTATUS_SIE) changed |= SSTATUS_SPIE;
  write_csr(vsstatus, changed);
  vitrine_vcpu.pc = read_csr(vstvec) & ~3ul;
  vitrine_vcpu.privilege = 1;
}

void handle_exit(void) {
  word cause = read_csr(scause);
  vitrine_vcpu.privilege = (read_csr(sstatus) & SSTATUS_SPP) != 0;  // which mode the guest was in
  switch (cause) {
    case CAUSE_ECALL_FROM_GUEST:
      serve_call();
      vitrine_vcpu.pc += 4;
      break;
    case CAUSE_FETCH_GUEST_PAGE:
    case CAUSE_LOAD_GUEST_PAGE:
    case CAUSE_STORE_GUEST_PAGE: missing(); break;
    case CAUSE_VIRTUAL_INSTRUCTION: program_may_not(read_csr(stval)); break;
    case INTERRUPT | 9: update_external_interrupt(); break;
    default: fail("an exit that I do not know, cause", cause);
  }
}
