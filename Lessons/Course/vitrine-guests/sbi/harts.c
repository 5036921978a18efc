// The calls that concern harts: HSM, IPI, RFENCE. Needs at least two harts; with one only the errors are checked.

#include "sbi.h"

#define HARTS 8
#define STARTED 0
#define STOPPED 1
#define NO_HART 1000
#define ALL_HARTS ((word)-1)
#define ROUNDS 20

// What the boot hart asks of another, and how far that is. Words of their own, because all harts look at them.
enum order { NONE, COUNT_INTERRUPT, FORGET_INTERRUPTS, READ_PAGE, FENCE_ALL, SUSPEND, SUSPEND_AND_RESUME, STOP };
static volatile enum order orders[HARTS];
static volatile word reports[HARTS];
static volatile word arrivals[HARTS];

// For READ_PAGE: one address, mapped by a leaf of the first level to one gigabyte or another of it.
#define WINDOW 0x40000000ul
static word root_table[512] __attribute__((aligned(4096)));
static volatile word page_one[512] __attribute__((aligned(4096)));
static volatile word page_two[512] __attribute__((aligned(4096)));
static word middle_table[512] __attribute__((aligned(4096)));
static word last_table[512] __attribute__((aligned(4096)));

static void map_window(volatile word *page) { last_table[0] = (word)page >> 12 << 10 | 0xcf; }

static void make_tables(void) {
  root_table[RAM >> 30] = (word)RAM >> 12 << 10 | 0xcf;
  root_table[0] = 0xcf;  // devices
  root_table[WINDOW >> 30] = (word)middle_table >> 12 << 10 | 1;
  middle_table[0] = (word)last_table >> 12 << 10 | 1;
  page_one[0] = 1;
  page_two[0] = 2;
}

static void done(word hart, word report) {
  reports[hart] = report;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  orders[hart] = NONE;
}

static long count_errors(void) {
  long errors = 0;
  for (int round = 0; round < ROUNDS; round++) {
    errors += sbi(RFNC, 1, 0, ALL_HARTS, WINDOW, 4096, 0).error != 0;
    errors += sbi(RFNC, 0, 0, ALL_HARTS, 0, 0, 0).error != 0;
    errors += sbi(IPI, 0, 0, ALL_HARTS, 0, 0, 0).error != 0;
  }
  return errors;
}

static void obey(word hart) {
  for (;;) {
    switch (orders[hart]) {
      case NONE: break;
      case COUNT_INTERRUPT:
        while (!(read_csr(sip) & SSIP)) {
        }
        clear_csr_bits(sip, SSIP);
        done(hart, 1);
        break;
      case FORGET_INTERRUPTS:
        clear_csr_bits(sip, SSIP);
        done(hart, 1);
        break;
      case READ_PAGE:
        write_csr(satp, 8ul << 60 | (word)root_table >> 12);
        done(hart, *(volatile word *)WINDOW);
        break;
      case FENCE_ALL: done(hart, (word)count_errors()); break;
      case SUSPEND:
        write_csr(sie, SSIP);
        reports[hart] = (word)sbi(HSM, 3, 0, 0, 0, 0, 0).error;
        clear_csr_bits(sip, SSIP);
        done(hart, reports[hart]);
        break;
      case SUSPEND_AND_RESUME:
        write_csr(sie, SSIP);
        write_csr(satp, 0);
        done(hart, (word)sbi(HSM, 3, 0x80000000, (word)resumed_start, 77, 0, 0).error);
        break;
      case STOP:
        orders[hart] = NONE;
        done(hart, (word)sbi(HSM, 1, 0, 0, 0, 0, 0).error);
        break;
    }
  }
}

// The state that the specification promises: paging and interrupts off.
static word arrived_well(void) { return read_csr(satp) == 0 && (read_csr(sstatus) & 2) == 0; }

void secondary_main(word hart, word opaque) {
  arrivals[hart] = arrived_well() ? opaque : 0;
  obey(hart);
}

void resumed_main(word hart, word opaque) {
  clear_csr_bits(sip, SSIP);
  done(hart, arrived_well() ? opaque : 0);
  obey(hart);
}

static void put_hart(const char *what, word hart) {
  put_string("hart ");
  put_decimal(hart);
  put_string(what);
}

static void await_state(word hart, long state) {
  while (sbi(HSM, 2, hart, 0, 0, 0, 0).value != state) {
  }
}

static void give(word hart, enum order order) {
  reports[hart] = 0;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  orders[hart] = order;
}

static word await_report(word hart) {
  while (orders[hart] != NONE) {
  }
  return reports[hart];
}

static void start(word hart, word opaque) {
  arrivals[hart] = 0;
  put_hart("", hart);
  show_error(" is started", sbi(HSM, 0, hart, (word)secondary_start, opaque, 0, 0));
  while (arrivals[hart] == 0) {
  }
  put_hart(" arrives with ", hart);
  put_decimal(arrivals[hart]);
  put_string("\n");
}

