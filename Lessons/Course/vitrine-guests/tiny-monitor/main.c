// From the firmware to the guest's first instruction.

#include "vcpu.h"

#define HSTATUS_SPV (1ul << 7)   // sret goes to a guest
#define HSTATUS_SPVP (1ul << 8)  // ... and hypervisor loads see what its supervisor mode sees

// What the guest's kernel takes itself: its program's breakpoints, system calls and page faults, and instructions that are none.
#define TO_THE_GUEST (1ul << 2 | 1ul << 3 | 1ul << 8 | 1ul << 12 | 1ul << 13 | 1ul << 15)

struct vcpu vitrine_vcpu = {.magic = VCPU_MAGIC, .count = 34};
word exits = 0;

extern word guest_root[];

void monitor_main(word hart, const void *tree) {
  word size;
  const char *image = find_image(tree, &size);
  use_image(image, size);
  write_csr(hgatp, SV39 | 1ul << 44 | (word)guest_root / PAGE);  // Sv39x4, virtual machine 1
  __asm__ volatile(".option push; .option arch, +h; hfence.gvma; .option pop" ::: "memory");
  write_csr(vsatp, 0);
  write_csr(vsstatus, 0);
  write_csr(hedeleg, TO_THE_GUEST);
  write_csr(hideleg, 0);
  write_csr(hcounteren, 7);
  write_csr(hstatus, HSTATUS_SPV | HSTATUS_SPVP);
  set_csr_bits(sstatus, SSTATUS_SPP);
  vitrine_vcpu.x[A0] = hart;
  vitrine_vcpu.pc = GUEST_MEMORY;
  vitrine_vcpu.privilege = 1;
  enter_guest();
}
