// A kernel that moves a window from one page to another, and forgets to tell the hart.

#include "kernel.h"

// In a place of the TLB that nothing else here needs.
#define WINDOW 0x40123000ul

static volatile const char *const window = (volatile const char *)WINDOW;
static word *root;
static unsigned faults = 0;

static void fence_window(void) { __asm__ volatile("sfence.vma %0" ::"r"(WINDOW) : "memory"); }

// Lets the window show another page. The one mistake is here: whatever the hart knows of the old page, it may keep.
static void move_window(const char *page) { *find_entry(root, WINDOW) = entry_for(page, READ | ACCESSED); }

static char look(void) { return *window; }

// A is clear, and the hart does not set it by itself: so we do.
void handle_trap(struct trap_frame *frame) {
  if (frame->cause != CAUSE_LOAD_PAGE || frame->value != WINDOW) {
    put_string("the kernel itself has trapped\n");
    finish(2);
  }
  faults += 1;
  *find_entry(root, WINDOW) |= ACCESSED;
  fence_window();
}

static void say(const char *what, char letter) {
  put_string(what);
  put_character(letter);
  put_character('\n');
}

static void supervisor_main(void) {
  char *old_page = take_page(), *new_page = take_page();
  *old_page = 'a';
  *new_page = 'b';
  root = take_page();
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  *find_entry(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  *find_entry(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  move_window(old_page);
  enable_paging(root);

  say("the window shows ", look());
  move_window(new_page);
  char without = look();
  fence_window();
  char with = look();
  say("~ moved, and no fence: it shows ", without);
  say("moved, and a fence: it shows ", with);

  // Kernels do this on purpose, to find out which pages are in use: a missed access costs less than a fence.
  *find_entry(root, WINDOW) &= ~ACCESSED;
  char again = look();
  put_string("~ A cleared, and no fence: after a load, A is ");
  put_string(*find_entry(root, WINDOW) & ACCESSED ? "set\n" : "clear\n");
  finish(with == 'b' && again == 'b' && faults < 2 ? 0 : 1);
}

void machine_main(void) { enter_supervisor(supervisor_main); }
