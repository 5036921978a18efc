// From the firmware to the guest's first instruction. The guest is a kernel, and it runs in U-mode: whatever needs a privilege traps.

#include "monitor.h"

struct vcpu vitrine_vcpu = {
    .magic = VCPU_MAGIC,
    .count = 43,
    .pc = GUEST_MEMORY,    // where the image has its first instruction
    .privilege = 1,        // the guest believes that it is in supervisor mode
    .sstatus = 2ul << 32,  // UXL: programs have 64 bits, and no write can change that
};

void monitor_main(word hart, const void *tree) {
  word size;
  const char *image = find_image(tree, &size);
  use_image(image, size);
  shadow_world_changed();
  clear_csr_bits(sstatus, SSTATUS_SPP);  // sret goes to U-mode ...
  clear_csr_bits(sstatus, SSTATUS_SPIE);
  write_csr(scounteren, 7);  // ... where the time may be read without asking us
  vitrine_vcpu.x[A0] = hart;
  vitrine_vcpu.x[A1] = (word)tree;
  enter_guest();
}
