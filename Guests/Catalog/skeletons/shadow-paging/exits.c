// Every exit comes here, with all of the guest's registers in vitrine_vcpu. Its pc is that of the instruction that trapped.
// Whatever happens here, the guest must not be able to tell it from a hart of its own.

#include "monitor.h"

#define SRET 0x10200073ul
#define WFI 0x10500073ul
#define SFENCE_VMA 0x12000073ul  // with any two registers

static int is_fence(word instruction) { return (instruction & 0xfe007fff) == SFENCE_VMA; }
static int is_csr_access(word instruction) { return (instruction & 0x7f) == 0x73 && (instruction >> 12 & 3) != 0; }

// The hart has refused an instruction in U-mode. It may be one that the guest's kernel has every right to; then it is done to the
// virtual hart, and the guest goes on behind it. All others are illegal for the guest, too: it takes the exception itself.
static void illegal_instruction(word instruction) {
  /* HOLE A2.1: In which mode is the virtual hart? In user mode nothing of this is allowed, whatever the instruction: `inject`.
     In supervisor mode: sret is `return_from_trap`, which says itself where the guest goes on; sfence.vma is `shadow_fenced`; wfi may
     do nothing at all; a CSR access is `emulate_csr_access`. Behind those that were done the guest goes on 4 bytes further. For
     everything else, and for a CSR access that returned 0: `inject` CAUSE_ILLEGAL with the instruction as its value, and the pc
     stays where it is. */
  (void)is_fence, (void)is_csr_access, (void)instruction;
  HOLE("A2.1 (exits.c): an instruction that needs a privilege");
}

void handle_exit(void) {
  word cause = read_csr(scause), value = read_csr(stval);
  switch (cause) {
    case CAUSE_ILLEGAL: illegal_instruction(value); break;  // this hart tells the instruction in stval
    case CAUSE_ECALL_FROM_USER:
      /* HOLE A2.5: The same instruction and the same cause for two different things. The guest's kernel calls its firmware, and we
         are its firmware: `serve_call`, and on behind the ecall. A program of the guest's calls its kernel: that is the guest's
         business, with the cause as it is and the value 0. */
      HOLE("A2.5 (exits.c): who has called");
      break;
    case CAUSE_FETCH_PAGE:
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE: {
      word access = cause == CAUSE_FETCH_PAGE ? EXECUTE : cause == CAUSE_LOAD_PAGE ? READ : WRITE;
      if (!fill_shadow(value, access)) inject(cause, value);
      break;
    }
    default: inject(cause, value);  // a breakpoint, a misaligned access, ...: none of our business
  }
}
