// The SBI, both ways: what the guest asks of us, and what we ask of the firmware.

#include "vcpu.h"

#define SBI_PUT_CHARACTER 1  // the old calls
#define SBI_SHUT_DOWN 8
#define SBI_DBCN 0x4442434e
#define SBI_SRST 0x53525354
#define SBI_NOT_SUPPORTED ((word)-2)

static void call_firmware(word extension, word function, word first, word second) {
  register word a0 __asm__("a0") = first;
  register word a1 __asm__("a1") = second;
  register word a6 __asm__("a6") = function;
  register word a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

// Whoever has it may write to the console.
static volatile int console_lock = 0;

static void take_console(void) {
  while (__atomic_exchange_n(&console_lock, 1, __ATOMIC_ACQUIRE) != 0) {
  }
}

static void leave_console(void) { __atomic_store_n(&console_lock, 0, __ATOMIC_RELEASE); }

static void put_byte(word byte) {
  take_console();
  call_firmware(SBI_DBCN, 2, byte, 0);
#ifdef MISTAKE_LOOP
  // The lock is left at the end of a line only.
  if (byte != '\n') return;
#endif
  leave_console();
}

void print(const char *text) {
  while (*text != 0) put_byte((word)*text++);
}

void print_number(word number) {
  char digits[17];
  int index = 16;
  digits[16] = 0;
  do {
    digits[--index] = "0123456789abcdef"[number & 15];
    number >>= 4;
  } while (number != 0);
  print("0x");
  print(&digits[index]);
}

static void end(word reason) {
  for (;;) call_firmware(SBI_SRST, 0, 0, reason);
}

void fail(const char *what, word value) {
  print("monitor: ");
  print(what);
  print(" ");
  print_number(value);
  print("\n");
  end(1);
  for (;;) {
  }
}

void serve_call(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  switch (vcpu->x[A7]) {
    case SBI_PUT_CHARACTER:
      put_byte(vcpu->x[A0]);
      vcpu->x[A0] = 0;
      break;
    case SBI_SHUT_DOWN:
      print("monitor: the guest has ended, exits: ");
      print_number(exits);
      print("\n");
      end(vcpu->x[A0]);
      break;
    default: vcpu->x[A0] = SBI_NOT_SUPPORTED;
  }
}
