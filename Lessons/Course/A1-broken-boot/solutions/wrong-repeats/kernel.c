// A kernel that runs two programs one after the other, each in the same place. The first one runs twice. One line is missing.

#include "kernel.h"

#define PROGRAM 0x10000ul
#define STACK 0x40000ul

enum { CALL_WRITE = 1, CALL_EXIT = 2 };

extern char first_program[], second_program[];  // a page each (programs.S)

static word *root;
static struct trap_frame started;
static unsigned number = 0;
static word answers[2];

// Takes the place of what was there before. The entry is the only one that changes.
static void load_program(const char *page) {
  *find_entry(root, PROGRAM) = entry_for(page, READ | EXECUTE | USER | ACCESSED);
  __asm__ volatile("sfence.vma %0" ::"r"(PROGRAM + PAGE) : "memory");
}

static void start_program(const char *page) __attribute__((noreturn));
static void start_program(const char *page) {
  load_program(page);
  struct trap_frame frame = started;
  resume(&frame);
}

static void finished(void) {
  put_string("the kernel: the programs have said ");
  put_decimal(answers[0]);
  put_string(" and ");
  put_decimal(answers[1]);
  put_string("\n");
  finish(answers[0] == 1 && answers[1] == 2 ? 0 : 1);
}

void handle_trap(struct trap_frame *frame) {
  if (frame->cause != CAUSE_ECALL_FROM_USER) {
    put_string("the kernel: a program has done what it may not, cause ");
    put_decimal(frame->cause);
    put_string("\n");
    finish(2);
  }
  frame->pc += 4;
  if (frame->x[A7] == CALL_WRITE) {
    put_character((char)frame->x[A0]);
    return;
  }
  answers[number++] = frame->x[A0];
  if (number == 2) finished();
  start_program(second_program);
}

static void supervisor_main(void) {
  put_string("the kernel: boots\n");
  root = take_page();
  map_gigabyte(root, RAM, READ | WRITE | EXECUTE);
  *find_entry(root, UART) = entry_for((void *)UART, READ | WRITE | ACCESSED | DIRTY);
  *find_entry(root, FINISHER) = entry_for((void *)FINISHER, READ | WRITE | ACCESSED | DIRTY);
  enable_paging(root);
  started.pc = PROGRAM;
  start_program(first_program);
}

void machine_main(void) { enter_supervisor(supervisor_main); }
