// From the firmware to the guest's first instruction.

#include "monitor.h"

struct vcpu vitrine_vcpu = {.magic = VCPU_MAGIC, .count = 34};

// The exceptions that the guest's kernel takes itself, without an exit: misaligned and refused accesses, illegal instructions,
// breakpoints, its programs' calls (8) and the page faults of its own table (12, 13, 15).
#define TO_THE_GUEST 0xb1fful

void monitor_main(word hart, const void *tree) {
  void *guest_tree = load_guest(tree);
  start_stage();
  write_csr(vsatp, 0);  // what the guest's registers of S-mode are at its first instruction
  write_csr(vsstatus, 0);
  write_csr(vsie, 0);
  write_csr(hvip, 0);
  write_csr(hcounteren, 7);     // the guest may read the time
  write_csr(0x24d, -1ul);       // vstimecmp: no timer yet
  write_csr(0x60a, 1ul << 63);  // henvcfg.STCE: vstimecmp raises the guest's timer interrupt
  write_csr(hedeleg, TO_THE_GUEST);
  write_csr(hideleg, VS_SOFTWARE | VS_TIMER | VS_EXTERNAL);
  write_csr(hstatus, HSTATUS_SPV | HSTATUS_SPVP);
  set_csr_bits(sstatus, SSTATUS_SPP);
  set_csr_bits(sie, S_EXTERNAL);  // a device that wants something is an exit
  vitrine_vcpu.x[A0] = hart;
  vitrine_vcpu.x[A1] = (word)guest_tree;
  vitrine_vcpu.pc = find_load_address(tree);
  vitrine_vcpu.privilege = 1;
  enter_guest();
}
