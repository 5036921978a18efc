// The crudest thing that works: at every change all that the guest's own table maps is mapped anew, page by page, into a table of ours.
// It is given here because this assignment is about something else. Assignment A3 is about doing it well.

#include "shadow.h"

#define SSTATUS_MXR (1ul << 19)

#define TABLES 64
static word tables[TABLES][512] __attribute__((aligned(4096)));
static word used;

static word *take_table(void) {
  if (used == TABLES) fail("no table is left", used);
  word *table = tables[used++];
  for (word index = 0; index < 512; index += 1) table[index] = 0;
  return table;
}

static word *shadow_entry(word address, int last) {
  word *table = tables[0];
  for (int level = 2; level > last; level -= 1) {
    word *entry = &table[address >> (12 + 9 * level) & 511];
    if ((*entry & VALID) == 0) *entry = entry_for(take_table(), 0);
    table = page_of(*entry);
  }
  return &table[address >> (12 + 9 * last) & 511];
}

// What the guest may do in its present mode with a page whose own entry has these bits. The real hart is in U-mode, so U is set always.
static word rights(word bits) {
  const word status = vitrine_vcpu.sstatus;
  word result = bits & (READ | WRITE | EXECUTE);
  if (bits & EXECUTE && status & SSTATUS_MXR) result |= READ;
  if (vitrine_vcpu.privilege == 0) return bits & USER ? result : 0;
  if ((bits & USER) == 0) return result;
  return status & SSTATUS_SUM ? result & (READ | WRITE) : 0;
}

static void map_leaf(word address, int level, word entry) {
  const word right = rights(entry);
  const word start = (word)page_of(entry), end = start + (PAGE << (9 * level));
  // Of a large page only the parts where the guest has something.
  for (const struct piece *piece = pieces; right != 0 && piece < &pieces[piece_count]; piece += 1) {
    word from = piece->guest > start ? piece->guest : start;
    word to = piece->guest + piece->size < end ? piece->guest + piece->size : end;
    for (; from < to; from += PAGE) {
      *shadow_entry(address + (from - start), 0) = entry_for(guest_page(from), right | USER | ACCESSED | DIRTY);
    }
  }
}

static void map_table(word guest_table, int level, word address) {
  const word *entries = guest_page(guest_table);
  for (word index = 0; entries != 0 && index < 512; index += 1) {
    word entry = entries[index];
    word from = address | index << (12 + 9 * level);
    if ((entry & VALID) == 0) continue;
    if (entry & (READ | EXECUTE)) {
      map_leaf(from, level, entry);
    } else if (level > 0) {
      map_table((word)page_of(entry), level - 1, from);
    }
  }
}

void shadow_world_changed(void) {
  write_csr(satp, 0);  // we stand on the table that is about to go, and without one we are where we are, too
  used = 0;
  take_table();
  const word ours = READ | WRITE | EXECUTE | ACCESSED | DIRTY;  // without U: not for the guest
  *shadow_entry(MONITOR, 1) = entry_for((void *)MONITOR, ours);
  *shadow_entry(HOST_MEMORY, 1) = entry_for((void *)HOST_MEMORY, ours);
  if (vitrine_vcpu.privilege == 3 || vitrine_vcpu.satp >> 60 == 0) {
    // No translation, or machine mode, which has none: each piece is seen where it is.
    word untranslated = READ | WRITE | EXECUTE | (vitrine_vcpu.privilege == 0 ? USER : 0);
    for (const struct piece *piece = pieces; piece < &pieces[piece_count]; piece += 1) {
      map_leaf(piece->guest, piece->size == PAGE ? 0 : 1, entry_for((void *)piece->guest, untranslated));
    }
  } else {
    map_table(vitrine_vcpu.satp << 12, 2, 0);
  }
  enable_paging(tables[0]);
}

void shadow_fenced(void) { shadow_world_changed(); }

// A hart walks the table at each access, so an entry that has become valid counts without a fence.
int fill_shadow(word address, word access) {
  shadow_world_changed();
  return (*shadow_entry(address, 0) & access) != 0;
}
