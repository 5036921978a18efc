// What Swift cannot say itself: the instruction that calls the kernel.
#pragma once

#include <stdint.h>

static inline int64_t system_call(
    uint64_t number, uint64_t argument0, uint64_t argument1, uint64_t argument2, uint64_t argument3, uint64_t argument4) {
  register uint64_t a0 __asm__("a0") = argument0;
  register uint64_t a1 __asm__("a1") = argument1;
  register uint64_t a2 __asm__("a2") = argument2;
  register uint64_t a3 __asm__("a3") = argument3;
  register uint64_t a4 __asm__("a4") = argument4;
  register uint64_t a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a7) : "memory");
  return (int64_t)a0;
}

// For programs that do what they should not.
static inline void read_supervisor_register(void) { __asm__ volatile("csrr t0, sstatus" : : : "t0"); }
static inline void execute_breakpoint(void) { __asm__ volatile("ebreak"); }
static inline void jump_to(uint64_t address) { ((void (*)(void))address)(); }

void *memset(void *to, int byte, unsigned long count);
