// Supervisor mode, the part in C: a page table of three pages, and two system calls.

#include "trap_frame.h"
#include "virt.h"

// The bits of an Sv39 page-table entry.
#define VALID 0x01
#define READ 0x02
#define WRITE 0x04
#define EXECUTE 0x08
#define USER 0x10
#define ACCESSED 0x40
#define DIRTY 0x80

#define PAGE 4096
#define SV39 8ul

typedef unsigned long page_table[512] __attribute__((aligned(PAGE)));

// Three levels, one table each. `root` also holds the kernel, as one leaf of 1 GiB.
page_table root, middle, leaves;

// How many system calls the program has made.
unsigned long system_calls = 0;

// From the linker script: where the program's pages lie in RAM, and at which addresses it wants to see them.
extern char user_code_in_ram[], user_data_in_ram[], user_code[], user_data[], user_stack_top[];

void enter_user(word pc, word sp);
void user_main(void);

// One call down to the firmware: `ecall` in supervisor mode is a trap to machine mode.
static word call_firmware(word number, word argument) {
  register word a0 __asm__("a0") = argument;
  register word a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

void print(const char *string) {
  while (*string != 0) call_firmware(SBI_PUT_CHARACTER, (word)*string++);
}

// A table entry that points at the page `physical`.
static word entry(const void *physical, word bits) { return (word)physical >> 12 << 10 | bits | VALID; }

// Which of the 512 entries a table of `level` uses for `address`: nine bits a level.
static word index_at(int level, const void *address) { return (word)address >> (12 + 9 * level) & 511; }

// The kernel sees RAM where it lies, in one giant page; the program sees two pages of its own.
void build_page_table(void) {
  const word data = ACCESSED | DIRTY | READ | WRITE;
  root[index_at(2, (void *)RAM)] = entry((void *)RAM, data | EXECUTE);
  root[index_at(2, user_code)] = entry(middle, 0);
  middle[index_at(1, user_code)] = entry(leaves, 0);
  leaves[index_at(0, user_code)] = entry(user_code_in_ram, ACCESSED | READ | EXECUTE | USER);
  leaves[index_at(0, user_data)] = entry(user_data_in_ram, data | USER);
}

// The instruction after the write of satp is already fetched through the new table: it must map the kernel itself.
void enable_paging(void) {
  write_csr(satp, SV39 << 60 | (word)root >> 12);
  __asm__ volatile("sfence.vma" ::: "memory");
}

void supervisor_main(void) {
  print("hello from supervisor mode, by ecall\n");
  build_page_table();
  enable_paging();
  print("paging is on: Sv39\n");
  enter_user((word)user_main, (word)user_stack_top);
}

// The program's bytes lie in pages with the U bit, which the supervisor may read only while sstatus.SUM is set.
static void write_for_user(const char *bytes, word count) {
  set_csr_bits(sstatus, 1 << 18);
  for (word i = 0; i < count; i += 1) call_firmware(SBI_PUT_CHARACTER, (word)bytes[i]);
  clear_csr_bits(sstatus, 1 << 18);
}

// Every trap to supervisor mode: the program's system calls, and its page faults if it had any.
void supervisor_trap_handler(struct trap_frame *frame) {
  if (read_csr(scause) != CAUSE_ECALL_FROM_USER) {
    print("unexpected trap to supervisor mode\n");
    call_firmware(SBI_SHUT_DOWN, 1);
  }
  system_calls += 1;
  switch (frame->a[7]) {
    case SYSTEM_CALL_WRITE:
      write_for_user((const char *)frame->a[1], frame->a[2]);
      frame->a[0] = frame->a[2];
      break;
    case SYSTEM_CALL_EXIT:
      call_firmware(SBI_SHUT_DOWN, frame->a[0]);
      break;
    default:
      frame->a[0] = (word)-38;  // no such system call
  }
  write_csr(sepc, read_csr(sepc) + 4);
}
