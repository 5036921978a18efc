// What Swift cannot say itself: device registers, fences, calls of the firmware, and what entry.S defines.
#pragma once

#include <stdint.h>

static inline uint8_t load8(uint64_t address) { return *(volatile uint8_t *)address; }
static inline uint16_t load16(uint64_t address) { return *(volatile uint16_t *)address; }
static inline uint32_t load32(uint64_t address) { return *(volatile uint32_t *)address; }
static inline uint64_t load64(uint64_t address) { return *(volatile uint64_t *)address; }
static inline void store16(uint64_t address, uint16_t value) { *(volatile uint16_t *)address = value; }
static inline void store32(uint64_t address, uint32_t value) { *(volatile uint32_t *)address = value; }
static inline void store64(uint64_t address, uint64_t value) { *(volatile uint64_t *)address = value; }

// Orders accesses to memory and to device registers: a device must find in memory what its register announces.
static inline void fence_all(void) { __asm__ volatile("fence iorw, iorw" : : : "memory"); }
static inline void wait_for_interrupt(void) { __asm__ volatile("wfi"); }

static inline int64_t sbi_call(uint64_t extension, uint64_t function, uint64_t argument0, uint64_t argument1) {
  register uint64_t a0 __asm__("a0") = argument0;
  register uint64_t a1 __asm__("a1") = argument1;
  register uint64_t a2 __asm__("a2") = 0;
  register uint64_t a6 __asm__("a6") = function;
  register uint64_t a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
  return (int64_t)a0;
}

__attribute__((noreturn)) void enter_kernel(uint64_t address, uint64_t hart, uint64_t device_tree);
void *memcpy(void *to, const void *from, unsigned long count);
void *memset(void *to, int byte, unsigned long count);

extern char sector_buffer[], virtqueue[];
static inline uint64_t address_of_sector_buffer(void) { return (uint64_t)sector_buffer; }
static inline uint64_t address_of_virtqueue(void) { return (uint64_t)virtqueue; }
