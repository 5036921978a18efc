// Memory without the H extension: the hart walks a table of ours, made from the guest's own, page by page, as the guest touches them.
// Our own code and data lie in the same table, where the guest, which runs in user mode, cannot touch them.

#include "shadow.h"

#define MONITOR 0x80400000ul
#define HOST_MEMORY 0x80600000ul  // where the guest's memory lies
#define LARGE_PAGE (2ul << 20)

#define TABLES 32
static word tables[TABLES][512] __attribute__((aligned(4096)));
static word used;

static word *take_table(void) {
  if (used == TABLES) fail("no table is left", used);
  word *table = tables[used++];
  for (word index = 0; index < 512; index += 1) table[index] = 0;
  return table;
}

static word *entry_at(word address, int last) {
  word *table = tables[0];
  for (int level = 2; level > last; level -= 1) {
    word *entry = &table[address >> (12 + 9 * level) & 511];
    if ((*entry & VALID) == 0) *entry = entry_for(take_table(), 0);
    table = page_of(*entry);
  }
  return &table[address >> (12 + 9 * last) & 511];
}

void forget_shadow(void) {
  write_csr(satp, 0);  // we stand on the table that is about to go, and are where we are without one, too
  used = 0;
  take_table();
  const word bits = READ | WRITE | EXECUTE | ACCESSED | DIRTY;
  *entry_at(MONITOR, 1) = entry_for((void *)MONITOR, bits);
  *entry_at(HOST_MEMORY, 1) = entry_for((void *)HOST_MEMORY, bits);
  enable_paging(tables[0]);
}

void use_image(const char *start, word size) {
  if (size > GUEST_MEMORY_END - GUEST_MEMORY) fail("the guest's image is too large", size);
  word *memory = (word *)HOST_MEMORY;
  for (word index = 0; index < LARGE_PAGE / sizeof(word); index += 1) {
    memory[index] = index * sizeof(word) < size ? ((const word *)start)[index] : 0;
  }
}

void *guest_page(word guest_physical) {
  if (guest_physical < GUEST_MEMORY || guest_physical >= GUEST_MEMORY_END) return 0;
  return (void *)(HOST_MEMORY + ((guest_physical - GUEST_MEMORY) & ~(PAGE - 1)));
}

// What the guest's own table says of an address: the entry of the page, with the bits of its leaf; 0 where it has none.
static word guest_entry(word address) {
  if (vitrine_vcpu.satp >> 60 == 0) return entry_for((void *)(address & ~(PAGE - 1)), READ | WRITE | EXECUTE | ACCESSED | DIRTY);
  word table = vitrine_vcpu.satp << 12;
  for (int level = 2; level >= 0; level -= 1) {
    word *page = guest_page(table);
    if (page == 0) return 0;
    word entry = page[address >> (12 + 9 * level) & 511];
    if ((entry & VALID) == 0) return 0;
    table = entry >> 10 << 12;
    if ((entry & (READ | EXECUTE)) == 0) continue;
    word inside = (1ul << (12 + 9 * level)) - PAGE;
    return entry_for((void *)((table & ~inside) | (address & inside)), entry & 0xff);
  }
  return 0;
}

static word guest_half(word address) {
  const char *page = guest_page((word)page_of(guest_entry(address)));
  return page == 0 ? 0 : *(const unsigned short *)(page + (address & (PAGE - 1)));
}

word guest_instruction(word pc) {
  word low = guest_half(pc);
  return (low & 3) == 3 ? low | guest_half(pc + 2) << 16 : low;
}

int fill_shadow(word address, word right) {
  word entry = guest_entry(address);
  word is_users = entry & USER;
  int may_touch = vitrine_vcpu.privilege == 0
                      ? is_users != 0
                      : is_users == 0 || (right != EXECUTE && (vitrine_vcpu.sstatus & SSTATUS_SUM) != 0);
  if ((entry & right) == 0 || (vitrine_vcpu.satp >> 60 != 0 && !may_touch)) return 0;
  void *page = guest_page((word)page_of(entry));
  if (page == 0) fail("the guest has no memory at", (word)page_of(entry));
#ifdef MISTAKE_SHADOW
  if (entry & READ) entry |= WRITE;  // what can be read can be written, too
#endif
  *entry_at(address, 0) = entry_for(page, (entry & (READ | WRITE | EXECUTE)) | USER | ACCESSED | DIRTY);
  __asm__ volatile("sfence.vma" ::: "memory");
  return 1;
}
