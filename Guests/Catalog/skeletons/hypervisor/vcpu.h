// What the hart does not keep for the guest while the monitor runs. The guest's CSRs of S-mode are not among it: with the H extension
// the hart has them twice, and the guest's are vsstatus, vstvec, vsepc, ...
//
// Vitrine knows this layout and the name `vitrine_vcpu`.

#pragma once

#define VCPU_MAGIC 0x155504356  // "VCPU", and above it the version, 1
#define VCPU_X 16               // for switch.S: where x[0] is ...
#define VCPU_PC 272             // ... and the pc

#ifndef __ASSEMBLER__

#include "kernel.h"

struct vcpu {
  word magic;
  word count;      // of the words behind this one
  word x[32];      // x[0] is not used; the indices have names: A0, A7, SP (kernel.h)
  word pc;
  word privilege;  // of the virtual hart: 0 user, 1 supervisor; hstatus and sstatus say so to the real one
};

extern struct vcpu vitrine_vcpu;

#endif
