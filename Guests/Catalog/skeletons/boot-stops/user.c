// The program: says something, and ends.

enum { CALL_WRITE = 1, CALL_EXIT = 2 };

static unsigned long call(unsigned long number, unsigned long argument) {
  register unsigned long a0 __asm__("a0") = argument;
  register unsigned long a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

static char text[] = "the program: here I am\n";

void user_main(void) {
  for (const char *place = text; *place != 0; place += 1) call(CALL_WRITE, (unsigned long)*place);
  call(CALL_EXIT, 0);
}
