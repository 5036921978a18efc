// What Swift cannot say itself: CSRs, fences, device registers, atomic operations, calls of the firmware, and the names
// that assembly and the linker define. One instruction each, or two.
#pragma once

#include <stdint.h>

#define CSR(name) \
  static inline uint64_t read_##name(void) { \
    uint64_t value; \
    __asm__ volatile("csrr %0, " #name : "=r"(value)); \
    return value; \
  } \
  static inline void write_##name(uint64_t value) { \
    __asm__ volatile("csrw " #name ", %0" : : "r"(value) : "memory"); \
  }

CSR(satp)
CSR(sie)
CSR(sip)

static inline uint64_t read_time(void) {
  uint64_t value;
  __asm__ volatile("rdtime %0" : "=r"(value));
  return value;
}

// tp belongs to this hart: it holds the address of its `struct Hart`.
static inline uint64_t read_tp(void) {
  uint64_t value;
  __asm__ volatile("mv %0, tp" : "=r"(value));
  return value;
}
static inline void write_tp(uint64_t value) { __asm__ volatile("mv tp, %0" : : "r"(value)); }

static inline void clear_software_interrupt(void) { __asm__ volatile("csrci sip, 2"); }
static inline void wait_for_interrupt(void) { __asm__ volatile("wfi" : : : "memory"); }
static inline void fence_translations(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
static inline void fence_instructions(void) { __asm__ volatile("fence.i" : : : "memory"); }
// Orders accesses to memory and to device registers: the device must find in memory what its register announces.
static inline void fence_all(void) { __asm__ volatile("fence iorw, iorw" : : : "memory"); }

static inline uint8_t load8(uint64_t address) { return *(volatile uint8_t *)address; }
static inline void store8(uint64_t address, uint8_t value) { *(volatile uint8_t *)address = value; }
static inline uint16_t load16(uint64_t address) { return *(volatile uint16_t *)address; }
static inline uint32_t load32(uint64_t address) { return *(volatile uint32_t *)address; }
static inline void store32(uint64_t address, uint32_t value) { *(volatile uint32_t *)address = value; }
static inline uint64_t load64(uint64_t address) { return *(volatile uint64_t *)address; }
static inline void store64(uint64_t address, uint64_t value) { *(volatile uint64_t *)address = value; }

static inline uint32_t atomic_add(uint32_t *place, uint32_t value) {
  return __atomic_fetch_add(place, value, __ATOMIC_ACQ_REL);
}
static inline uint32_t atomic_load(uint32_t *place) { return __atomic_load_n(place, __ATOMIC_ACQUIRE); }
static inline void atomic_store(uint32_t *place, uint32_t value) { __atomic_store_n(place, value, __ATOMIC_RELEASE); }

struct sbi_result {
  int64_t error;
  uint64_t value;
};

static inline struct sbi_result sbi_call(
    uint64_t extension, uint64_t function, uint64_t argument0, uint64_t argument1, uint64_t argument2) {
  register uint64_t a0 __asm__("a0") = argument0;
  register uint64_t a1 __asm__("a1") = argument1;
  register uint64_t a2 __asm__("a2") = argument2;
  register uint64_t a6 __asm__("a6") = function;
  register uint64_t a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
  return (struct sbi_result){(int64_t)a0, a1};
}

// entry.S, trap.S, memory.S and link.ld. Of what is only an address, Swift gets the number.
void process_start(void);
void balloon_main(void);
void switch_context(void *from, void *to);
void zero_page(void *page);
uint32_t crc32(uint32_t sum, const void *bytes, uint64_t count);
void *memcpy(void *to, const void *from, unsigned long count);
void *memset(void *to, int byte, unsigned long count);

extern char kernel_end[], kernel_root_table[];
extern const uint64_t secondary_entry_address;
static inline uint64_t address_of_process_start(void) { return (uint64_t)&process_start; }
static inline uint64_t address_of_balloon_main(void) { return (uint64_t)&balloon_main; }
static inline uint64_t address_of_kernel_end(void) { return (uint64_t)kernel_end; }
static inline uint64_t address_of_kernel_root_table(void) { return (uint64_t)kernel_root_table; }
