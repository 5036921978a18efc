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
  if (vitrine_vcpu.privilege == 1) {
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

void handle_exit(void) {
  word cause = read_csr(scause), value = read_csr(stval);
  switch (cause) {
    case CAUSE_ILLEGAL: illegal_instruction(value); break;  // this hart tells the instruction in stval
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
      word access = cause == CAUSE_FETCH_PAGE ? EXECUTE : cause == CAUSE_LOAD_PAGE ? READ : WRITE;
      if (!fill_shadow(value, access)) inject(cause, value);
      break;
    }
    default: inject(cause, value);  // a breakpoint, a misaligned access, ...: none of our business
  }
}
