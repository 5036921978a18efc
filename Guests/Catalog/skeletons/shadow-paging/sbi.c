// The SBI, both ways: what the guest's kernel asks of us, and what we ask of the firmware. For the guest we are the firmware.

#include "monitor.h"

#define SBI_PUT_CHARACTER 1  // the old calls: they answer in a0 alone
#define SBI_SHUT_DOWN 8
#define SBI_BASE 0x10
#define SBI_DBCN 0x4442434e
#define SBI_SRST 0x53525354
#define SBI_NOT_SUPPORTED ((word)-2)
#define A6 (A7 - 1)

static void call_firmware(word extension, word function, word first, word second) {
  register word a0 __asm__("a0") = first;
  register word a1 __asm__("a1") = second;
  register word a6 __asm__("a6") = function;
  register word a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

static void put_byte(word byte) { call_firmware(SBI_DBCN, 2, byte, 0); }

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
  word *x = vitrine_vcpu.x;
  switch (x[A7]) {
    case SBI_PUT_CHARACTER:
      put_byte(x[A0]);
      x[A0] = 0;
      break;
    case SBI_SHUT_DOWN: end(x[A0]); break;
    case SBI_SRST: end(x[A1]); break;
    case SBI_DBCN:
      if (x[A6] == 2) put_byte(x[A0]);  // write byte
      x[A0] = x[A6] == 2 ? 0 : SBI_NOT_SUPPORTED;
      x[A1] = 0;
      break;
    case SBI_BASE:
      // Only: is there an extension?
      x[A1] = x[A6] == 3 && (x[A0] == SBI_DBCN || x[A0] == SBI_SRST);
      x[A0] = x[A6] == 3 ? 0 : SBI_NOT_SUPPORTED;
      break;
    default:
      x[A0] = SBI_NOT_SUPPORTED;
      x[A1] = 0;
  }
}
