// From the firmware to the guest's first instruction. The guest is a kernel, and it runs in U-mode: whatever needs a privilege traps.

#include "monitor.h"

struct vcpu vitrine_vcpu = {.magic = VCPU_MAGIC};

// A machine begins at the first byte of its RAM, in machine mode and with next to nothing set. A kernel above a firmware begins further up,
// in supervisor mode, and finds what firmware prepares: every exception but its own calls is delegated to it, as are its interrupts, and
// it may read the counters. That firmware are we.
static void power_on(word load_address) {
  struct vcpu *vcpu = &vitrine_vcpu;
  vcpu->pc = load_address;  // where the image has its first instruction
  if (load_address == RAM) {
    vcpu->count = COUNT_WITH_MACHINE_MODE;
    vcpu->privilege = 3;
    vcpu->mstatus = 2ul << 32 | 2ul << 34;  // UXL, SXL: programs and kernels have 64 bits, and no write can change that
  } else {
    vcpu->count = COUNT_WITHOUT_MACHINE_MODE;
    vcpu->privilege = 1;
    vcpu->sstatus = 2ul << 32;
    vcpu->medeleg = 0xb1ff;
    vcpu->mideleg = 0x222;
    vcpu->mcounteren = 7;
  }
}

void monitor_main(word hart, const void *tree) {
  word size, load_address;
  const char *image = find_image(tree, &size, &load_address);
  power_on(load_address);
  use_image(image, size, load_address);
  shadow_world_changed();
  clear_csr_bits(sstatus, SSTATUS_SPP);  // sret goes to U-mode ...
  clear_csr_bits(sstatus, SSTATUS_SPIE);
  write_csr(scounteren, readable_counters());  // ... where the time may be read without asking us
  vitrine_vcpu.x[A0] = hart;
  vitrine_vcpu.x[A1] = (word)tree;
  enter_guest();
}
