// Every exit comes here, with all of the guest's registers in vitrine_vcpu. Its pc is that of the instruction that trapped.
// Whatever happens here, the guest must not be able to tell it from a hart of its own.

#include "monitor.h"

#define SRET 0x10200073ul
#define MRET 0x30200073ul
#define WFI 0x10500073ul
#define SFENCE_VMA 0x12000073ul  // with any two registers

static int is_fence(word instruction) { return (instruction & 0xfe007fff) == SFENCE_VMA; }
static int is_csr_access(word instruction) { return (instruction & 0x7f) == 0x73 && (instruction >> 12 & 3) != 0; }

// Firmware can forbid its kernel three things, by bits of mstatus: there is no other use for them than to run a kernel that does not
// have the machine for itself.
static int is_forbidden_to_kernel(word instruction) {
  const word forbidden = vitrine_vcpu.mstatus & (MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR);
  if (vitrine_vcpu.privilege != 1 || forbidden == 0) return 0;
  /* HOLE A2.13: With TSR set: sret. With TW set: wfi. With TVM set: sfence.vma, and every access to satp, read or write. Return 1 for
     those, and 0 for all other instructions. */
  (void)instruction;
  HOLE("A2.13 (exits.c): what firmware forbids its kernel");
  return 0;
}

// The hart has refused an instruction in U-mode. It may be one that the guest's kernel, or its firmware, has every right to; then it is
// done to the virtual hart, and the guest goes on behind it. All others are illegal for the guest, too: it takes the exception itself.
static void illegal_instruction(word instruction) {
  if (vitrine_vcpu.privilege == 3 && instruction == MRET) {
    return_from_machine_trap();
    return;
  }
  if (is_forbidden_to_kernel(instruction)) {
    inject(CAUSE_ILLEGAL, instruction);
    return;
  }
  /* HOLE A2.1: In which mode is the virtual hart? In user mode nothing of this is allowed, whatever the instruction: `inject`.
     In the modes above: sret is `return_from_trap`, which says itself where the guest goes on; sfence.vma is `shadow_fenced`; wfi may
     do nothing at all; a CSR access is `emulate_csr_access`. Behind those that were done the guest goes on 4 bytes further. For
     everything else, and for a CSR access that returned 0: `inject` CAUSE_ILLEGAL with the instruction as its value, and the pc
     stays where it is. */
  (void)is_fence, (void)is_csr_access, (void)instruction;
  HOLE("A2.1 (exits.c): an instruction that needs a privilege");
}

// Without translation no page is missing: what fails is the access itself.
static int is_translating(void) { return vitrine_vcpu.privilege != 3 && vitrine_vcpu.satp >> 60 != 0; }
static word access_fault(word access) {
  return access == EXECUTE ? CAUSE_FETCH_ACCESS : access == READ ? CAUSE_LOAD_ACCESS : CAUSE_STORE_ACCESS;
}

void handle_exit(void) {
  word cause = read_csr(scause), value = read_csr(stval);
  switch (cause) {
    case CAUSE_ILLEGAL: illegal_instruction(value); break;  // this hart tells the instruction in stval
    case CAUSE_ECALL_FROM_USER:
      if (has_machine_mode()) {
        /* HOLE A2.11: With firmware of its own, no call of the guest's is for us. `inject` it, with the value 0; but the cause says which
           mode has called, and to the real hart it is always user mode: 8 is a call from user mode, 9 from supervisor mode, 11 from
           machine mode. */
        HOLE("A2.11 (exits.c): which mode has called");
        break;
      }
      /* HOLE A2.5: The same instruction and the same cause for two different things. The guest's kernel calls its firmware, and we
         are its firmware: `serve_call`, and on behind the ecall. A program of the guest's calls its kernel: that is the guest's
         business, with the cause as it is and the value 0. */
      HOLE("A2.5 (exits.c): who has called");
      break;
    case CAUSE_FETCH_PAGE:
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE: {
      word access = cause == CAUSE_FETCH_PAGE ? EXECUTE : cause == CAUSE_LOAD_PAGE ? READ : WRITE;
      if (!fill_shadow(value, access)) inject(is_translating() ? cause : access_fault(access), value);
      break;
    }
    default: inject(cause, value);  // a breakpoint, a misaligned access, ...: none of our business
  }
  write_csr(scounteren, readable_counters());
}
