// The hypervisor: gives a guest memory, devices and a timer that it takes for real, and tells of every exit.

#include "hypercalls.h"
#include "kernel.h"

#define HSTATUS_SPV (1ul << 7)   // the trap came from a guest; and sret goes to one
#define HSTATUS_SPVP (1ul << 8)  // ... from its supervisor mode; and hypervisor loads see what that mode sees
#define HSTATUS_VTW (1ul << 21)  // a guest's wfi traps
#define VS_TIMER (1ul << 6)      // in hvip, hie and hideleg
#define HAS_HYPERVISOR (1ul << 7)  // in misa

enum {
  CAUSE_ECALL_FROM_GUEST = 10, CAUSE_FETCH_GUEST_PAGE = 20, CAUSE_LOAD_GUEST_PAGE = 21, CAUSE_VIRTUAL_INSTRUCTION = 22,
  CAUSE_STORE_GUEST_PAGE = 23
};

// What the guest's kernel gets without an exit: its program's breakpoints, system calls and page faults, and its interrupts.
#define TO_THE_GUEST (1ul << 3 | 1ul << 8 | 1ul << 12 | 1ul << 13 | 1ul << 15)

// The second stage's root has four times as many entries as another table: guest-physical addresses have 41 bits.
static word guest_root[2048] __attribute__((aligned(16384)));

static unsigned hypercalls = 0, pages_given = 0, device_accesses = 0, refused = 0, waits = 0;
static int timer_is_set = 0;

// From the linker script.
extern char user_in_ram[], user_code[], user_end[];
void guest_start(void);

static void fail(const char *what, word value) {
  put_string("hypervisor: ");
  put_string(what);
  put_string(" ");
  put_hex(value);
  put_string("\n");
  finish(1);
}

// Hypervisor loads: what the guest would find at its own virtual address. They go through both stages.
static word load_guest_byte(word address) {
  word value;
  __asm__ volatile(".option push; .option arch, +h; hlv.bu %0, (%1); .option pop" : "=r"(value) : "r"(address));
  return value;
}

static word fetch_guest_half(word address) {
  word value;
  __asm__ volatile(".option push; .option arch, +h; hlvx.hu %0, (%1); .option pop" : "=r"(value) : "r"(address));
  return value;
}

static word fetch_guest_instruction(word pc) {
  word low = fetch_guest_half(pc);
  return (low & 3) == 3 ? low | fetch_guest_half(pc + 2) << 16 : low;
}

static void give_page(word guest_physical, void *page) {
  // The second stage checks every access as one from user mode.
  *find_entry(guest_root, guest_physical) = entry_for(page, READ | WRITE | EXECUTE | USER | ACCESSED | DIRTY);
  __asm__ volatile(".option push; .option arch, +h; hfence.gvma; .option pop" ::: "memory");
}

static void hypercall(struct trap_frame *frame) {
  hypercalls += 1;
  frame->pc += 4;
  switch (frame->x[A7]) {
    case CALL_WRITE:
      put_string("exit: hypercall, the guest says: ");
      for (word address = frame->x[A0]; load_guest_byte(address) != 0; address += 1) {
        put_character((char)load_guest_byte(address));
      }
      put_string("\n");
      break;
    case CALL_SET_TIMER:
      put_string(frame->x[A0] ? "exit: hypercall, the guest wants the timer\n" : "exit: hypercall, the timer was seen\n");
      timer_is_set = frame->x[A0] != 0;
      if (!timer_is_set) clear_csr_bits(hvip, VS_TIMER);
      break;
    case CALL_SHUT_DOWN: {
      unsigned status = (unsigned)frame->x[A0];
      put_decimal(hypercalls);
      put_string(" hypercalls, ");
      put_decimal(pages_given);
      put_string(" pages, ");
      put_decimal(device_accesses);
      put_string(" device accesses, ");
      put_decimal(refused);
      put_string(" refused, ");
      put_decimal(waits);
      put_string(" waits\n");
      finish(status == 0 && device_accesses == 2 && refused == 1 && waits == 1 ? 0 : 2);
      break;
    }
    default: fail("no such hypercall:", frame->x[A7]);
  }
}

