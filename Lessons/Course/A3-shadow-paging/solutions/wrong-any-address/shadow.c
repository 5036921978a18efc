// The shadow page table. The hart walks a table of ours, made from two others: the guest's own, which says where a guest-virtual
// address lies in the guest's memory, and where we have the guest's memory. An entry is made at the first touch (a hidden fault: the
// guest never hears of it), and kept for as long as the guest has no right to expect anything else.
//
// What is kept too long shows the guest a page that it has unmapped. What is thrown away too early costs a fault for each page again.

#include "shadow.h"

#define SSTATUS_MXR (1ul << 19)

// Where the guest's memory lies, for Vitrine to read: with it, it holds each entry that you make, and behind a fence all of them,
// against the guest's own table.
struct {
  word magic, count;  // "VMEM", and above it the version, 1
  struct piece pieces[3];
} vitrine_memory = {.magic = 0x14d454d56};

// One table is not enough. A kernel and its programs see different pages, and so does a kernel with SUM or MXR set, and firmware, which
// sees all as it is; but going from one to the other changes no entry. So there is a root for each, and they are all of the same guest's.
enum { PROGRAM, KERNEL, KERNEL_SUM, FIRMWARE, KINDS };
#define WORLDS (2 * KINDS)  // each without MXR and with it

static word *roots[WORLDS];

// In which of these worlds the guest is.
static int present_world(void) {
  int kind = vitrine_vcpu.privilege == 0 ? PROGRAM : vitrine_vcpu.sstatus & SSTATUS_SUM ? KERNEL_SUM : KERNEL;
  if (vitrine_vcpu.privilege == 3) kind = FIRMWARE;
  return vitrine_vcpu.sstatus & SSTATUS_MXR ? KINDS + kind : kind;
}

#define TABLES 128
static word tables[TABLES][512] __attribute__((aligned(4096)));
static word used;

static word *take_table(void) {
  if (used == TABLES) fail("no table is left", used);
  word *table = tables[used++];
  for (word index = 0; index < 512; index += 1) table[index] = 0;
  return table;
}

static word *entry_at(word *root, word address, int last) {
  word *table = root;
  for (int level = 2; level > last; level -= 1) {
    word *entry = &table[address >> (12 + 9 * level) & 511];
    if ((*entry & VALID) == 0) *entry = entry_for(take_table(), 0);
    if (*entry & READ) fail("the guest uses an address that is ours:", address);
    table = page_of(*entry);
  }
  return &table[address >> (12 + 9 * last) & 511];
}

// A root with nothing in it but ourselves: our next instruction is fetched through it.
static word *new_root(void) {
  const word ours = READ | WRITE | EXECUTE | ACCESSED | DIRTY;  // without U: not for the guest
  word *root = take_table();
  vitrine_memory.count = piece_count;
  for (int index = 0; index < piece_count; index += 1) vitrine_memory.pieces[index] = pieces[index];
  *entry_at(root, MONITOR, 1) = entry_for((void *)MONITOR, ours);
  *entry_at(root, HOST_MEMORY, 1) = entry_for((void *)HOST_MEMORY, ours);
  return root;
}

// All that is known of the guest's table is forgotten.
static void forget(void) {
  write_csr(satp, 0);  // we stand on a table that is about to go, and without one we are where we are, too
  used = 0;
  for (int world = 0; world < WORLDS; world += 1) roots[world] = 0;
}

// The guest's satp of which the shadows are.
static word shadowed_satp = 0;

void shadow_world_changed(void) {
  if (vitrine_vcpu.satp != shadowed_satp) {
    forget();
    shadowed_satp = vitrine_vcpu.satp;
  }
  int world = present_world();
  if (roots[world] == 0) roots[world] = new_root();
  enable_paging(roots[world]);
}

void shadow_fenced(void) {
  forget();
  shadow_world_changed();
}

// Walks the guest's own table as a hart would. Returns the entry of the page, where it lies in our memory, and in `level` how large
// the page is: 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB. 0 where a hart would find none.
static word *guest_walk(word address, int *level) {
  word table = vitrine_vcpu.satp << 12;
  for (*level = 2; *level >= 0; *level -= 1) {
    word *entries = guest_page(table);
    if (entries == 0) return 0;
    word *entry = &entries[address >> (12 + 9 * *level) & 511];
    if ((*entry & VALID) == 0 || (*entry & (READ | WRITE)) == WRITE) return 0;
    table = *entry >> 10 << 12;
    if ((*entry & (READ | EXECUTE)) != 0) return table & ((PAGE << (9 * *level)) - 1) ? 0 : entry;
  }
  return 0;
}

// What the guest may do in its present world with a page whose own entry has these bits.
static word rights(word bits) {
  const word status = vitrine_vcpu.sstatus;
  word result = bits & (READ | WRITE | EXECUTE);
  if (bits & EXECUTE && status & SSTATUS_MXR) result |= READ;
  if (vitrine_vcpu.privilege == 0) return bits & USER ? result : 0;
  if ((bits & USER) == 0) return result;
  return status & SSTATUS_SUM ? result & (READ | WRITE) : 0;
}

int fill_shadow(word address, word access) {
  word everything = READ | WRITE | EXECUTE | ACCESSED | DIRTY | (vitrine_vcpu.privilege == 0 ? USER : 0);
  word untranslated = entry_for((void *)address, everything);
  int level = 0;
  int is_translating = vitrine_vcpu.privilege != 3 && vitrine_vcpu.satp >> 60 != 0;
  word *entry = is_translating ? guest_walk(address, &level) : &untranslated;
  if (entry == 0 || (rights(*entry) & access) == 0) return 0;
  *entry |= ACCESSED | (access == WRITE ? DIRTY : 0);
  word inside = ((PAGE << (9 * level)) - 1) & ~(PAGE - 1);
  word guest_physical = (word)page_of(*entry) | (address & inside);
  void *page = guest_page(guest_physical);
  if (page == 0) return 0;
  word right = rights(*entry);
  if ((*entry & DIRTY) == 0) right &= ~WRITE;
  *entry_at(roots[present_world()], address, 0) = entry_for(page, right | USER | ACCESSED | DIRTY);
  __asm__ volatile("sfence.vma %0" ::"r"(address) : "memory");
  return 1;
}
