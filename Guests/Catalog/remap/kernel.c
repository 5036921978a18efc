// A kernel that changes its page table, and looks whether the hart has noticed. A check that fails says what a hart does, and ends
// the run.

#include "../csrs/call.h"

#define SSTATUS_MXR (1ul << 19)
#define LARGE_PAGE (2ul << 20)

// Where programs lie, and what they do (program.S).
#define PROGRAM 0x10000ul
#define LOAD_PROGRAM PROGRAM
#define STORE_PROGRAM (PROGRAM + 8)
#define CALL_PROGRAM (PROGRAM + 16)
// What programs see, and what the kernel looks at itself; in places of their own, for 4 KiB and for 2 MiB.
#define USER_DATA 0x11000ul
#define WINDOW 0x40123000ul
#define LARGE_WINDOW 0x40400000ul

extern char program_page[], _start[];

static word *root, *other_root;
static unsigned checks = 0;

static void check(int is_right, const char *what) {
  checks += 1;
  if (is_right) return;
  say("remap: not as a hart does it: ");
  say(what);
  say("\n");
  end(1);
}

// The last trap; its cause is -1 where there was none.
static struct trap_frame seen;
static int is_expected = 0;

#define NOTHING ((word)-1)

static void fence(word address) { __asm__ volatile("sfence.vma %0" ::"r"(address) : "memory"); }
static void fence_all(void) { __asm__ volatile("sfence.vma" ::: "memory"); }

// A and D may be the kernel's business: then an access to a page without them traps, and is tried again with them.
static int sets_bits(struct trap_frame *frame) {
  if (frame->cause != CAUSE_LOAD_PAGE && frame->cause != CAUSE_STORE_PAGE) return 0;
  if (frame->value >> 30 != WINDOW >> 30 || frame->value >= LARGE_WINDOW) return 0;
  word *entry = find_entry(root, frame->value);
  word wanted = ACCESSED | (frame->cause == CAUSE_STORE_PAGE ? DIRTY : 0);
  word right = frame->cause == CAUSE_STORE_PAGE ? WRITE : READ;
  if ((*entry & VALID) == 0 || (*entry & right) == 0 || (*entry & USER) != 0 || (*entry & wanted) == wanted) return 0;
  *entry |= wanted;
  fence(frame->value);
  return 1;
}

void handle_trap(struct trap_frame *frame) {
  if (sets_bits(frame)) return;
  if (!is_expected) {
    say("remap: a trap that nobody asked for, cause ");
    say_decimal(frame->cause);
    say("\n");
    end(1);
  }
  is_expected = 0;
  seen = *frame;
  if (frame->x[0] == 0) leave_program();
  // A fetch that failed was a call to there.
  frame->pc = frame->cause == CAUSE_FETCH_PAGE ? frame->x[RA] : frame->pc + 4;
}

static word load(word address) {
  word value = 0;
  is_expected = 1;
  seen.cause = NOTHING;
  __asm__ volatile(".option push; .option norvc; ld %0, 0(%1); .option pop" : "+r"(value) : "r"(address) : "memory");
  is_expected = 0;
  return value;
}

static void store(word address, word value) {
  is_expected = 1;
  seen.cause = NOTHING;
  __asm__ volatile(".option push; .option norvc; sd %0, 0(%1); .option pop" ::"r"(value), "r"(address) : "memory");
  is_expected = 0;
}

static void call(word address) {
  is_expected = 1;
  seen.cause = NOTHING;
  __asm__ volatile("jalr ra, 0(%0)" ::"r"(address) : "ra", "memory");
  is_expected = 0;
}

static void run(word program, word argument) {
  is_expected = 1;
  seen.cause = NOTHING;
  run_program(program, read_csr(sstatus) & ~(SSTATUS_SPP | SSTATUS_SPIE), argument);
}

static int faults(word cause, word address) { return seen.cause == cause && seen.value == address; }
static int is_right(void) { return seen.cause == NOTHING; }

static word *page_with(word value) {
  word *page = take_page();
  *page = value;
  return page;
}

#define ALL (READ | WRITE | ACCESSED | DIRTY)

static word *new_root(void) {
  word *table = take_page();
  map_gigabyte(table, RAM, READ | WRITE | EXECUTE);  // the kernel, in one large page
  *find_entry(table, PROGRAM) = entry_for(program_page, READ | EXECUTE | USER | ACCESSED);
  return table;
}

