// The kernel: address spaces that share pages until one of them writes, and memory that is given back.

#include "calls.h"
#include "kernel.h"

#define COPY_ON_WRITE SOFTWARE  // this page may be written, once the process has a copy of its own

struct process {
  word *root;
  struct trap_frame frame;
  word status;
};

// A parent and one child at a time: the child runs from its fork to its end, then the parent goes on.
static struct process parent, child;
static struct process *current = &parent;
static unsigned forks = 0;

// From the linker script.
extern char user_in_ram[], user_code[], user_data[], user_end[];
void user_main(void);

// Pages: how many address spaces have one, and those that nobody has any more.
static unsigned char owners[4096];
static word *free_pages = 0;

static unsigned char *owners_of(const void *page) { return &owners[((word)page - RAM) / PAGE]; }

static word *new_page(void) {
  word *page = free_pages;
  if (page == 0) return take_page();
  free_pages = (word *)page[0];
  for (word index = 0; index < PAGE / sizeof(word); index += 1) page[index] = 0;
  return page;
}

static void free_page(word *page) {
  page[0] = (word)free_pages;
  free_pages = page;
}

static void fence(void) { __asm__ volatile("sfence.vma" ::: "memory"); }

// As `find_entry`, with tables from pages that come back.
static word *entry_at(word *root, word address) {
  word *table = root;
  for (int level = 2; level > 0; level -= 1) {
    word *entry = &table[address >> (12 + 9 * level) & 511];
    if ((*entry & VALID) == 0) *entry = entry_for(new_page(), 0);
    table = page_of(*entry);
  }
  return &table[address >> 12 & 511];
}

// The kernel itself is in every address space, with the device that ends the run.
static word *new_address_space(void) {
  word *root = new_page();
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  *entry_at(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  *entry_at(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  return root;
}

static void give_page(word *root, word address, void *page, word bits) {
  *owners_of(page) += 1;
  *entry_at(root, address) = entry_for(page, bits | USER | READ | ACCESSED);
}

// What a process has: calls for each range of its addresses.
static void for_each_range(void action(word *root, word start, word end), word *root) {
  action(root, (word)user_code, (word)user_end);
  action(root, HEAP, HEAP + HEAP_PAGES * PAGE);
  action(root, STACK, STACK + PAGE);
}

// Lets the child have the same pages. What either may write is taken from both, until one of them tries.
static void share(word *root, word start, word end) {
  for (word address = start; address < end; address += PAGE) {
    word *entry = entry_at(root, address);
    if ((*entry & VALID) == 0) continue;
    if (*entry & WRITE) *entry = (*entry & ~WRITE) | COPY_ON_WRITE;
    *entry_at(child.root, address) = *entry;
    *owners_of(page_of(*entry)) += 1;
  }
}

static void give_back(word *root, word start, word end) {
  for (word address = start; address < end; address += PAGE) {
    word *entry = entry_at(root, address);
    if ((*entry & VALID) == 0) continue;
    word *page = page_of(*entry);
    *entry = 0;
    *owners_of(page) -= 1;
    if (*owners_of(page) == 0) free_page(page);
  }
}

// Gives the tables back; those of the kernel's gigabyte are none.
static void free_tables(word *root) {
  word *middle = page_of(root[0]);
  for (int index = 0; index < 512; index += 1) {
    if (middle[index] & VALID) free_page(page_of(middle[index]));
  }
  free_page(middle);
  free_page(root);
}

static void switch_to(struct process *process, struct trap_frame *frame) {
  current = process;
  *frame = process->frame;
  enable_paging(process->root);
}

static void fork(struct trap_frame *frame) {
  forks += 1;
  child.root = new_address_space();
  for_each_range(share, parent.root);
  fence();
  parent.frame = child.frame = *frame;
  parent.frame.x[A0] = 1;
  child.frame.x[A0] = 0;
  switch_to(&child, frame);
}

static void end(word status, struct trap_frame *frame) {
  if (current == &parent) {
    put_decimal(forks);
    put_string(" children: ");
    put_string(status == 0 ? "each saw its own memory\n" : "something was wrong\n");
    finish(status == 0 && forks == ROUNDS ? 0 : 1);
  }
  child.status = status;
  word *root = child.root;
  switch_to(&parent, frame);
  for_each_range(give_back, root);
  free_tables(root);
}

// A page for a process that stored into one that it shares.
static int make_writable(word address) {
  word *entry = entry_at(current->root, address);
  if ((*entry & COPY_ON_WRITE) == 0) return 0;
  word *shared = page_of(*entry);
  word bits = (*entry & 0xff) | WRITE | DIRTY;
  word *page = shared;
  if (*owners_of(shared) > 1) {
    page = new_page();
    for (word index = 0; index < PAGE / sizeof(word); index += 1) page[index] = shared[index];
    *owners_of(shared) -= 1;
    *owners_of(page) += 1;
  }
  *entry = entry_for(page, bits);
  __asm__ volatile("sfence.vma %0" ::"r"(address) : "memory");
  return 1;
}

void handle_trap(struct trap_frame *frame) {
  if (frame->cause == CAUSE_STORE_PAGE && frame->value < STACK + PAGE && make_writable(frame->value)) return;
  if (frame->cause != CAUSE_ECALL_FROM_USER) {
    put_string("unexpected trap, cause ");
    put_decimal(frame->cause);
    put_string("\n");
    finish(2);
  }
  frame->pc += 4;
  switch (frame->x[A7]) {
    case CALL_EXIT: return end(frame->x[A0], frame);
    case CALL_FORK: return fork(frame);
    case CALL_WAIT: frame->x[A0] = child.status;
  }
}

static void supervisor_main(void) {
  struct trap_frame frame = {.pc = (word)user_main, .status = read_csr(sstatus) & ~SSTATUS_SPP};
  frame.x[SP] = STACK + PAGE;
  parent.root = new_address_space();
  for (word offset = 0; offset < (word)(user_end - user_code); offset += PAGE) {
    int is_code = user_code + offset < user_data;
    give_page(parent.root, (word)user_code + offset, user_in_ram + offset, is_code ? EXECUTE : WRITE | DIRTY);
  }
  for (word page = 0; page < HEAP_PAGES; page += 1) {
    give_page(parent.root, HEAP + page * PAGE, new_page(), WRITE | DIRTY);
  }
  give_page(parent.root, STACK, new_page(), WRITE | DIRTY);
  enable_paging(parent.root);
  resume(&frame);
}

void machine_main(void) { enter_supervisor(supervisor_main); }
