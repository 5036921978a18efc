// What the kernels here share: the SBI below, for a character and for the end; and programs.

#pragma once

#include "kernel.h"

static inline void call_below(word extension, word function, word first, word second) {
  register word a0 __asm__("a0") = first;
  register word a1 __asm__("a1") = second;
  register word a6 __asm__("a6") = function;
  register word a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

static inline void say(const char *text) {
  while (*text != 0) call_below(0x4442434e, 2, (word)*text++, 0);
}

static inline void say_decimal(word number) {
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + number % 10), number /= 10;
  while (number > 0);
  say(first);
}

// Ends the run: 0 is success.
static inline void end(word failure) {
  for (;;) call_below(0x53525354, 0, 0, failure);
}

// Runs a program until it traps; `leave_program` in the handler comes back behind that. It finds `argument` in a1.
void run_program(word pc, word status, word argument);
void leave_program(void) __attribute__((noreturn));
