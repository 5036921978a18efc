// Firmware that tries everything once: the CSRs of machine mode, and what they do to the modes below. A check that fails says what a hart
// does, and ends the run.

#include "kernel.h"

#define MSTATUS_MIE (1ul << 3)
#define MSTATUS_MPIE (1ul << 7)
#define MSTATUS_MPP (3ul << 11)
#define MSTATUS_TVM (1ul << 20)
#define MSTATUS_TW (1ul << 21)
#define MSTATUS_TSR (1ul << 22)
#define SSTATUS_MXR (1ul << 19)
#define FROM_U (0ul << 11)
#define FROM_S (1ul << 11)
#define FROM_M (3ul << 11)
#define CALL_FROM_U 8
#define CALL_FROM_S 9
#define CALL_FROM_M 11
#define NOWHERE 0x8000000ul  // neither memory nor a device

extern char call_above[], no_instruction[], read_mstatus[], write_mscratch[], write_mhartid[], read_sstatus[], try_mret[], try_sret[],
    try_wfi[], try_fence[], read_satp[], write_satp[], load_from[], sret_to_call[], call_from_handler[];
void try_as(word status, const char *pc, word argument);
word mret_here(word status);
void machine_trap(void);
void supervisor_trap_here(void);

// The last trap that machine mode has taken, and the last that supervisor mode has.
struct { word cause, pc, value, status, a0; } seen, seen_below;

static word plain;  // mstatus without anything that is tried here
static unsigned checks = 0;

static void check(int is_right, const char *what) {
  checks += 1;
  if (is_right) return;
  put_string("csrs: not as a hart does it: ");
  put_string(what);
  put_string("\n");
  finish(1);
}

void unasked_trap(void) {
  put_string("csrs: a trap that nobody asked for, cause ");
  put_decimal(seen.cause);
  put_string(" at ");
  put_hex(seen.pc);
  put_string("\n");
  finish(1);
}

static void reading_and_writing(void) {
  word old;
  write_csr(mscratch, 0x1234);
  __asm__ volatile("csrrw %0, mscratch, %1" : "=r"(old) : "r"(0xf0ul));
  check(old == 0x1234 && read_csr(mscratch) == 0xf0, "csrrw of mscratch gives the old value and writes the new one");
  __asm__ volatile("csrrs %0, mscratch, %1" : "=r"(old) : "r"(0x0ful));
  check(old == 0xf0 && read_csr(mscratch) == 0xff, "csrrs of mscratch sets bits");
  __asm__ volatile("csrrci %0, mscratch, 6" : "=r"(old));
  check(old == 0xff && read_csr(mscratch) == 0xf9, "csrrci of mscratch clears bits");
  write_csr(mcause, 1ul << 63 | 11);
  check(read_csr(mcause) == (1ul << 63 | 11), "mcause can be written");
  write_csr(mtval, 0x123456789abcdef0);
  check(read_csr(mtval) == 0x123456789abcdef0, "mtval can be written");
  write_csr(mcounteren, 5);
  check(read_csr(mcounteren) == 5, "mcounteren can be written");
  write_csr(scounteren, 3);
  check(read_csr(scounteren) == 3, "scounteren can be written");
  check(read_csr(mhartid) == 0, "this is hart 0");
}

static void bits_that_cannot_be_written(void) {
  write_csr(mepc, 0x80000007);
  check(read_csr(mepc) == 0x80000006, "the lowest bit of mepc is always 0");
  write_csr(mstatus, plain | FROM_S);
  set_csr_bits(mstatus, 3ul << 11);
  check((read_csr(mstatus) & MSTATUS_MPP) == FROM_M, "mstatus.MPP can be 3");
  write_csr(mstatus, plain | FROM_S);
  write_csr(mstatus, plain | 2ul << 11);
  check((read_csr(mstatus) & MSTATUS_MPP) != 2ul << 11, "mstatus.MPP is never 2: there is no such mode");
  write_csr(mstatus, plain);
  check((read_csr(mstatus) & 15ul << 32) == 10ul << 32, "mstatus.UXL and SXL are 2: 64 bits");
  write_csr(medeleg, -1ul);
  check((read_csr(medeleg) & 1 << CALL_FROM_M) == 0, "a call from machine mode cannot be delegated");
  check((read_csr(medeleg) & 0xb3ff) == 0xb3ff, "the exceptions below machine mode can be delegated");
  write_csr(medeleg, 0);
  write_csr(mideleg, -1ul);
  check((read_csr(mideleg) & 0xaaa) == 0x222, "the three interrupts of supervisor mode can be delegated, and no other");
  write_csr(mideleg, 0);
  write_csr(mie, -1ul);
  check((read_csr(mie) & 0xaaa) == 0xaaa, "mie has the interrupts of both modes");
  write_csr(mie, 0);
}

