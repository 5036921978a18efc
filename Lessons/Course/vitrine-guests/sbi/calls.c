// The calls that one hart can make alone.

#include "sbi.h"

volatile long last_cause = -1;

struct answer sbi(word extension, word function, word v0, word v1, word v2, word v3, word v4) {
  register word a0 __asm__("a0") = v0;
  register word a1 __asm__("a1") = v1;
  register word a2 __asm__("a2") = v2;
  register word a3 __asm__("a3") = v3;
  register word a4 __asm__("a4") = v4;
  register word a6 __asm__("a6") = function;
  register word a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7) : "memory");
  return (struct answer){(long)a0, (long)a1};
}

static void put_number(long number) {
  if (number < 0) put_character('-');
  put_decimal(number < 0 ? -(word)number : (word)number);
}

void show_error(const char *what, struct answer answer) {
  put_string(what);
  put_string(": ");
  put_number(answer.error);
  put_string("\n");
}

void show(const char *what, struct answer answer) {
  put_string(what);
  put_string(": ");
  put_number(answer.error);
  put_string(", ");
  put_number(answer.value);
  put_string("\n");
}

static void check_base(void) {
  static const struct {
    const char *name;
    word number;
  } extensions[] = {{"base", BASE}, {"TIME", TIME}, {"IPI", IPI},   {"RFENCE", RFNC},           {"HSM", HSM},
                    {"SRST", SRST}, {"DBCN", DBCN}, {"none", 0x12345678}, {"paravirtual", 0x09565452}};
  put_string("specification version: major ");
  put_decimal((word)sbi(BASE, 0, 0, 0, 0, 0, 0).value >> 24);
  put_string("\n");
  for (unsigned i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    put_string("probe ");
    struct answer answer = sbi(BASE, 3, extensions[i].number, 0, 0, 0, 0);
    answer.value = answer.value != 0;
    show(extensions[i].name, answer);
    put_string("  function 99 of it, ");
    show_error("error", sbi(extensions[i].number, 99, 0, 0, 0, 0, 0));
  }
  show_error("mvendorid", sbi(BASE, 4, 0, 0, 0, 0, 0));
  show_error("marchid", sbi(BASE, 5, 0, 0, 0, 0, 0));
  show_error("mimpid", sbi(BASE, 6, 0, 0, 0, 0, 0));
}

// OpenSBI takes any address that is not its own for memory. The firmware of `boot` knows where memory ends.
int knows_memory(void) { return sbi(BASE, 1, 0, 0, 0, 0, 0).value == 0x56495452; }

static word time(void) {
  word now;
  __asm__ volatile("rdtime %0" : "=r"(now));
  return now;
}

static void show_pending(const char *when) {
  put_string(when);
  put_string(read_csr(sip) & STIP ? "pending\n" : "not pending\n");
}

static void check_time(void) {
  show_pending("the timer interrupt at first: ");
  show("set the timer", sbi(TIME, 0, time() + 1000, 0, 0, 0, 0));
  while (!(read_csr(sip) & STIP)) {
  }
  show_pending("the timer interrupt after its time: ");
  show("set the timer to never", sbi(TIME, 0, (word)-1, 0, 0, 0, 0));
  show_pending("the timer interrupt now: ");
}

static void check_console(void) {
  static char text[] = "these words are written by the firmware\n";
  show("write to the console", sbi(DBCN, 0, sizeof text - 1, (word)text, 0, 0, 0));
  show("write nothing", sbi(DBCN, 0, 0, (word)text, 0, 0, 0));
  show("write a byte", sbi(DBCN, 2, '!', 0, 0, 0, 0));
  show("read from the console", sbi(DBCN, 1, sizeof text - 1, (word)text, 0, 0, 0));
  show_error("write the firmware", sbi(DBCN, 0, 16, RAM, 0, 0, 0));
  show_error("read over the firmware", sbi(DBCN, 1, 16, RAM, 0, 0, 0));
  if (knows_memory()) show_error("write where nothing is", sbi(DBCN, 0, 16, 0, 0, 0, 0));
}

static void show_cause(const char *what) {
  put_string(what);
  put_string(": cause ");
  put_decimal((word)last_cause);
  put_string("\n");
  last_cause = -1;
}

static void check_protection(void) {
  load_from(RAM);
  show_cause("a load from the firmware");
  execute_nothing();
  show_cause("an instruction that is none");
}

void check_calls(void) {
  put_string("-- base\n");
  check_base();
  put_string("-- the timer\n");
  check_time();
  if (sbi(BASE, 3, DBCN, 0, 0, 0, 0).value) {
    put_string("-- the console\n");
    check_console();
  }
  put_string("-- what the supervisor may not do\n");
  check_protection();
  show_error("reset of an unknown kind", sbi(SRST, 0, 3, 0, 0, 0, 0));
  show_error("reset for an unknown reason", sbi(SRST, 0, 0, 2, 0, 0, 0));
}

void boot_main(word hart) {
  check_calls();
  put_string("-- harts\n");
  check_harts(hart);
  put_string("-- the end\n");
  sbi(SRST, 0, 0, 0, 0, 0, 0);
  put_string("the reset failed\n");
}
