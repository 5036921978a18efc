// Reads back privilege and interrupt state the way kernels do, and compares it with what it must be.

#include "virt.h"

#define MSTATUS_MIE (1ul << 3)
#define MSTATUS_MPIE (1ul << 7)
#define MSTATUS_MPP (3ul << 11)
#define SSTATUS_SIE (1ul << 1)
#define SSTATUS_SPIE (1ul << 5)
#define SSTATUS_SPP (1ul << 8)
#define SSTATUS_SUM (1ul << 18)
#define SUPERVISOR_SOFTWARE (1ul << 1)  // in sie, sip and mideleg
#define SUPERVISOR_TIMER (1ul << 5)
#define MACHINE_SOFTWARE (1ul << 3)  // in mie and mip
#define INTERRUPT (1ul << 63)

enum { ILLEGAL = 2, BREAKPOINT = 3, ECALL_FROM_USER = 8 };

extern volatile struct { word count, cause, status; } seen;
void machine_trap(void), supervisor_trap(void), trap_once(void), run_user(void (*)(void));

static unsigned lies = 0;
static const char *mode;

static void judge(const char *instruction, const char *question, int is_true) {
  put_string(mode);
  put_string(instruction);
  put_string(question);
  put_string(is_true ? ": true\n" : ": LIES\n");
  if (!is_true) lies += 1;
}

// Whether an expression traps once, with the cause.
#define traps_with(cause_, expression) \
  ({ word before_ = seen.count; expression; seen.count == before_ + 1 && seen.cause == (cause_); })

static volatile unsigned *const clint_software = (volatile unsigned *)CLINT;

static void raise_machine_interrupt(void) {
  *clint_software = 1;
  for (int patience = 100; (read_csr(mip) & MACHINE_SOFTWARE) == 0 && patience > 0; patience -= 1) {
  }
}

static void probe_machine(void) {
  mode = "M  ";
  write_csr(mscratch, 0x1234567);
  judge("csrw mscratch", ", reads back", read_csr(mscratch) == 0x1234567);

  // The interrupt flag: what it says, and what it does. On x86 it was POPF that dropped it.
  set_csr_bits(mie, MACHINE_SOFTWARE);
  clear_csr_bits(mstatus, MSTATUS_MIE);
  judge("csrc mstatus.MIE", ", reads back clear", (read_csr(mstatus) & MSTATUS_MIE) == 0);
  word before = seen.count;
  raise_machine_interrupt();
  judge("csrc mstatus.MIE", ", and no interrupt comes", seen.count == before);
  judge("csrr mip", ", shows that one is pending", (read_csr(mip) & MACHINE_SOFTWARE) != 0);
  set_csr_bits(mstatus, MSTATUS_MIE);
  judge("csrs mstatus.MIE", ", and the interrupt comes", seen.count == before + 1 && seen.cause == (INTERRUPT | 3));
  judge("csrs mstatus.MIE", ", reads back set", (read_csr(mstatus) & MSTATUS_MIE) != 0);
  judge("interrupt", ", was taken with MIE clear and MPIE set",
        (seen.status & (MSTATUS_MIE | MSTATUS_MPIE)) == MSTATUS_MPIE);
  clear_csr_bits(mstatus, MSTATUS_MIE);
  clear_csr_bits(mie, MACHINE_SOFTWARE);

  // The mode that a trap came from is the mode that a kernel believes to be in. On x86 it was a push of CS that showed it.
  judge("ebreak", ", came from machine mode",
        traps_with(BREAKPOINT, trap_once()) && (seen.status & MSTATUS_MPP) == MSTATUS_MPP);
}