static void parts(void) {
  set_csr_bits(sstatus, SSTATUS_SUM);
  check((read_csr(mstatus) & SSTATUS_SUM) != 0, "what is set in sstatus is set in mstatus");
  clear_csr_bits(mstatus, SSTATUS_SUM);
  set_csr_bits(mstatus, SSTATUS_MXR);
  check((read_csr(sstatus) & (SSTATUS_SUM | SSTATUS_MXR)) == SSTATUS_MXR, "what is written in mstatus is seen in sstatus");
  write_csr(mstatus, plain | MSTATUS_MPIE | FROM_M | MSTATUS_TSR);
  check((read_csr(sstatus) & (MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_TSR)) == 0, "sstatus does not show what is machine mode's");
  write_csr(sstatus, 0);
  check(
      (read_csr(mstatus) & (MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_TSR)) == (MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_TSR),
      "a write of sstatus leaves what is machine mode's");
  write_csr(mstatus, plain);
  write_csr(mie, 0xaaa);
  check((read_csr(sie) & 0xaaa) == 0, "sie shows nothing that is not delegated");
  write_csr(mideleg, 0x22);
  check((read_csr(sie) & 0xaaa) == 0x22, "sie shows what is delegated of mie");
  write_csr(sie, 0);
  check((read_csr(mie) & 0xaaa) == 0xa88, "a write of sie leaves what is not delegated");
  write_csr(mie, 0);
  write_csr(mideleg, 0);
}

static void traps(void) {
  try_as(plain | FROM_M, call_above, 0);
  check(seen.cause == CALL_FROM_M && seen.pc == (word)call_above, "ecall in machine mode: mcause is 11, mepc its own address");
  check((seen.status & MSTATUS_MPP) == FROM_M, "a trap from machine mode: MPP is 3");
  check((seen.status & (MSTATUS_MPIE | MSTATUS_MIE)) == 0, "a trap with MIE clear clears MPIE");
  try_as(plain | FROM_M | MSTATUS_MPIE, call_above, 0);
  check(
      (seen.status & (MSTATUS_MPIE | MSTATUS_MIE)) == MSTATUS_MPIE,
      "mret moves MPIE to MIE, and the trap moves MIE to MPIE and clears MIE");
  try_as(plain | FROM_S | SSTATUS_SPIE, call_above, 0);
  check(seen.cause == CALL_FROM_S && (seen.status & MSTATUS_MPP) == FROM_S, "ecall in supervisor mode: mcause is 9, MPP 1");
  check((seen.status & SSTATUS_SPIE) != 0, "a trap to machine mode leaves SPIE");
  try_as(plain | FROM_U, call_above, 0);
  check(seen.cause == CALL_FROM_U && (seen.status & MSTATUS_MPP) == FROM_U, "ecall in user mode: mcause is 8, MPP 0");
  try_as(plain | FROM_M, no_instruction, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)no_instruction, "an instruction that is none: mcause is 2");
  check(seen.value == 0 || seen.value == 0xffffffff, "mtval has the illegal instruction, or 0");
  try_as(plain | FROM_M, write_mhartid, 0);
  check(seen.cause == CAUSE_ILLEGAL, "mhartid cannot be written: illegal instruction");
  try_as(plain | FROM_M, load_from, NOWHERE);
  check(seen.cause == CAUSE_LOAD_ACCESS && seen.value == NOWHERE, "a load where nothing is: a load access fault, mtval the address");
}

static void not_theirs(void) {
  write_csr(mscratch, 1);
  try_as(plain | FROM_S, read_mstatus, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)read_mstatus, "a kernel may not read mstatus: illegal instruction");
  try_as(plain | FROM_S, write_mscratch, 2);
  check(seen.cause == CAUSE_ILLEGAL && read_csr(mscratch) == 1, "a kernel may not write mscratch: illegal instruction");
  try_as(plain | FROM_S, try_mret, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)try_mret, "a kernel may not mret: illegal instruction");
  try_as(plain | FROM_S, read_sstatus, 0);
  check(seen.cause == CALL_FROM_S, "a kernel may read sstatus");
  try_as(plain | FROM_U, read_mstatus, 0);
  check(seen.cause == CAUSE_ILLEGAL, "a program may not read mstatus: illegal instruction");
  try_as(plain | FROM_U, read_sstatus, 0);
  check(seen.cause == CAUSE_ILLEGAL, "a program may not read sstatus: illegal instruction");
}

// What supervisor mode has taken comes back as its handler's call.
static int was_delegated(word cause, const char *pc) {
  return seen.cause == CALL_FROM_S && seen.pc == (word)call_from_handler && seen_below.cause == cause && seen_below.pc == (word)pc;
}

