// Two timers: the CLINT's, for machine mode, and Sstc's compare register, for supervisor mode.

#include "virt.h"

#define TICKS 3
#define INTERVAL 10000  // a millisecond

#define TIMER_OF_SUPERVISOR (1ul << 5)  // in mie, mip, sie, sip and mideleg
#define TIMER_OF_MACHINE (1ul << 7)     // in mie and mip
#define SIE (1ul << 1)                  // in sstatus
#define MIE (1ul << 3)                  // in mstatus
#define STCE (1ul << 63)                // in menvcfg

volatile int machine_ticks = 0;
volatile int supervisor_ticks = 0;
static word deadline;

static volatile word *const mtime = (volatile word *)(CLINT + CLINT_MTIME);
static volatile word *const mtimecmp = (volatile word *)(CLINT + CLINT_MTIMECMP);

// Says that tick number `tick` came, and whether it came before its time.
static void report(const char *whose, int tick, word now) {
  put_string(whose);
  put_string(" timer, tick ");
  put_decimal((word)tick);
  put_string(now < deadline ? ": too early\n" : "\n");
  if (now < deadline) finish(1);
}

__attribute__((interrupt("machine"), aligned(4))) void machine_trap(void) {
  if (read_csr(mcause) != (1ul << 63 | 7)) finish(2);
  machine_ticks += 1;
  report("machine", machine_ticks, *mtime);
  deadline = *mtime + INTERVAL;
  *mtimecmp = deadline;  // also takes the interrupt back
}

__attribute__((interrupt("supervisor"), aligned(4))) void supervisor_trap(void) {
  if (read_csr(scause) != (1ul << 63 | 5)) finish(3);
  supervisor_ticks += 1;
  report("supervisor", supervisor_ticks, read_csr(time));
  deadline = read_csr(time) + INTERVAL;
  write_csr(stimecmp, deadline);
}

// Runs in supervisor mode, without paging.
void supervisor_main(void) {
  write_csr(stvec, supervisor_trap);
  deadline = read_csr(time) + INTERVAL;
  write_csr(stimecmp, deadline);
  set_csr_bits(sie, TIMER_OF_SUPERVISOR);
  while (supervisor_ticks < TICKS) {
    __asm__ volatile("wfi");
    set_csr_bits(sstatus, SIE);
    clear_csr_bits(sstatus, SIE);
  }
  put_string("both timers tick\n");
  finish(0);
}

void machine_main(void) {
  write_csr(mtvec, machine_trap);
  deadline = *mtime + INTERVAL;
  *mtimecmp = deadline;
  set_csr_bits(mie, TIMER_OF_MACHINE);
  // wfi wakes for an interrupt that is enabled in mie even while mstatus.MIE is clear. So the interrupt cannot slip
  // in between the test and the wfi, where it would be slept over.
  while (machine_ticks < TICKS) {
    __asm__ volatile("wfi");
    set_csr_bits(mstatus, MIE);
    clear_csr_bits(mstatus, MIE);
  }
  clear_csr_bits(mie, TIMER_OF_MACHINE);

  set_csr_bits(menvcfg, STCE);
  if ((read_csr(menvcfg) & STCE) == 0) {
    put_string("no Sstc on this machine\n");
    finish(4);
  }
  set_csr_bits(mcounteren, 2);                 // the supervisor may read time ...
  set_csr_bits(mideleg, TIMER_OF_SUPERVISOR);  // ... gets its own timer interrupt ...
  write_csr(pmpaddr0, -1);
  write_csr(pmpcfg0, 0x1f);                    // ... and all of memory
  clear_csr_bits(mstatus, 3 << 11);
  set_csr_bits(mstatus, 1 << 11);
  write_csr(mepc, supervisor_main);
  __asm__ volatile("mret");
}
