// Attacks, one after the other; what each of them came to; and in the end whether the guest's own memory is as it was.

#include "device_tree.h"
#include "kernel.h"
#include "rogue.h"

#define AS_SUPERVISOR (1ul << 17 | 1ul << 11)  // mstatus: MPRV, MPP = S
#define GIGABYTE (1ul << 30)

static word memory_end;
static word root[512] __attribute__((aligned(PAGE)));
static word table[512] __attribute__((aligned(PAGE)));
static word target[512] __attribute__((aligned(PAGE)));  // the page that the sweeps of virtual addresses store to
static volatile word canary[8192];                       // nobody has any business here
static unsigned failures = 0;

void report(const char *what, int holds) {
  put_string(what);
  put_string(holds ? ": yes\n" : ": NO\n");
  if (!holds) failures += 1;
}

static void put_count(word part, const char *of, word all, const char *what) {
  put_string("~ ");
  put_decimal(part);
  put_string(of);
  put_decimal(all);
  put_string(what);
}

static word canary_value(word index) { return (index + 1) * 0x9e3779b97f4a7c15ul; }

static void set_table(word value) {
  write_csr(satp, value);
  __asm__ volatile("sfence.vma" ::: "memory");
}

// Virtual addresses. A monitor that shares the address space with its guest has to hide somewhere in it.
static void attack_virtual_addresses(void) {
  const word ram = RAM >> 2 | 0xcf, offset = (word)target - RAM;
  for (int index = 0; index < 512; index += 1) root[index] = ram;
  set_table(SV39 | (word)root / PAGE);
  word wrong = sweep(1, store_everywhere, offset, GIGABYTE, (word)target);
  report("supervisor mode: each of 512 gigabytes of virtual addresses is the guest's own memory", wrong == 0);

  root[2] = ram | USER;  // where the code is
  set_table(SV39 | (word)root / PAGE);
  word traps = sweep(0, touch_everywhere, RAM + offset, GIGABYTE, 0);
  report("user mode: none of the 511 that are the supervisor's can be touched", traps == 2 * 511);
  set_table(0);
}

// Physical addresses: powers of two, steps through the first gigabytes, and what lies behind RAM. Known devices are spared: to
// write there does what it does.
static int is_device(word address) {
  return address < 0x4000000 || (address >= 0xc000000 && address < 0x10200000) || (address >> 28) == 2;
}

static void attack_physical_addresses(void) {
  word tries = 0, trapped = 0;
  for (word step = 0; step < 52 + 128 + 64; step += 1) {
    word address = step < 52 ? 1ul << (step + 4) : step < 180 ? (step - 52) << 24 : memory_end + ((step - 180) << 20);
    if (is_device(address) || (address >= RAM && address < memory_end)) continue;
    tries += 2;
    trapped += try_load(address, 0) != 0;
    trapped += try_store(address, 0) != 0;
  }
  put_count(trapped, " of ", tries, " accesses to physical addresses without RAM trapped\n");
}

// Entries for the root, at which a walk has to fail, or that lead to a table at which it has to.
static void attack_page_tables(void) {
  const word everywhere = VALID | READ | WRITE | EXECUTE | ACCESSED | DIRTY, last_page = (1ul << 44) - 1;
  const word entries[] = {
    0,                                             // not valid
    everywhere & ~VALID,
    RAM >> 2 | VALID | WRITE,                      // writable, but not readable
    RAM >> 2 | VALID | WRITE | EXECUTE,
    RAM >> 2 | everywhere | 1ul << 54,             // reserved bits
    RAM >> 2 | everywhere | 1ul << 60,
    RAM >> 2 | everywhere | 3ul << 61,             // a memory type that does not exist
    RAM >> 2 | everywhere | 1ul << 63,             // a range of pages, of a size that does not exist
    (RAM + PAGE) >> 2 | everywhere,                // a gigabyte that does not begin at one
    (RAM + (1ul << 21)) >> 2 | everywhere,
    (word)table >> 2 | VALID | ACCESSED | DIRTY,   // a pointer may not have these
    (word)table >> 2 | VALID | USER,
    (word)root >> 2 | VALID,                       // the root as its own table: round and round
    last_page << 10 | VALID,                       // tables where there is no RAM
    memory_end >> 2 | VALID,
    0x400 | VALID,
    FINISHER >> 2 | VALID,                         // a table in a device
    (last_page >> 18 << 28) | everywhere,          // a leaf: the last gigabyte of all addresses
  };
  word tries = sizeof entries / sizeof *entries, survived = 0;
  for (int index = 0; index < 512; index += 1) table[index] = 0, root[index] = 0;
  for (word index = 0; index < tries; index += 1) {
    root[1] = entries[index];
    set_table(SV39 | (word)root / PAGE);
    survived += try_load(GIGABYTE, AS_SUPERVISOR) != 0 && try_store(GIGABYTE + 0x2345678, AS_SUPERVISOR) != 0;
  }
  report("bad page tables: every access through them trapped", survived == tries);

  const word roots[] = {0, 1, last_page, memory_end / PAGE, FINISHER / PAGE};
  tries = sizeof roots / sizeof *roots;
  survived = 0;
  for (word index = 0; index < tries; index += 1) {
    set_table(SV39 | roots[index]);
    survived += try_load(GIGABYTE, AS_SUPERVISOR) != 0 && try_store(GIGABYTE, AS_SUPERVISOR) != 0;
  }
  report("roots where there is no table: every access trapped", survived == tries);

  set_table(0);
  int is_ignored = 1;
  for (word mode = 1; mode < 16; mode += 1) {
    if (mode >= 8 && mode <= 10) continue;
    set_table(mode << 60 | (word)root / PAGE);
    is_ignored &= read_csr(satp) == 0;
  }
  set_table(0);
  report("modes of satp that do not exist: ignored", is_ignored);
}

// Every CSR there could be, read by code that is written for it.
static void attack_registers(void) {
  static unsigned code[2];
  word readable = 0;
  for (unsigned number = 0; number < 4096; number += 1) {
    code[0] = number << 20 | 0x2573;  // csrr a0, number
    code[1] = 0x8067;                 // ret
    readable += try_csr(code) == 0;
  }
  put_count(readable, " of ", 4096, " CSRs can be read\n");
}

void machine_main(word hart, const void *tree) {
  (void)hart;
  memory_end = RAM + ram_size(tree);
  write_csr(pmpaddr0, -1);
  write_csr(pmpcfg0, 0x1f);
  for (word index = 0; index < 8192; index += 1) canary[index] = canary_value(index);

  attack_virtual_addresses();
  attack_physical_addresses();
  attack_page_tables();
  attack_registers();
  attack_devices(memory_end);

  word intact = 0;
  for (word index = 0; index < 8192; index += 1) intact += canary[index] == canary_value(index);
  report("the guest's own memory is as it was", intact == 8192);
  finish(failures);
}
