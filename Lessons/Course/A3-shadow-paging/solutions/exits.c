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
  if (instruction == SRET) return (forbidden & MSTATUS_TSR) != 0;
  if (instruction == WFI) return (forbidden & MSTATUS_TW) != 0;
  int is_of_satp = is_csr_access(instruction) && instruction >> 20 == 0x180;
  return (is_of_satp || is_fence(instruction)) && (forbidden & MSTATUS_TVM) != 0;
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
  if (vitrine_vcpu.privilege != 0) {
    if (instruction == SRET) {
      return_from_trap();
      return;
    }
    int is_done = is_csr_access(instruction) && emulate_csr_access(instruction);
    if (is_fence(instruction)) {
      shadow_fenced();
      is_done = 1;
    }
    if (instruction == WFI) is_done = 1;
    if (is_done) {
      vitrine_vcpu.pc += 4;
      return;
    }
  }
  inject(CAUSE_ILLEGAL, instruction);
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
        inject(cause + vitrine_vcpu.privilege, 0);
        break;
      }
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
      word access = cause == CAUSE_FETCH_PAGE ? EXECUTE : cause == CAUSE_LOAD_PAGE ? READ : WRITE;
      if (!fill_shadow(value, access)) inject(is_translating() ? cause : access_fault(access), value);
      break;
    }
    default: inject(cause, value);  // a breakpoint, a misaligned access, ...: none of our business
  }
  write_csr(scounteren, readable_counters());
}
