// The virtual hart, in the layout that Vitrine reads from the symbol `vitrine_vcpu`: 64-bit words.

#pragma once

#define VCPU_MAGIC 0x155504356  // "VCPU", and above it the version, 1
#define VCPU_X 16               // x0, a word that is not used; then the 31 registers
#define VCPU_PC 272

#ifndef __ASSEMBLER__

#include "kernel.h"

struct vcpu {
  word magic;
  word count;      // of the words behind this one
  word x[32];
  word pc;
  word privilege;  // of the virtual hart: 0 user, 1 supervisor
  // With the H extension the hart itself holds what follows, in the VS registers: `count` ends before it.
  word sstatus, sie, sip, stvec, sscratch, sepc, scause, stval, satp;
};

extern struct vcpu vitrine_vcpu;

// The guest's memory, at the address where it lies for the guest.
#define GUEST_MEMORY 0x80200000ul
#define GUEST_MEMORY_END 0x80400000ul

// The guest's image, as the firmware's device tree tells: its bytes and their number.
const char *find_image(const void *tree, word *size);

// Where the host has the page of a guest-physical address, found at the first touch; 0 outside the guest's memory.
void *guest_page(word guest_physical);
void use_image(const char *start, word size);

// What the guest asked for by the SBI: answers in its registers. The pc is the caller's business.
void serve_call(void);
void print(const char *text);
void print_number(word number);
void fail(const char *what, word value) __attribute__((noreturn));

// How often the guest came to us.
extern word exits;

void enter_guest(void) __attribute__((noreturn));

#endif
