// Sets the stage for the operations in operations.S, has each measured, and tells what it took.

#include "kernel.h"

#define ROUNDS 1000
#define USER_OFFSET 0x40000000ul
#define INTERRUPT_CONTROLLER 0xc000000ul
#define PAGES 0x40000000ul    // virtual: the pages that the operations use
#define CHAIN 0x40200000ul    // virtual: the pages of the pointer chase
#define CHAIN_LENGTH 1024ul
#define ASID(number) ((word)(number) << 44)

struct counts { word cycles, instructions; };
struct arguments { word s5, s6, s7, s8, s9; };
typedef void operation(void);

struct counts run_supervisor(operation *, const struct arguments *);
struct counts run_user(operation *, const struct arguments *);
operation measure_empty, measure_device, measure_syscall, measure_sie, measure_callret, measure_pagefault;
operation measure_exception, measure_ptemod, measure_ptefence, measure_switch, measure_chase;

static struct counts empty;
static word *root, *other_root;
static word first, second;  // entries for a page of ones and a page of twos
static word registers[14];
static unsigned failures = 0;

// No trap comes here but by a mistake: what is measured has a handler of its own.
void handle_trap(struct trap_frame *frame) {
  put_string("unexpected trap, cause ");
  put_decimal(frame->cause);
  put_string("\n");
  finish(1);
}

static void check(const char *what, int holds) {
  put_string(what);
  put_string(holds ? ": yes\n" : ": no\n");
  if (!holds) failures += 1;
}

// Lines that begin with "~" hold what was measured: they may differ from machine to machine.
static void put_mean(word sum, word nothing) {
  word tenths = sum > nothing ? (sum - nothing) * 10 / ROUNDS : 0;
  put_decimal(tenths / 10);
  put_character('.');
  put_decimal(tenths % 10);
}

static void report(const char *name, struct counts counts) {
  put_string("~ ");
  put_string(name);
  put_string(": ");
  put_mean(counts.instructions, empty.instructions);
  put_string(" instructions, ");
  put_mean(counts.cycles, empty.cycles);
  put_string(" cycles\n");
}

static void report_first(word cycles) {
  put_string("~ device_first: ");
  put_decimal(cycles);
  put_string(" cycles, with the reading of the counter\n");
}

// A page whose first word is `content`.
static word *page_with(word content) {
  word *page = take_page();
  page[0] = content;
  return page;
}

static void make_address_spaces(void) {
  const word data = READ | WRITE | ACCESSED | DIRTY;
  root = take_page();
  map_gigabyte(root, 0, READ | WRITE);
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  root[(RAM + USER_OFFSET) >> 30] = root[RAM >> 30] | USER;
  first = entry_for(page_with(1), data);
  second = entry_for(page_with(2), data);
  *find_entry(root, PAGES) = first;

  // The other address space differs in one page.
  other_root = take_page();
  for (int index = 0; index < 512; index += 1) other_root[index] = root[index];
  other_root[PAGES >> 30] = 0;
  *find_entry(other_root, PAGES) = second;
}

// One ring through all pages of the chain, in an order that looks random (Sattolo's algorithm).
static word *chain_page[CHAIN_LENGTH];
static void make_chain(void) {
  static unsigned order[CHAIN_LENGTH];
  unsigned state = 1;
  for (word index = 0; index < CHAIN_LENGTH; index += 1) {
    chain_page[index] = take_page();
    order[index] = index;
    *find_entry(root, CHAIN + index * PAGE) = entry_for(chain_page[index], READ | ACCESSED);
  }
  for (word index = CHAIN_LENGTH - 1; index > 0; index -= 1) {
    state = state * 1664525u + 1013904223u;
    word other = (state >> 8) % index;
    unsigned kept = order[index];
    order[index] = order[other];
    order[other] = kept;
  }
  for (word index = 0; index < CHAIN_LENGTH; index += 1) *chain_page[index] = CHAIN + order[index] * PAGE;
}

static word counter(void) { return read_csr(cycle); }

static void supervisor_main(void) {
  volatile unsigned *device = (volatile unsigned *)(INTERRUPT_CONTROLLER + 4);
  volatile word *page = (volatile word *)PAGES;
  struct arguments none = {0};
  make_address_spaces();
  make_chain();
  enable_paging(root);

  empty = run_supervisor(measure_empty, &none);
  word before = counter();
  marker(2);
  (void)*device;
  marker(-2);
  report_first(counter() - before);
  report("device", run_supervisor(measure_device, &(struct arguments){.s5 = (word)device}));
  report("syscall", run_user(measure_syscall, &none));
  report("sie", run_supervisor(measure_sie, &none));
  report("callret", run_supervisor(measure_callret, &none));
  report("pagefault", run_user(measure_pagefault, &(struct arguments){.s5 = PAGES + PAGE}));
  report("exception", run_user(measure_exception, &none));

  word *entry = find_entry(root, PAGES);
  word change = first ^ second;
  check("the page is the first", page[0] == 1);
  report("ptemod", run_supervisor(measure_ptemod, &(struct arguments){(word)entry, first, change, PAGES, 0}));
  report("ptefence", run_supervisor(measure_ptefence, &(struct arguments){(word)entry, first, change, PAGES, 0}));
  check("after an even number of changes it is the first again", page[0] == 1);

  word here = SV39 | ASID(1) | (word)root / PAGE, there = SV39 | ASID(2) | (word)other_root / PAGE;
  write_csr(satp, here);
  report("switch", run_supervisor(measure_switch, &(struct arguments){(word)registers, here, here ^ there, PAGES, 0}));
  check("after an even number of switches it is the first address space", page[0] == 1);
  write_csr(satp, there);
  check("the other one has another page there", page[0] == 2);
  write_csr(satp, here);
  // Once through the ring, so that what is measured are misses of the TLB alone: a monitor has all pages in its tables.
  for (word index = 0, place = CHAIN; index < CHAIN_LENGTH; index += 1) place = *(volatile word *)place;
  report("chase", run_supervisor(measure_chase, &(struct arguments){.s5 = CHAIN}));
  finish(failures);
}

void machine_main(void) {
  put_string("each operation 1000 times, after 16 times to warm up\n");
  enter_supervisor(supervisor_main);
}