static void other_pages(void) {
  word *first = page_with(1), *second = page_with(2), *third = page_with(3);
  word *entry = find_entry(root, WINDOW);
  *entry = entry_for(first, ALL);
  fence(WINDOW);
  check(load(WINDOW) == 1 && is_right(), "a new page can be read");
  *entry = entry_for(second, ALL);
  fence(WINDOW);
  check(load(WINDOW) == 2, "sfence.vma with an address: another page is seen there");
  *entry = entry_for(third, ALL);
  fence_all();
  check(load(WINDOW) == 3, "sfence.vma without one: another page is seen");
  store(WINDOW, 33);
  check(*third == 33, "a store goes to the page that is mapped now");
  *third = 34;
  check(load(WINDOW) == 34, "what is written at one address of a page is seen at another");
  *entry = 0;
  fence(WINDOW);
  load(WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "a page that was taken away: load page fault, and stval has the address");
  *entry = entry_for(first, ALL);
  fence(WINDOW);
  check(load(WINDOW) == 1 && is_right(), "a page that came back can be read");
  // The table above: the last level is another one.
  word *table = take_page();
  table[WINDOW >> 12 & 511] = entry_for(second, ALL);
  word *middle = page_of(root[WINDOW >> 30]);
  word kept = middle[WINDOW >> 21 & 511];
  middle[WINDOW >> 21 & 511] = entry_for(table, 0);
  fence_all();
  check(load(WINDOW) == 2, "an entry of the middle level changed: another table counts");
  middle[WINDOW >> 21 & 511] = kept;
  fence_all();
  check(load(WINDOW) == 1, "and back");
}

static void fewer_rights(void) {
  word *page = page_with(0x00008067);  // ret, should somebody execute it
  word *entry = find_entry(root, WINDOW);
  *entry = entry_for(page, READ | ACCESSED | DIRTY);
  fence(WINDOW);
  store(WINDOW, 5);
  check(faults(CAUSE_STORE_PAGE, WINDOW) && *page == 0x00008067, "a store to a page without W: store page fault");
  call(WINDOW);
  check(faults(CAUSE_FETCH_PAGE, WINDOW), "a fetch from a page without X: instruction page fault");
  *entry = entry_for(page, EXECUTE | ACCESSED);
  fence(WINDOW);
  __asm__ volatile("fence.i");
  call(WINDOW);
  check(is_right(), "a page with X alone can be executed");
  load(WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "a load from a page with X alone: load page fault");
  set_csr_bits(sstatus, SSTATUS_MXR);
  check(load(WINDOW) == 0x00008067 && is_right(), "with sstatus.MXR a page with X can be read");
  clear_csr_bits(sstatus, SSTATUS_MXR);
  load(WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "MXR clear again, and no fence: load page fault");
  *entry = entry_for(page, WRITE | ACCESSED | DIRTY);
  fence(WINDOW);
  load(WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "W without R is no entry: load page fault");
  *entry = entry_for(page, ACCESSED | DIRTY);
  fence(WINDOW);
  load(WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "an entry of the last level that points on: load page fault");
  *entry = entry_for(page, ALL);
  fence(WINDOW);
  check(load(WINDOW) == 0x00008067 && is_right(), "all rights again");
  load(WINDOW | 1ul << 39);
  check(faults(CAUSE_LOAD_PAGE, WINDOW | 1ul << 39), "an address whose upper bits are not all bit 38: load page fault");
}

static void accessed_and_dirty(void) {
  word *page = page_with(7);
  word *entry = find_entry(root, WINDOW);
  *entry = entry_for(page, READ | WRITE);
  fence(WINDOW);
  check(load(WINDOW) == 7 && (*entry & ACCESSED) != 0, "a load sets A in the kernel's own entry");
  check((*entry & DIRTY) == 0, "a load does not set D");
  store(WINDOW, 8);
  check(is_right() && *page == 8 && (*entry & DIRTY) != 0, "a store sets D in the kernel's own entry");
  *entry &= ~(ACCESSED | DIRTY);
  fence(WINDOW);
  store(WINDOW, 9);
  check((*entry & (ACCESSED | DIRTY)) == (ACCESSED | DIRTY), "cleared and fenced: a store sets both again");
  *entry &= ~DIRTY;
  fence(WINDOW);
  load(WINDOW);
  check((*entry & DIRTY) == 0, "D cleared and fenced: a load leaves it clear");
}

