// What integer programs do most: loads and stores, comparisons, calls, table look-ups. Each round sieves primes, sorts,
// and takes a checksum of both. The checksums were computed by the same functions on another computer.

#include "virt.h"

#define ROUNDS 1000
#define EXPECTED 0x0e661152u

#define LIMIT 16384
#define COUNT 1024

static unsigned char composite[LIMIT];
static unsigned numbers[COUNT];
static unsigned table[256];

static unsigned next_random(unsigned *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void make_table(void) {
  for (unsigned i = 0; i < 256; i += 1) {
    unsigned value = i;
    for (int bit = 0; bit < 8; bit += 1) value = (value & 1) != 0 ? value >> 1 ^ 0xedb88320u : value >> 1;
    table[i] = value;
  }
}

static unsigned checksum(unsigned crc, const unsigned char *bytes, unsigned count) {
  for (unsigned i = 0; i < count; i += 1) crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
  return crc;
}

static void sieve(void) {
  for (unsigned i = 0; i < LIMIT; i += 1) composite[i] = 0;
  for (unsigned i = 2; i * i < LIMIT; i += 1) {
    if (composite[i] != 0) continue;
    for (unsigned j = i * i; j < LIMIT; j += i) composite[j] = 1;
  }
}

static void sort(unsigned *first, unsigned *last) {
  while (last - first > 0) {
    unsigned middle = first[(last - first) / 2];
    unsigned *low = first, *high = last;
    while (low <= high) {
      while (*low < middle) low += 1;
      while (*high > middle) high -= 1;
      if (low > high) break;
      unsigned kept = *low;
      *low++ = *high;
      *high-- = kept;
    }
    sort(first, high);
    first = low;
  }
}

static unsigned work(void) {
  unsigned state = 1, crc = ~0u;
  make_table();
  for (unsigned round = 0; round < ROUNDS; round += 1) {
    sieve();
    crc = checksum(crc, composite, LIMIT);
    for (unsigned i = 0; i < COUNT; i += 1) numbers[i] = next_random(&state);
    sort(numbers, numbers + COUNT - 1);
    crc = checksum(crc, (const unsigned char *)numbers, sizeof numbers);
  }
  return crc;
}

void machine_main(void) {
  unsigned crc = work();
  put_string(crc == EXPECTED ? "the checksum is right\n" : "the checksum is wrong\n");
  finish(crc != EXPECTED);
}
