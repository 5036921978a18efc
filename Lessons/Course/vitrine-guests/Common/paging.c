// Pages and Sv39 page tables.

#include "kernel.h"

// From the linker script: the stacks of the eight harts there can be lie behind the image, 4 KiB each.
extern char stacks[];
static char *free_page = 0;

void *take_page(void) {
  if (free_page == 0) free_page = stacks + 8 * PAGE;
  word *page = (word *)free_page;
  free_page += PAGE;
  for (word index = 0; index < PAGE / sizeof(word); index += 1) page[index] = 0;
  return page;
}

word *find_entry(word *root, word address) {
  word *table = root;
  for (int level = 2; level > 0; level -= 1) {
    word *entry = &table[address >> (12 + 9 * level) & 511];
    if ((*entry & VALID) == 0) *entry = entry_for(take_page(), 0);
    table = page_of(*entry);
  }
  return &table[address >> 12 & 511];
}

void map_gigabyte(word *root, word address, word bits) {
  root[address >> 30 & 511] = entry_for((void *)(address >> 30 << 30), bits | ACCESSED | DIRTY);
}

void enable_paging(const word *root) {
  write_csr(satp, SV39 | (word)root >> 12);
  __asm__ volatile("sfence.vma" ::: "memory");
}
