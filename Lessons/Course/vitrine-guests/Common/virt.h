// What every guest here knows about QEMU's `virt` board: a few addresses, and the few lines of C that
// talk to them. Assembly files see the addresses only.

#pragma once

#define FINISHER 0x100000       // test finisher: a 32-bit store ends the run
#define FINISHER_PASS 0x5555    // ... with success
#define FINISHER_FAIL 0x3333    // ... with failure; the number goes into the upper 16 bits
#define CLINT 0x2000000         // software and timer interrupts of each hart
#define CLINT_MTIMECMP 0x4000   // one 64-bit compare register a hart
#define CLINT_MTIME 0xbff8      // the clock, ten million ticks a second
#define UART 0x10000000         // 16550A: transmit register
#define UART_LINE_STATUS 5      // its line status register
#define UART_TRANSMIT_EMPTY 32  // ... bit 5: the transmit register is free
#define RAM 0x80000000

#ifndef __ASSEMBLER__

typedef unsigned long word;

#define read_csr(name) ({ word value_; __asm__ volatile("csrr %0, " #name : "=r"(value_)); value_; })
#define write_csr(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((word)(value)) : "memory")
#define set_csr_bits(name, value) __asm__ volatile("csrs " #name ", %0" ::"r"((word)(value)) : "memory")
#define clear_csr_bits(name, value) __asm__ volatile("csrc " #name ", %0" ::"r"((word)(value)) : "memory")

static inline void put_character(char character) {
  volatile unsigned char *uart = (volatile unsigned char *)UART;
  while ((uart[UART_LINE_STATUS] & UART_TRANSMIT_EMPTY) == 0) {
  }
  uart[0] = (unsigned char)character;
}

static inline void put_string(const char *string) {
  while (*string != 0) put_character(*string++);
}

static inline void put_decimal(word number) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) put_character(digits[--count]);
}

// Ends the run: `failure` 0 is success, anything else is reported to the host.
static inline void finish(unsigned failure) {
  volatile unsigned *finisher = (volatile unsigned *)FINISHER;
  *finisher = failure == 0 ? FINISHER_PASS : (failure << 16 | FINISHER_FAIL);
  for (;;) __asm__ volatile("wfi");
}

static inline void put_hex(word number) {
  int shift = 60;
  put_string("0x");
  while (shift > 0 && number >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) put_character("0123456789abcdef"[number >> shift & 15]);
}

// A marker: a hint that does nothing, and is reported to whoever observes the machine. N begins a region, -N ends it.
#define marker(number) __asm__ volatile("slti zero, zero, %0" ::"i"(number) : "memory")

#endif