static void large_pages(void) {
  word *middle = page_of(root[LARGE_WINDOW >> 30]);
  word *entry = &middle[LARGE_WINDOW >> 21 & 511];
  *entry = entry_for((void *)((word)_start & ~(LARGE_PAGE - 1)), ALL);
  fence(LARGE_WINDOW);
  int is_same = 1;
  for (word offset = 0; offset < 8 * PAGE; offset += PAGE / 2) {
    if (load(LARGE_WINDOW + offset) != *(word *)((word)_start + offset) || !is_right()) is_same = 0;
  }
  check(is_same, "a page of 2 MiB: each address is at its distance from the beginning");
  *entry = entry_for((void *)(((word)_start & ~(LARGE_PAGE - 1)) + PAGE), ALL);
  fence(LARGE_WINDOW);
  load(LARGE_WINDOW);
  check(faults(CAUSE_LOAD_PAGE, LARGE_WINDOW), "a page of 2 MiB that does not begin at a multiple of it: load page fault");
  *entry = 0;
  fence_all();
  load(LARGE_WINDOW + PAGE);
  check(faults(CAUSE_LOAD_PAGE, LARGE_WINDOW + PAGE), "a page of 2 MiB taken away: all of it is gone");
}

static void kernel_and_program(void) {
  word *data = page_with(0x1234);
  *find_entry(root, USER_DATA) = entry_for(data, ALL | USER);
  fence(USER_DATA);
  run(LOAD_PROGRAM, USER_DATA);
  check(seen.cause == CAUSE_ECALL_FROM_USER && seen.x[A0] == 0x1234, "a program reads its page");
  load(USER_DATA);
  check(faults(CAUSE_LOAD_PAGE, USER_DATA), "the kernel may not touch a program's page: load page fault");
  set_csr_bits(sstatus, SSTATUS_SUM);
  check(load(USER_DATA) == 0x1234 && is_right(), "with sstatus.SUM it may");
  call(PROGRAM);
  check(faults(CAUSE_FETCH_PAGE, PROGRAM), "but it may never execute one: instruction page fault");
  clear_csr_bits(sstatus, SSTATUS_SUM);
  load(USER_DATA);
  check(faults(CAUSE_LOAD_PAGE, USER_DATA), "SUM clear again, and no fence: load page fault");
  run(LOAD_PROGRAM, (word)root);
  check(faults(CAUSE_LOAD_PAGE, (word)root), "a program may not read the kernel: load page fault");
  run(STORE_PROGRAM, (word)root);
  check(faults(CAUSE_STORE_PAGE, (word)root), "a program may not write the kernel: store page fault");
  run(STORE_PROGRAM, USER_DATA);
  check(seen.cause == CAUSE_ECALL_FROM_USER && *data == USER_DATA, "a program writes its page");
  run(LOAD_PROGRAM, WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "a page without U is not the program's: load page fault");
}

// Nothing changes here but the mode. What the hart has found out once about a page counts still.
static void many_calls(void) {
  int is_always_right = 1;
  for (int round = 0; round < 100; round += 1) {
    run(LOAD_PROGRAM, USER_DATA);
    if (seen.cause != CAUSE_ECALL_FROM_USER || seen.x[A0] != USER_DATA) is_always_right = 0;
    set_csr_bits(sstatus, SSTATUS_SUM);
    if (load(USER_DATA) != USER_DATA) is_always_right = 0;
    clear_csr_bits(sstatus, SSTATUS_SUM);
  }
  check(is_always_right, "a hundred calls of a program");
}

static void two_address_spaces(void) {
  word *mine = page_with(0x1111), *others = page_with(0x2222);
  other_root = new_root();
  *find_entry(root, USER_DATA) = entry_for(mine, ALL | USER);
  *find_entry(other_root, USER_DATA) = entry_for(others, ALL | USER);
  fence_all();
  int is_always_right = 1;
  for (int round = 0; round < 10; round += 1) {
    enable_paging(other_root);
    run(LOAD_PROGRAM, USER_DATA);
    if (seen.x[A0] != 0x2222) is_always_right = 0;
    enable_paging(root);
    run(LOAD_PROGRAM, USER_DATA);
    if (seen.x[A0] != 0x1111) is_always_right = 0;
  }
  check(is_always_right, "two address spaces: each program sees its own page");
  enable_paging(other_root);
  load(WINDOW);
  check(faults(CAUSE_LOAD_PAGE, WINDOW), "a page of one address space is not in the other: load page fault");
  enable_paging(root);
  load(WINDOW);
  check(is_right(), "back in the first it is there again");
}

void kernel_main(void) {
  root = new_root();
  enable_paging(root);
  say("remap: other pages\n");
  other_pages();
  say("remap: fewer rights\n");
  fewer_rights();
  say("remap: A and D\n");
  accessed_and_dirty();
  say("remap: large pages\n");
  large_pages();
  say("remap: kernel and program\n");
  kernel_and_program();
  say("remap: many calls\n");
  many_calls();
  say("remap: two address spaces\n");
  two_address_spaces();
  say("remap: all as a hart does it, checks: ");
  say_decimal(checks);
  say("\n");
  end(0);
}
