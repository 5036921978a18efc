// The virtual hart: what the guest believes to be its hart, as words in our memory.
//
// Vitrine knows this layout and the name `vitrine_vcpu`. At every exit and every entry it reads the record and holds it against what a
// real hart would have made of the guest's instruction, so keep the guest's state here and nowhere else. Add nothing before the end.

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
  word privilege;  // of the virtual hart: 0 user, 1 supervisor. The real hart is in U-mode for both.
  word sstatus, sie, sip, stvec, sscratch, sepc, scause, stval, satp;
};

extern struct vcpu vitrine_vcpu;

#endif
