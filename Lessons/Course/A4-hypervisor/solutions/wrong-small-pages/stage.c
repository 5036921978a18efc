// The second stage of translation, Sv39x4: from guest-physical to host-physical addresses. The hart walks it by itself, behind each
// step of the guest's own walk.

#include "monitor.h"

// An ordinary table has 512 entries. This root has four times as many, because guest-physical addresses have 41 bits: 11 of them,
// 40 to 30, are the index. For the same reason it lies at a multiple of 16 KiB.
static word root[2048] __attribute__((aligned(16384)));

static void fence_guest(void) { __asm__ volatile(WITH_H("hfence.gvma") ::: "memory"); }

void start_stage(void) {
  write_csr(hgatp, SV39 | 1ul << 44 | (word)root / PAGE);  // Sv39x4; virtual machine 1
  fence_guest();
}

// The entry for a guest-physical address in the last level, or in a level above it. Tables that are missing on the way are made.
static word *entry_at(word guest_physical, int last) {
  word *table = root;
  word index = guest_physical >> 30 & 2047;
  for (int level = 1; level >= last; level -= 1) {
    if ((table[index] & VALID) == 0) table[index] = entry_for(take_page(), 0);
    table = page_of(table[index]);
    index = guest_physical >> (12 + 9 * level) & 511;
  }
  return &table[index];
}

void map_page(word guest_physical) {
  // Memory in pieces of 2 MiB, one exit for 512 pages; of the devices only the page that was asked for.
  int level = 0;
  void *page = (void *)(guest_physical & ~((PAGE << (9 * level)) - 1));
  *entry_at(guest_physical, level) = entry_for(page, READ | WRITE | EXECUTE | USER | ACCESSED | DIRTY);
  fence_guest();
}
