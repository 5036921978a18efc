// A kernel that gives its program a page when the program first touches it. It says that it starts the program, and then nothing more.
// One line is wrong.

#include "kernel.h"

#define PROGRAM 0x10000ul  // user.c is linked for this address, and lies between user_in_ram and stacks until it has its pages
#define STACK 0x40000ul
#define STACK_PAGES 2

enum { CALL_WRITE = 1, CALL_EXIT = 2 };

// From the linker script.
extern char user_code[], user_data[], user_end[], user_in_ram[];
void user_main(void);

// What a program may touch: from where to where, with which rights, and what lies there at first.
struct region {
  word start, end, rights;
  const char *content;  // 0: zeros
};

static struct region regions[3];
static word *root;
static unsigned faults = 0;

static void describe_program(void) {
  const word code = (word)user_code, data = (word)user_data;
  regions[0] = (struct region){code, data, READ, user_in_ram};
  regions[1] = (struct region){data, (word)user_end, READ | WRITE | EXECUTE, user_in_ram + (data - code)};
  regions[2] = (struct region){STACK, STACK + STACK_PAGES * PAGE, READ | WRITE, 0};
}

static struct region *find_region(word address) {
  for (int index = 0; index < 3; index += 1) {
    if (address >= regions[index].start && address < regions[index].end) return &regions[index];
  }
  return 0;
}

// Gives the program a page with what lies there, and the rights of its region. Returns 0 if there is no such place.
static int give_page(word address) {
  struct region *region = find_region(address);
  if (region == 0) return 0;
  word *entry = find_entry(root, address);
  if ((*entry & VALID) == 0) {
    char *page = take_page();
    word offset = (address & ~(PAGE - 1)) - region->start;
    for (word index = 0; region->content != 0 && index < PAGE; index += 1) page[index] = region->content[offset + index];
    *entry = entry_for(page, USER);
  }
  *entry |= region->rights | ACCESSED | DIRTY;
  __asm__ volatile("sfence.vma %0" ::"r"(address) : "memory");
  __asm__ volatile("fence.i");
  return 1;
}

static word serve(struct trap_frame *frame) {
  switch (frame->x[A7]) {
    case CALL_WRITE:
      put_character((char)frame->x[A0]);
      return 0;
    case CALL_EXIT:
      put_string("the kernel: the program has ended, page faults: ");
      put_decimal(faults);
      put_string("\n");
      finish((unsigned)frame->x[A0]);
      return 0;
    default: return -1ul;
  }
}

void handle_trap(struct trap_frame *frame) {
  switch (frame->cause) {
    case CAUSE_ECALL_FROM_USER:
      frame->pc += 4;
      frame->x[A0] = serve(frame);
      break;
    case CAUSE_FETCH_PAGE:
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE:
      faults += 1;
      if (give_page(frame->value)) break;
      // fall through
    default:
      put_string("the kernel: the program has done what it may not, cause ");
      put_decimal(frame->cause);
      put_string("\n");
      finish(2);
  }
}

static void supervisor_main(void) {
  put_string("the kernel: boots\n");
  root = take_page();
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  *find_entry(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  *find_entry(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  enable_paging(root);
  describe_program();
  put_string("the kernel: starts the program\n");
  struct trap_frame frame = {.pc = (word)user_main};
  frame.x[SP] = STACK + STACK_PAGES * PAGE;
  resume(&frame);
}

void machine_main(void) { enter_supervisor(supervisor_main); }
