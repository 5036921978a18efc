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
  /* HOLE A4.4: Which address? htval has it, shifted right by two; the two bits that are missing are those of stval.
     In the guest's memory: `map_page`; the guest tries again, so its pc stays. Else `access_device`. Where that returns 0, nothing
     is there: `fail`. */
  HOLE("A4.4 (exits.c): an address without a page");
}

// An instruction that the hart does not leave to a program of the guest's, such as sret: the H extension has an exception of its own
// for it (cause 22), and it is ours. On a hart without a monitor it would have been an illegal instruction, for the kernel.
static void program_may_not(word instruction) {
  /* HOLE A4.6: The guest's kernel takes an illegal instruction (CAUSE_ILLEGAL). What the hart does at a trap is to be done by hand,
     in the guest's own registers: vsepc gets the guest's pc, vscause the cause, vstval the instruction. In vsstatus SPP says that it
     came from a program, SPIE gets what SIE was, and SIE becomes 0. The guest goes on at vstvec without its two lowest bits, and in
     supervisor mode: SPP in sstatus, as in main.c, for the next sret is an entry. */
  (void)instruction;
  HOLE("A4.6 (exits.c): the guest takes an illegal instruction");
}

void handle_exit(void) {
  word cause = read_csr(scause);
  vitrine_vcpu.privilege = (read_csr(sstatus) & SSTATUS_SPP) != 0;  // which mode the guest was in
  switch (cause) {
    case CAUSE_ECALL_FROM_GUEST:
      /* HOLE A4.5: `serve_call` in sbi.c answers. Where does the guest go on? */
      HOLE("A4.5 (exits.c): the guest's kernel has called");
      break;
    case CAUSE_FETCH_GUEST_PAGE:
    case CAUSE_LOAD_GUEST_PAGE:
    case CAUSE_STORE_GUEST_PAGE: missing(); break;
    case CAUSE_VIRTUAL_INSTRUCTION: program_may_not(read_csr(stval)); break;
    case INTERRUPT | 9: update_external_interrupt(); break;
    default: fail("an exit that I do not know, cause", cause);
  }
}
