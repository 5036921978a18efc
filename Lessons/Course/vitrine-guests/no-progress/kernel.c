// A kernel with two mistakes, one of them a single word. It says that it boots, and then nothing more.

#include "virt.h"

#define VALID 0x01
#define READ 0x02
#define WRITE 0x04
#define EXECUTE 0x08
#define ACCESSED 0x40
#define DIRTY 0x80

#define PAGE 4096
#define SV39 8ul

typedef unsigned long page_table[512] __attribute__((aligned(PAGE)));

// Tables are handed out from here, never given back.
page_table tables[8];
int tables_used = 0;

// From the linker script.
extern char text_start[], text_end[], data_start[], data_end[];

word *allocate_table(void) { return tables[tables_used++]; }

// The last-level entry for `address`; makes the tables above it where they are missing.
word *find_entry(word *table, word address) {
  for (int level = 2; level > 0; level -= 1) {
    word *entry = &table[address >> (12 + 9 * level) & 511];
    if ((*entry & VALID) == 0) *entry = (word)allocate_table() >> 12 << 10 | VALID;
    table = (word *)(*entry >> 10 << 12);
  }
  return &table[address >> 12 & 511];
}

// Maps the pages from `start` to `end` where they lie.
void map_pages(word *root, word start, word end, word permissions) {
  for (word address = start; address < end; address += PAGE) {
    word *entry = find_entry(root, address);
    *entry = address >> 12 << 10 | permissions | ACCESSED | DIRTY | VALID;
  }
}

word *make_kernel_table(void) {
  word *root = allocate_table();
  map_pages(root, UART, UART + PAGE, READ | WRITE);
  map_pages(root, (word)text_start, (word)text_end, READ);
  map_pages(root, (word)data_start, (word)data_end, READ | WRITE);
  return root;
}

void enable_paging(const word *root) {
  write_csr(satp, SV39 << 60 | (word)root >> 12);
  __asm__ volatile("sfence.vma" ::: "memory");
}

void kernel_main(void) {
  put_string("the kernel is booting\n");
  word *root = make_kernel_table();
  enable_paging(root);
  put_string("paging is on\n");
  finish(0);
}
