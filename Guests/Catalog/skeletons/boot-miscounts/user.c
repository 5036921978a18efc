// The program's report: are the sums of user.S what they must be?

enum { CALL_WRITE = 1, CALL_EXIT = 2 };

static void write(char character) {
  register unsigned long a0 __asm__("a0") = (unsigned char)character;
  register unsigned long a7 __asm__("a7") = CALL_WRITE;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

static void leave(unsigned long failure) {
  register unsigned long a0 __asm__("a0") = failure;
  register unsigned long a7 __asm__("a7") = CALL_EXIT;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

static void write_text(const char *text) {
  while (*text != 0) write(*text++);
}

static void write_number(unsigned long number) {
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + number % 10), number /= 10;
  while (number > 0);
  write_text(first);
}

static void write_sum(const char *name, unsigned long sum, unsigned long wanted) {
  write_text(name);
  write_number(sum);
  if (sum != wanted) write_text(" (wrong)");
}

void report(unsigned long numbers, unsigned long squares, unsigned long cubes, unsigned long evens, unsigned long odds) {
  write_sum("\nthe program: numbers ", numbers, 210);
  write_sum(", squares ", squares, 2870);
  write_sum(", cubes ", cubes, 44100);
  write_sum(", even ones ", evens, 110);
  write_sum(", odd ones ", odds, 100);
  write_text("\n");
  leave(numbers == 210 && squares == 2870 && cubes == 44100 && evens == 110 && odds == 100 ? 0 : 1);
}
