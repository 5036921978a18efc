// The kernel: address spaces that share pages, and what becomes of a page fault.

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

// How many address spaces have a page.
static unsigned char owners[4096];
static unsigned char *owners_of(const void *page) { return &owners[((word)page - RAM) / PAGE]; }

static unsigned zeroed = 0, copied = 0, kept = 0, ended = 0;

// From the linker script.
extern char user_in_ram[], user_code[], user_data[], user_end[];
void user_main(void);

static void set_entry(word *entry, word value) {
  *entry = value;
  __asm__ volatile("sfence.vma" ::: "memory");
}

static void give_page(word *root, word address, void *page, word bits) {
  *owners_of(page) += 1;
  set_entry(find_entry(root, address), entry_for(page, bits | USER | READ));
}

// The kernel itself is in every address space: its RAM in one big page, and the devices it needs.
static word *new_address_space(void) {
  word *root = take_page();
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  *find_entry(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  *find_entry(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  return root;
}

// Lets two address spaces have the same pages. What either may write is taken from both, until one of them tries.
static void share_pages(word *from, word *to) {
  for (word address = 0; address < STACK_END; address += PAGE) {
    word *entry = find_entry(from, address);
    if ((*entry & (VALID | USER)) != (VALID | USER)) continue;
    if (*entry & WRITE) *entry = (*entry & ~WRITE) | COPY_ON_WRITE;
    *find_entry(to, address) = *entry;
    *owners_of(page_of(*entry)) += 1;
  }
  __asm__ volatile("sfence.vma" ::: "memory");
}

static void give_back_pages(word *root) {
  for (word address = 0; address < STACK_END; address += PAGE) {
    word entry = *find_entry(root, address);
    if ((entry & (VALID | USER)) == (VALID | USER)) *owners_of(page_of(entry)) -= 1;
  }
}

static void switch_to(struct process *process, struct trap_frame *frame) {
  current = process;
  *frame = process->frame;
  enable_paging(process->root);
}

static void end(word status, struct trap_frame *frame) {
  if (current == &parent) {
    put_decimal(zeroed);
    put_string(" pages of zeros, ");
    put_decimal(copied);
    put_string(" copies, ");
    put_decimal(kept);
    put_string(" kept by their last owner, ");
    put_decimal(ended);
    put_string(" processes ended\n");
    finish(status == 0 && ended == 3 ? 0 : 1);
  }
  give_back_pages(child.root);
  child.status = status;
  switch_to(&parent, frame);
}

// A page for a process that stored into one that it shares.
static void make_writable(word *entry) {
  word *shared = page_of(*entry);
  word bits = (*entry & 0xff) | WRITE | DIRTY;
  if (*owners_of(shared) == 1) {
    put_string(", a page that was shared: its last owner keeps it\n");
    kept += 1;
    set_entry(entry, entry_for(shared, bits));
    return;
  }
  put_string(", a shared page: copied\n");
  copied += 1;
  word *copy = take_page();
  for (word index = 0; index < PAGE / sizeof(word); index += 1) copy[index] = shared[index];
  *owners_of(shared) -= 1;
  *owners_of(copy) += 1;
  set_entry(entry, entry_for(copy, bits));
}

// New pages have neither A nor D. Most harts set them as they are used; one that does not asks for them by a fault (Svade).
static int sets_bits(word *entry, word cause) {
  word right = cause == CAUSE_STORE_PAGE ? WRITE : cause == CAUSE_LOAD_PAGE ? READ : EXECUTE;
  word bits = cause == CAUSE_STORE_PAGE ? ACCESSED | DIRTY : ACCESSED;
  if ((*entry & (VALID | USER | right)) != (VALID | USER | right) || (*entry & bits) == bits) return 0;
  set_entry(entry, *entry | bits);
  return 1;
}

// The decision: every page fault of the program comes here.
static void fault(struct trap_frame *frame) {
  word address = frame->value;
  int is_heap = address >= HEAP && address < HEAP_END, is_stack = address >= STACK && address < STACK_END;
  word none = 0, *entry = address < STACK_END ? find_entry(current->root, address) : &none;
  if (sets_bits(entry, frame->cause)) return;
  put_string(current == &parent ? "  parent: " : "  child: ");
  put_string(frame->cause == CAUSE_STORE_PAGE ? "store at " : frame->cause == CAUSE_LOAD_PAGE ? "load at " : "fetch at ");
  put_hex(address);
  if ((is_heap || is_stack) && (*entry & VALID) == 0) {
    put_string(is_heap ? ", in the heap: a page of zeros\n" : ", in the stack: a page of zeros\n");
    zeroed += 1;
    give_page(current->root, address, take_page(), WRITE);
  } else if (frame->cause == CAUSE_STORE_PAGE && (*entry & COPY_ON_WRITE)) {
    make_writable(entry);
  } else {
    int is_guard = address >= STACK - PAGE && address < STACK;
    put_string(is_guard ? ", the guard page below the stack: ended\n" : ", not allowed: ended\n");
    ended += 1;
    end(ENDED_BY_FAULT, frame);
  }
}

static void system_call(struct trap_frame *frame) {
  frame->pc += 4;
  switch (frame->x[A7]) {
    case CALL_SAY:
      set_csr_bits(sstatus, SSTATUS_SUM);
      put_string((const char *)frame->x[A0]);
      clear_csr_bits(sstatus, SSTATUS_SUM);
      break;
    case CALL_EXIT:
      end(frame->x[A0], frame);
      break;
    case CALL_FORK:
      child.root = new_address_space();
      share_pages(parent.root, child.root);
      parent.frame = child.frame = *frame;
      parent.frame.x[A0] = 1;
      child.frame.x[A0] = 0;
      switch_to(&child, frame);
      break;
    case CALL_WAIT:
      frame->x[A0] = child.status;
      break;
  }
}

void handle_trap(struct trap_frame *frame) {
  if (frame->status & SSTATUS_SPP) {
    put_string("the kernel itself has trapped\n");
    finish(2);
  }
  if (frame->cause == CAUSE_ECALL_FROM_USER) {
    system_call(frame);
  } else {
    fault(frame);
  }
}

static void supervisor_main(void) {
  struct trap_frame frame = {.pc = (word)user_main, .status = read_csr(sstatus) & ~SSTATUS_SPP};
  frame.x[SP] = STACK_END;
  parent.root = new_address_space();
  for (word offset = 0; offset < (word)(user_end - user_code); offset += PAGE) {
    int is_code = user_code + offset < user_data;
    give_page(parent.root, (word)user_code + offset, user_in_ram + offset, ACCESSED | (is_code ? EXECUTE : WRITE | DIRTY));
  }
  enable_paging(parent.root);
  resume(&frame);
}

void machine_main(void) { enter_supervisor(supervisor_main); }
