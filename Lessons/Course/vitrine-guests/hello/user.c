// User mode: a program that sees two pages and can do nothing but compute and ask.

#include "trap_frame.h"

char greeting[] = "hello from user mode: 5! = ";
volatile unsigned long counter = 0;
volatile unsigned long result = 0;

static unsigned long system_call(unsigned long number, unsigned long first, unsigned long second, unsigned long third) {
  register unsigned long a0 __asm__("a0") = first;
  register unsigned long a1 __asm__("a1") = second;
  register unsigned long a2 __asm__("a2") = third;
  register unsigned long a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
  return a0;
}

unsigned long length(const char *string) {
  unsigned long count = 0;
  while (string[count] != 0) count += 1;
  return count;
}

void write_string(const char *string) { system_call(SYSTEM_CALL_WRITE, 1, (unsigned long)string, length(string)); }

// Calls itself, so that there is a stack to look at; `counter` says how often.
unsigned long factorial(unsigned long n) {
  counter += 1;
  if (n < 2) return 1;
  return n * factorial(n - 1);
}

void write_number(unsigned long number) {
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do {
    *--first = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  write_string(first);
}

void user_main(void) {
  write_string(greeting);
  result = factorial(5);
  write_number(result);
  write_string(", found in ");
  write_number(counter);
  write_string(" calls\n");
  system_call(SYSTEM_CALL_EXIT, 0, 0, 0);
}
