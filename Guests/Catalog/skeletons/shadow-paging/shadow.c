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
  /* HOLE A3.1: If the guest's satp is another than `shadowed_satp`, the shadows are of a table that does not count any more: `forget`,
     and remember the new one. If the present world has no root yet, make it: `new_root`. Then the hart is to use it: `enable_paging`,
     which fences, too. Nothing else is forgotten: a mode that changes changes no entry. */
  (void)new_root, (void)present_world, (void)roots;
  if (shadowed_satp != 0) forget();
  HOLE("A3.1 (shadow.c): the shadow for the present world");
}

void shadow_fenced(void) {
  /* HOLE A3.2: The guest has changed entries of its table, we do not know which. */
  HOLE("A3.2 (shadow.c): sfence.vma");
}

// Walks the guest's own table as a hart would. Returns the entry of the page, where it lies in our memory, and in `level` how large
// the page is: 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB. 0 where a hart would find none.
static word *guest_walk(word address, int *level) {
  /* HOLE A3.3: A walk fails at once if bits 63 to 39 of the address are not all like bit 38. Then from level 2 down: `guest_page` says
     where a table of the guest's is in our memory (the first is at satp << 12); the index are 9 bits of the address. An entry is none
     if V is clear, or if W is set without R. It is the page's if R or X is set; then, above level 0, its address must be a multiple of
     the page's size. An entry without R and X points on to the next table; at level 0 it is none. */
  (void)address, (void)level;
  HOLE("A3.3 (shadow.c): the walk of the guest's table");
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
  /* HOLE A3.4: Without an entry, or if it does not give the right that is asked for (`rights`), the fault is the guest's own: 0.
     Else, in this order:
     1. in the guest's own entry: a hart sets A, and at a store D;
     2. the guest-physical address: where the page begins, and of a large one the 4 KiB that the address is in;
     3. where the host has it (`guest_page`; 0: the guest has nothing there, and the fault is its own, too);
     4. the entry of our table, in the root of the present world (`entry_at`): the rights, but W only if the guest's entry has D, so that
        the first store is a hidden fault, and D can be set then; U, because the real hart is in U-mode whatever the guest believes;
        A and D, because ours are of no interest;
     5. a fence for that address, and 1. */
  (void)entry, (void)rights, (void)access;
  HOLE("A3.4 (shadow.c): an entry of the shadow");
  return 0;
}
