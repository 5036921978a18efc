// The kernel: reads the command line, and gives the program a page wherever it touches one.

#include "device_tree.h"
#include "hog.h"
#include "kernel.h"

#define STACK_END 0x800000ul
#define DEFAULT_SIZE (4ul << 20)

static const char *const pattern_names[] = {"linear", "backward", "random", "hot"};

static enum pattern pattern = LINEAR;
static word size = DEFAULT_SIZE, rounds = 2, available, pages_given = 0;
static word *root;

// From the linker script.
extern char user_in_ram[], user_code[], user_data[], user_end[];
void user_main(enum pattern pattern, word pages, word rounds);

static void fail(const char *what) {
  put_string("memhog: ");
  put_string(what);
  put_string("\n");
  finish(1);
}

static int is_word(const char *text, const char *name) {
  while (*name != 0 && *text == *name) text += 1, name += 1;
  return *name == 0 && (*text == 0 || *text == ' ');
}

// Reads `64M`, `512K`, `1G` or a plain number.
static word parse_size(const char *text) {
  word value = 0;
  if (*text < '0' || *text > '9') fail("a number is missing: write size=64M, rounds=3");
  while (*text >= '0' && *text <= '9' && value < LIMIT) value = value * 10 + (word)(*text++ - '0');
  int shift = *text == 'K' ? 10 : *text == 'M' ? 20 : *text == 'G' ? 30 : 0;
  if (shift != 0) text += 1;
  if (*text != 0 && *text != ' ') fail("a number is not understood: write size=64M, rounds=3");
  return value << shift;
}

static void read_options(const void *tree) {
  available = ram_size(tree);
  unsigned bytes;
  const char *line = find_property(tree, "chosen", "bootargs", &bytes), *text;
  if ((text = find_option(line, "pattern"))) {
    int number = 0;
    while (number < 4 && !is_word(text, pattern_names[number])) number += 1;
    if (number == 4) fail("pattern is linear, backward, random or hot");
    pattern = (enum pattern)number;
  }
  if ((text = find_option(line, "size"))) size = parse_size(text);
  if ((text = find_option(line, "rounds"))) rounds = parse_size(text);
  if (size < PAGE || size > LIMIT) fail("size is from 4K, one page, to 4G");
  // Beside the pages themselves their tables take room, the guest, and what the board put at the end of RAM.
  if (size + size / 256 + (1ul << 20) > available) fail("there is less RAM: take a smaller size, or more --memory");
}

static void give_page(word address, void *page, word bits) {
  *find_entry(root, address) = entry_for(page, bits | USER | READ | ACCESSED);
  __asm__ volatile("sfence.vma %0, zero" ::"r"(address) : "memory");
}

// The program has ended: every page that it was given must know its number, and all together how often they were touched.
static void check(void) {
  word touches = 0;
  for (word number = 0; number < size / PAGE; number += 1) {
    word entry = *find_entry(root, BUFFER + number * PAGE);
    if ((entry & VALID) == 0) continue;
    word *page = page_of(entry);
    if (page[0] != number) fail("a page holds what belongs to another");
    touches += page[COUNT(number)];
  }
  if (touches != size / PAGE * rounds) fail("a write was lost");
  put_decimal(touches);
  put_string(" touches of ");
  put_decimal(pages_given);
  put_string(" pages, and each kept what was written\n");
  finish(0);
}

void handle_trap(struct trap_frame *frame) {
  int is_from_user = (frame->status & SSTATUS_SPP) == 0;
  if (is_from_user && frame->cause == CAUSE_ECALL_FROM_USER) check();
  if (!is_from_user || frame->value < BUFFER || frame->value >= BUFFER + size) fail("an unexpected trap");
  word *page = take_page();
  page[0] = (frame->value - BUFFER) / PAGE;
  pages_given += 1;
  give_page(frame->value, page, WRITE | DIRTY);
}

static void supervisor_main(void) {
  struct trap_frame frame = {.pc = (word)user_main, .status = read_csr(sstatus) & ~SSTATUS_SPP};
  frame.x[SP] = STACK_END;
  frame.x[A0] = pattern;
  frame.x[A1] = size / PAGE;
  frame.x[A2] = rounds;
  root = take_page();
  for (word offset = 0; offset < available; offset += 1ul << 30) map_gigabyte(root, RAM + offset, READ | WRITE | EXECUTE);
  for (word offset = 0; offset < (word)(user_end - user_code); offset += PAGE) {
    int is_code = user_code + offset < user_data;
    give_page((word)user_code + offset, user_in_ram + offset, is_code ? EXECUTE : WRITE | DIRTY);
  }
  give_page(STACK_END - PAGE, take_page(), WRITE | DIRTY);
  *find_entry(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  *find_entry(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  enable_paging(root);
  resume(&frame);
}

void machine_main(word hart, const void *tree) {
  (void)hart;
  read_options(tree);
  put_string("pattern ");
  put_string(pattern_names[pattern]);
  put_string(", ");
  put_decimal(size / PAGE);
  put_string(" pages, ");
  put_decimal(rounds);
  put_string(" rounds\n");
  enter_supervisor(supervisor_main);
}