static void check_errors(word boot_hart) {
  show("the state of this hart", sbi(HSM, 2, boot_hart, 0, 0, 0, 0));
  show_error("the state of a hart that does not exist", sbi(HSM, 2, NO_HART, 0, 0, 0, 0));
  show_error("start of a hart that does not exist", sbi(HSM, 0, NO_HART, (word)secondary_start, 0, 0, 0));
  show_error("start of this hart", sbi(HSM, 0, boot_hart, (word)secondary_start, 0, 0, 0));
  show_error("suspension of an unknown kind", sbi(HSM, 3, 5, 0, 0, 0, 0));
  show_error("IPI to this hart", sbi(IPI, 0, 1, boot_hart, 0, 0, 0));
  put_string(read_csr(sip) & SSIP ? "it is pending\n" : "it is not pending\n");
  clear_csr_bits(sip, SSIP);
  show_error("IPI to nobody", sbi(IPI, 0, 0, boot_hart, 0, 0, 0));
  show_error("IPI to a hart that does not exist", sbi(IPI, 0, 1, NO_HART, 0, 0, 0));
  show_error("fence on a hart that does not exist", sbi(RFNC, 1, 1, NO_HART, 0, 0, 0));
  for (word function = 0; function < 3; function++) {
    show_error("fence on this hart", sbi(RFNC, function, 1, boot_hart, 0, (word)-1, 0));
  }
}

static void check_others(word first, word others) {
  show("its state", sbi(HSM, 2, first, 0, 0, 0, 0));
  show_error("its start at the firmware", sbi(HSM, 0, first, RAM, 0, 0, 0));
  if (knows_memory()) show_error("its start where nothing is", sbi(HSM, 0, first, 0, 0, 0, 0));
  show_error("IPI to it while it is stopped", sbi(IPI, 0, 1, first, 0, 0, 0));
  for (word hart = 0; hart < HARTS; hart++) {
    if (others >> hart & 1) {
      start(hart, 100 + hart);
    }
  }
  show("its state", sbi(HSM, 2, first, 0, 0, 0, 0));
  show_error("its start again", sbi(HSM, 0, first, (word)secondary_start, 0, 0, 0));

  give(first, COUNT_INTERRUPT);
  show_error("IPI to it", sbi(IPI, 0, 1, first, 0, 0, 0));
  await_report(first);
  put_string("it came\n");

  map_window(page_one);
  give(first, READ_PAGE);
  put_string("it reads ");
  put_decimal(await_report(first));
  map_window(page_two);
  show_error("; after a fence", sbi(RFNC, 1, 1, first, WINDOW, 4096, 0));
  give(first, READ_PAGE);
  put_string("it reads ");
  put_decimal(await_report(first));
  map_window(page_one);
  show_error("; after a fence of its address space", sbi(RFNC, 2, 1, first, 0, (word)-1, 0));
  give(first, READ_PAGE);
  put_string("it reads ");
  put_decimal(await_report(first));
  put_string("\n");

  // Every hart fences every other, all at once: a firmware that waits with closed ears hangs here.
  for (word hart = 0; hart < HARTS; hart++) {
    if (others >> hart & 1) give(hart, FENCE_ALL);
  }
  word errors = (word)count_errors();
  for (word hart = 0; hart < HARTS; hart++) {
    if (others >> hart & 1) errors += await_report(hart);
  }
  put_string("all fence all: ");
  put_decimal(errors);
  put_string(" errors\n");
  clear_csr_bits(sip, SSIP);
}

// A hart sleeps in the firmware until the interrupt that it has enabled: once it goes on, once it begins anew.
static void check_sleep(word hart) {
  sbi(RFNC, 0, 1, hart, 0, 0, 0);  // when this returns, the hart has taken the IPIs before it as well
  give(hart, FORGET_INTERRUPTS);
  await_report(hart);
  give(hart, SUSPEND);
  await_state(hart, 4);
  show_error("it sleeps; IPI", sbi(IPI, 0, 1, hart, 0, 0, 0));
  put_string("it goes on: ");
  put_decimal(await_report(hart));
  give(hart, SUSPEND_AND_RESUME);
  put_string("\n");
  await_state(hart, 4);
  show_error("it sleeps; IPI", sbi(IPI, 0, 1, hart, 0, 0, 0));
  put_string("it begins anew with ");
  put_decimal(await_report(hart));
  put_string("\n");
  give(hart, STOP);
  await_state(hart, STOPPED);
  put_string("it is stopped\n");
  start(hart, 200 + hart);
}

void check_harts(word boot_hart) {
  word others = 0, first = HARTS;
  for (word hart = HARTS; hart-- > 0;) {
    struct answer answer = sbi(HSM, 2, hart, 0, 0, 0, 0);
    if (hart != boot_hart && answer.error == 0) {
      others |= 1ul << hart;
      first = hart;
    }
  }
  make_tables();
  check_errors(boot_hart);
  if (others == 0) return;
  check_others(first, others);
  check_sleep(first);
}
