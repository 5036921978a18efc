// Code that changes code: with fence.i as the specification asks, and without, where it may not count on anything.
// On this board an instruction fetch sees every earlier store, so all of it works. QEMU sees a store when it next takes a
// jump, which the specification allows as well: there the last line says so.

#include "virt.h"

#define LI_A0(value) ((unsigned)(value) << 20 | 0x513)  // addi a0, zero, value

extern unsigned answer_code[] __asm__("answer");
word answer(void);
word sum(word n);
word sum_next(word n);
word count(word n);

static unsigned failures = 0;

static void check(const char *what, word value, word expected) {
  put_string(what);
  put_string(": ");
  put_decimal(value);
  put_string(value == expected ? "\n" : ", which is stale\n");
  if (value != expected) failures += 1;
}

void machine_main(void) {
  check("as built", answer(), 1);

  *(volatile unsigned *)answer_code = LI_A0(2);
  __asm__ volatile("fence.i" ::: "memory");
  check("after a store and fence.i", answer(), 2);

  for (unsigned value = 3; value <= 5; value += 1) {
    *(volatile unsigned *)answer_code = LI_A0(value);
    check("after a store alone", answer(), value);
  }

  check("an instruction written before a jump to it", sum(100), 5050);
  check("a counter between instructions", count(1000), 1000);
  put_string(sum_next(100) == 5050 ? "a store to the very next instruction is seen\n"
                                   : "a store to the very next instruction is seen late\n");
  finish(failures);
}