static void probe_supervisor(void) {
  mode = "S  ";
  write_csr(sscratch, 0x7654321);
  judge("csrw sscratch", ", reads back", read_csr(sscratch) == 0x7654321);
  judge("csrr satp", ", shows the table that is in use", read_csr(satp) >> 60 == 8);
  judge("csrr stvec", ", shows the handler", read_csr(stvec) == (word)supervisor_trap);

  clear_csr_bits(sstatus, SSTATUS_SUM);
  judge("csrc sstatus.SUM", ", reads back clear", (read_csr(sstatus) & SSTATUS_SUM) == 0);
  set_csr_bits(sstatus, SSTATUS_SUM);
  judge("csrs sstatus.SUM", ", reads back set", (read_csr(sstatus) & SSTATUS_SUM) != 0);
  clear_csr_bits(sstatus, SSTATUS_SUM);

  write_csr(sie, SUPERVISOR_SOFTWARE | SUPERVISOR_TIMER);
  judge("csrw sie", ", reads back", read_csr(sie) == (SUPERVISOR_SOFTWARE | SUPERVISOR_TIMER));
  write_csr(sie, SUPERVISOR_SOFTWARE);
  clear_csr_bits(sstatus, SSTATUS_SIE);
  judge("csrc sstatus.SIE", ", reads back clear", (read_csr(sstatus) & SSTATUS_SIE) == 0);
  word before = seen.count;
  set_csr_bits(sip, SUPERVISOR_SOFTWARE);
  judge("csrs sip.SSIP", ", reads back set", (read_csr(sip) & SUPERVISOR_SOFTWARE) != 0);
  judge("csrc sstatus.SIE", ", and no interrupt comes", seen.count == before);
  set_csr_bits(sstatus, SSTATUS_SIE);
  judge("csrs sstatus.SIE", ", and the interrupt comes", seen.count == before + 1 && seen.cause == (INTERRUPT | 1));
  judge("csrs sstatus.SIE", ", reads back set", (read_csr(sstatus) & SSTATUS_SIE) != 0);
  judge("interrupt", ", was taken with SIE clear and SPIE set",
        (seen.status & (SSTATUS_SIE | SSTATUS_SPIE)) == SSTATUS_SPIE);
  clear_csr_bits(sstatus, SSTATUS_SIE);
  judge("ebreak", ", came from supervisor mode",
        traps_with(BREAKPOINT, trap_once()) && (seen.status & SSTATUS_SPP) != 0);
  judge("csrr mstatus", ", traps", traps_with(ILLEGAL, (void)read_csr(mstatus)));
  judge("csrr mhartid", ", traps", traps_with(ILLEGAL, (void)read_csr(mhartid)));
  judge("mret", ", traps", traps_with(ILLEGAL, __asm__ volatile("mret")));
}

#define PROBES(use) \
  use(read_sstatus, "csrr sstatus") use(write_sstatus, "csrs sstatus.SIE") use(read_sie, "csrr sie") \
  use(write_sie, "csrw sie") use(read_stvec, "csrr stvec") use(write_sscratch, "csrw sscratch") \
  use(read_satp, "csrr satp") use(write_satp, "csrw satp") use(fence, "sfence.vma") use(sret, "sret") \
  use(read_mstatus, "csrr mstatus") use(read_mhartid, "csrr mhartid") use(mret, "mret")

#define DECLARE(name, text) void probe_##name(void);
PROBES(DECLARE)

// In user mode each sensitive instruction has to trap, and must have done nothing. `run_user` itself ends with an ecall.
static void probe_in_user(void (*probe)(void), const char *instruction) {
  word status = read_csr(sstatus) & SSTATUS_SIE, enabled = read_csr(sie), scratch = read_csr(sscratch);
  word before = seen.count;
  run_user(probe);
  int is_unchanged =
    (read_csr(sstatus) & SSTATUS_SIE) == status && read_csr(sie) == enabled && read_csr(sscratch) == scratch;
  judge(instruction, ", traps and changes nothing", seen.count == before + 2 && is_unchanged);
}

static void probe_user(void) {
  mode = "U  ";
  word before = seen.count;
  run_user(trap_once);
  judge("sret", ", went to user mode: ebreak and ecall came from there",
        seen.count == before + 2 && seen.cause == ECALL_FROM_USER && (seen.status & SSTATUS_SPP) == 0);
#define PROBE(name, text) probe_in_user(probe_##name, text);
  PROBES(PROBE)
}

static void supervisor_main(void) {
  probe_supervisor();
  probe_user();
  if (lies == 0) {
    put_string("every instruction told the truth\n");
  } else {
    put_decimal(lies);
    put_string(" lies: whoever runs this guest is not a machine\n");
  }
  finish(lies);
}

static word root[512] __attribute__((aligned(4096)));

void machine_main(void) {
  write_csr(mtvec, machine_trap);
  write_csr(stvec, supervisor_trap);
  probe_machine();

  const word leaf = RAM >> 2 | 0xcf;
  root[0] = 0xc7;  // devices
  root[2] = leaf;
  root[3] = leaf | 0x10;  // RAM once more, for user mode
  write_csr(pmpaddr0, -1);
  write_csr(pmpcfg0, 0x1f);
  write_csr(medeleg, 0xb1ff);
  write_csr(mideleg, 0x222);
  write_csr(satp, 8ul << 60 | (word)root >> 12);
  __asm__ volatile("sfence.vma" ::: "memory");
  clear_csr_bits(mstatus, MSTATUS_MPP);
  set_csr_bits(mstatus, 1ul << 11);
  write_csr(mepc, supervisor_main);
  __asm__ volatile("mret");
  judge("mret", ", went to supervisor mode", 0);
  finish(lies);
}
