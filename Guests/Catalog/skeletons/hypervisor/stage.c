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

// The entry for a guest-physical address in the last level. Tables that are missing on the way are made, with `take_page`.
static word *entry_at(word guest_physical) {
  /* HOLE A4.2: As in any page table, three levels: at the root the index is 11 bits from bit 30 on, then 9 bits from bit 21 on, then
     9 bits from bit 12 on. `entry_for(page, bits)` makes an entry, `page_of(entry)` says where it points; an entry that points to a
     table has no bits but VALID, which entry_for sets. */
  (void)guest_physical, (void)root;
  HOLE("A4.2 (stage.c): the walk of the second stage");
  return 0;
}

void map_page(word guest_physical) {
  /* HOLE A4.3: The page at the same host-physical address; readable, writable and executable. And U: the second stage takes every
     access for one from user mode. A and D from the start, because nobody here asks for them. Then `fence_guest`: the hart may
     remember that there was nothing.
     One page for each exit is right. It is also slow: if the bound on exits is too narrow for it, an entry of level 1 may be a leaf
     for 2 MiB, and the guest's memory is known from the start. */
  (void)guest_physical, (void)entry_at;
  HOLE("A4.3 (stage.c): a page of the second stage");
}
