// A kernel with one program, which reckons with many numbers at once and asks for a character now and then.

#include "kernel.h"

#define STACK 0x40000ul

enum { CALL_WRITE = 1, CALL_EXIT = 2 };

// From the linker script.
extern char user_code[], user_data[], user_end[], user_in_ram[];
void user_main(void);

static word *root;

static void map_program(word start, word end, word rights) {
  for (word address = start; address < end; address += PAGE) {
    const char *page = user_in_ram + (address - (word)user_code);
    *find_entry(root, address) = entry_for(page, rights | USER | ACCESSED | DIRTY);
  }
}

void handle_trap(struct trap_frame *frame) {
  if (frame->cause != CAUSE_ECALL_FROM_USER) {
    put_string("the kernel: the program has done what it may not, cause ");
    put_decimal(frame->cause);
    put_string("\n");
    finish(2);
  }
  frame->pc += 4;
  switch (frame->x[A7]) {
    case CALL_WRITE: put_character((char)frame->x[A0]); break;
    case CALL_EXIT: finish((unsigned)frame->x[A0]); break;
    default: frame->x[A0] = -1ul;
  }
}

static void supervisor_main(void) {
  put_string("the kernel: boots\n");
  root = take_page();
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  *find_entry(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  *find_entry(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  map_program((word)user_code, (word)user_data, READ | EXECUTE);
  map_program((word)user_data, (word)user_end, READ | WRITE);
  *find_entry(root, STACK) = entry_for(take_page(), READ | WRITE | USER | ACCESSED | DIRTY);
  enable_paging(root);
  struct trap_frame frame = {.pc = (word)user_main};
  frame.x[SP] = STACK + PAGE;
  resume(&frame);
}

void machine_main(void) { enter_supervisor(supervisor_main); }