static void delegation(void) {
  write_csr(stvec, supervisor_trap_here);
  write_csr(medeleg, 1 << CALL_FROM_U);
  try_as(plain | FROM_U | SSTATUS_SPP, call_above, 0);
  check(was_delegated(CALL_FROM_U, call_above), "a program's call that is delegated goes to supervisor mode: scause is 8");
  check((seen_below.status & SSTATUS_SPP) == 0, "... and clears SPP");
  try_as(plain | FROM_U, no_instruction, 0);
  check(seen.cause == CAUSE_ILLEGAL && (seen.status & MSTATUS_MPP) == FROM_U, "what is not delegated goes to machine mode: MPP is 0");
  write_csr(medeleg, 1 << CAUSE_ILLEGAL);
  try_as(plain | FROM_S, no_instruction, 0);
  check(was_delegated(CAUSE_ILLEGAL, no_instruction), "an illegal instruction of a kernel that is delegated: the kernel's own");
  check((seen_below.status & SSTATUS_SPP) != 0, "... and sets SPP");
  seen_below.cause = 0;
  try_as(plain | FROM_M, no_instruction, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen_below.cause == 0, "a trap in machine mode is never delegated");
  try_as(plain | FROM_U, call_above, 0);
  check(seen.cause == CALL_FROM_U && seen_below.cause == 0, "a program's call that is not delegated goes to machine mode");
  write_csr(medeleg, 0);
}

static void returns(void) {
  word after = mret_here(plain | FROM_M);
  check((after & MSTATUS_MPP) == FROM_U, "mret clears MPP");
  check((after & MSTATUS_MPIE) != 0, "mret sets MPIE");
  check((after & MSTATUS_MIE) == 0, "mret with MPIE clear clears MIE");
  after = mret_here(plain | FROM_M | MSTATUS_MPIE);
  check((after & MSTATUS_MIE) != 0, "mret with MPIE set sets MIE");
  after = mret_here(plain | FROM_M | SSTATUS_SPP);
  check((after & SSTATUS_SPP) != 0, "mret leaves SPP");
  try_as(plain | FROM_M | SSTATUS_SPP, sret_to_call, 0);
  check(seen.cause == CALL_FROM_S, "sret in machine mode goes to the mode that SPP names");
}

static void forbidden(void) {
  const word all = MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR;
  try_as(plain | FROM_S | MSTATUS_TSR, try_sret, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)try_sret, "with TSR set a kernel may not sret: illegal instruction");
  try_as(plain | FROM_S | MSTATUS_TW, try_wfi, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)try_wfi, "with TW set a kernel may not wait: illegal instruction");
  try_as(plain | FROM_S | MSTATUS_TVM, try_fence, 0);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)try_fence, "with TVM set a kernel may not sfence.vma: illegal instruction");
  try_as(plain | FROM_S | MSTATUS_TVM, read_satp, 0);
  check(seen.cause == CAUSE_ILLEGAL, "with TVM set a kernel may not read satp: illegal instruction");
  try_as(plain | FROM_S | MSTATUS_TVM, write_satp, 0);
  check(seen.cause == CAUSE_ILLEGAL, "with TVM set a kernel may not write satp: illegal instruction");
  try_as(plain | FROM_S | (all & ~MSTATUS_TVM), try_fence, 0);
  check(seen.cause == CALL_FROM_S, "without TVM it may sfence.vma");
  try_as(plain | FROM_S | all, read_sstatus, 0);
  check(seen.cause == CALL_FROM_S, "it may read sstatus whatever is forbidden");
  try_as(plain | FROM_M | all, try_fence, 0);
  check(seen.cause == CALL_FROM_M, "to machine mode nothing of this is forbidden");
}

void machine_main(void) {
  write_csr(mtvec, machine_trap);
  write_csr(pmpaddr0, -1ul);
  write_csr(pmpcfg0, 0x1f);  // what protects memory lets everybody pass
  plain = read_csr(mstatus) & ~(MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);
  put_string("csrs: machine mode\n");
  reading_and_writing();
  put_string("csrs: machine mode's bits\n");
  bits_that_cannot_be_written();
  put_string("csrs: parts of registers\n");
  parts();
  put_string("csrs: machine traps\n");
  traps();
  put_string("csrs: what is not theirs\n");
  not_theirs();
  put_string("csrs: delegation\n");
  delegation();
  put_string("csrs: machine returns\n");
  returns();
  put_string("csrs: what firmware forbids\n");
  forbidden();
  put_string("csrs: all as a hart does it, checks: ");
  put_decimal(checks);
  put_string("\n");
  finish(0);
}
