// The guest: a kernel that takes itself for the only one on a machine.

#include "hypercalls.h"
#include "virt.h"

#define VALID 0x01ul
#define TABLE(place) ((word)(place) >> 2 | VALID)
#define KERNEL_PAGE(place) ((word)(place) >> 2 | 0xcf)   // valid, readable, writable, executable, accessed, dirty
#define PROGRAM_PAGE(place) ((word)(place) >> 2 | 0xdf)  // ... and the user's
#define SSTATUS_SIE (1ul << 1)
#define SUPERVISOR_TIMER (1ul << 5)

enum { ILLEGAL = 2, ECALL_FROM_USER = 8, LOAD_PAGE = 13 };

// The memory for page tables: pages that the guest has not touched are not there yet.
#define ROOT ((word *)0x500000)
#define MIDDLE ((word *)0x501000)
#define LEAVES ((word *)0x502000)
#define NEVER_TOUCHED 0x503000ul

static unsigned illegal_instructions = 0, timer_interrupts = 0, system_calls = 0, page_faults = 0;

extern char program[];
void run_program(void), program_ended(void);

static void call(word number, word argument) {
  register word a0 __asm__("a0") = argument;
  register word a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

static void say(const char *text) { call(CALL_WRITE, (word)text); }

// Every trap that reaches the guest's kernel. Answers how many bytes of instructions to pass over.
word guest_handle_trap(word cause, word value, word number) {
  switch (cause) {
    case 1ul << 63 | 5:
      timer_interrupts += 1;
      call(CALL_SET_TIMER, 0);
      return 0;
    case ILLEGAL:
      illegal_instructions += 1;
      return 4;
    case LOAD_PAGE:
      page_faults += value == 0x40000000 || value == 0x80000000;
      return 4;
    case ECALL_FROM_USER:
      system_calls += 1;
      if (number == 2) program_ended();
      return 4;
    default:
      say("the guest has trapped unexpectedly");
      call(CALL_SHUT_DOWN, 1);
      return 0;
  }
}

static unsigned failures = 0;
static void check(const char *what, int holds) {
  if (holds) return;
  say(what);
  failures += 1;
}

void guest_main(void) {
  say("I am a kernel, in supervisor mode, as far as I can tell");

  volatile word *memory = (volatile word *)0x600000;
  check("memory is not zero at first", *memory == 0);
  *memory = 86;
  check("memory forgets", *memory == 86);

  volatile unsigned char *uart = (volatile unsigned char *)UART;
  if (uart[UART_LINE_STATUS] & UART_TRANSMIT_EMPTY) uart[0] = '!';

  // A kernel that tries whether it has the H extension itself. (The instruction has four bytes.)
  (void)read_csr(hgatp);
  check("no trap for a register of hypervisors", illegal_instructions == 1);

  write_csr(sie, SUPERVISOR_TIMER);
  call(CALL_SET_TIMER, 1);
  __asm__ volatile("wfi");
  set_csr_bits(sstatus, SSTATUS_SIE);
  clear_csr_bits(sstatus, SSTATUS_SIE);
  check("the timer did not come once", timer_interrupts == 1);

  // A page table of its own, as any kernel has one. The stage below it stays what it is.
  ROOT[0] = TABLE(MIDDLE);
  ROOT[2] = TABLE(NEVER_TOUCHED);
  MIDDLE[0] = TABLE(LEAVES);
  MIDDLE[2] = KERNEL_PAGE(0x400000);
  MIDDLE[3] = KERNEL_PAGE(0x600000);
  for (word page = 0x10000; page < 0x20000; page += 4096) LEAVES[page / 4096] = KERNEL_PAGE(page);
  LEAVES[(word)program / 4096] = PROGRAM_PAGE(program);
  write_csr(satp, 8ul << 60 | (word)ROOT / 4096);
  __asm__ volatile("sfence.vma" ::: "memory");
  say("paging is on, the program starts");
  run_program();
  check("the program's system calls did not arrive", system_calls == 2);
  check("the program's page faults did not arrive", page_faults == 2);
  check("memory forgets under paging", *memory == 86);
  say("the program has ended, and so do I");
  call(CALL_SHUT_DOWN, failures);
}