// A serial port that is always ready and has one register worth writing.
static void device_access(struct trap_frame *frame, word offset) {
  word instruction = fetch_guest_instruction(frame->pc);
  device_accesses += 1;
  if ((instruction & 0x707f) == 0x0023 && offset == 0) {  // sb
    put_string("exit: store to the serial port: ");
    put_character((char)frame->x[instruction >> 20 & 31]);
    put_string("\n");
  } else if ((instruction & 0x707f) == 0x4003 && offset == UART_LINE_STATUS) {  // lbu
    put_string("exit: load from the serial port: ready\n");
    frame->x[instruction >> 7 & 31] = UART_TRANSMIT_EMPTY;
  } else {
    fail("no such access to the serial port:", instruction);
  }
  frame->pc += 4;
}

// The guest-physical address has its page in htval, and what is below that in stval.
static void guest_page_fault(struct trap_frame *frame) {
  word address = read_csr(htval) << 2 | (frame->value & 3);
  // A fault on the way through the guest's page table: stval is where the guest wanted to go, htval what is missing for it.
  int is_implicit = (read_csr(htinst) & ~0x20ul) == 0x3000;
  if (address >= UART && address < UART + 8) {
    device_access(frame, address - UART);
    return;
  }
  if (address < GUEST_MEMORY || address >= GUEST_MEMORY_END) fail("the guest has no memory at", address);
  put_string(frame->cause == CAUSE_STORE_GUEST_PAGE ? "exit: store" : "exit: load");
  put_string(is_implicit ? " through the guest's page table, which needs gpa " : " at gpa ");
  put_hex(address);
  put_string(": a page\n");
  pages_given += 1;
  give_page(address, take_page());
}

// An instruction that a guest may not execute, but that is no mistake: the hypervisor decides what it does.
static void virtual_instruction(struct trap_frame *frame) {
  word instruction = fetch_guest_instruction(frame->pc);
  if (instruction == 0x10500073) {
    put_string("exit: wfi, the guest waits\n");
    waits += 1;
    frame->pc += 4;
    if (!timer_is_set) fail("the guest waits for nothing, pc", frame->pc);
    set_csr_bits(hvip, VS_TIMER);
    return;
  }
  // As if the hart had done it: an illegal instruction, taken by the guest's kernel.
  put_string("exit: a register of hypervisors: the guest gets an illegal instruction\n");
  refused += 1;
  word status = read_csr(vsstatus);
  word from_supervisor = frame->status & SSTATUS_SPP;
  word enabled = status & SSTATUS_SIE ? SSTATUS_SPIE : 0;
  write_csr(vsstatus, (status & ~(SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP)) | from_supervisor | enabled);
  write_csr(vsepc, frame->pc);
  write_csr(vscause, CAUSE_ILLEGAL);
  write_csr(vstval, instruction);
  frame->pc = read_csr(vstvec);
  frame->status |= SSTATUS_SPP;
}

void handle_trap(struct trap_frame *frame) {
  if (frame->x[0] != 0) fail("a trap of my own, cause", frame->cause);
  switch (frame->cause) {
    case CAUSE_ECALL_FROM_GUEST: hypercall(frame); break;
    case CAUSE_FETCH_GUEST_PAGE:
    case CAUSE_LOAD_GUEST_PAGE:
    case CAUSE_STORE_GUEST_PAGE: guest_page_fault(frame); break;
    case CAUSE_VIRTUAL_INSTRUCTION: virtual_instruction(frame); break;
    default: fail("an exit that I do not know, cause", frame->cause);
  }
}

static void supervisor_main(void) {
  struct trap_frame frame = {.pc = (word)guest_start, .status = read_csr(sstatus) | SSTATUS_SPP};
  for (word offset = 0; offset < (word)(user_end - user_code); offset += PAGE) {
    give_page((word)user_code + offset, user_in_ram + offset);
  }
  put_string("the guest starts at gpa ");
  put_hex(frame.pc);
  put_string(", which is ");
  put_hex((word)user_in_ram + frame.pc - (word)user_code);
  put_string("\n");
  write_csr(hgatp, SV39 | 1ul << 44 | (word)guest_root / PAGE);  // Sv39x4, virtual machine 1
  write_csr(vsatp, 0);
  write_csr(hedeleg, TO_THE_GUEST);
  write_csr(hideleg, VS_TIMER);
  write_csr(hstatus, HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_VTW);
  resume(&frame);
}

void machine_main(void) {
  if ((read_csr(misa) & HAS_HYPERVISOR) == 0) {
    put_string("no hypervisor extension on this machine\n");
    finish(3);
  }
  enter_supervisor(supervisor_main);
}
