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
  word privilege;  // of the virtual hart: 0 user, 1 supervisor, 3 machine. The real hart is in U-mode for all three.
  // As on a hart, sstatus, sie and sip are no registers of their own: they are parts of mstatus, mie and mip.
  union { word mstatus, sstatus; };
  union { word mie, sie; };
  union { word mip, sip; };
  word stvec, sscratch, sepc, scause, stval, satp;
  word scounteren, medeleg, mideleg, mtvec, mcounteren, mscratch, mepc, mcause, mtval;
};

extern struct vcpu vitrine_vcpu;

// Whether the guest brings its own firmware. If not, we are its firmware: a trap to M-mode is then a call of ours, and the count above,
// by which Vitrine knows, ends with satp.
#define COUNT_WITHOUT_MACHINE_MODE 43
#define COUNT_WITH_MACHINE_MODE 52
static inline int has_machine_mode(void) { return vitrine_vcpu.count == COUNT_WITH_MACHINE_MODE; }

#endif
