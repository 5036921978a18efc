// A kernel that tries everything once. A check that fails says what a hart does, and ends the run.

#include "call.h"

#define SSTATUS_UXL (3ul << 32)
#define SSTATUS_MXR (1ul << 19)

extern char read_sstatus_as_user[], sret_as_user[], fence_as_user[], breakpoint_as_user[], call_as_user[];
word sret_here(word status);

static unsigned checks = 0;

static void check(int is_right, const char *what) {
  checks += 1;
  if (is_right) return;
  say("csrs: not as a hart does it: ");
  say(what);
  say("\n");
  end(1);
}

// The last trap that was expected, and what the kernel does behind it.
static struct trap_frame seen;
static word traps = 0;
static int is_expected = 0;

void handle_trap(struct trap_frame *frame) {
  if (!is_expected) {
    say("csrs: a trap that nobody asked for, cause ");
    say_decimal(frame->cause);
    say("\n");
    end(1);
  }
  is_expected = 0;
  traps += 1;
  seen = *frame;
  if (frame->x[0] == 0) leave_program();  // it has done its part
  frame->pc += 4;
}

// `instruction` traps, here in the kernel, with the cause "illegal instruction".
#define check_illegal(instruction, what) \
  do { \
    is_expected = 1; \
    seen.cause = 0; \
    __asm__ volatile(".option push; .option norvc; " instruction "; .option pop" ::: "t0", "memory"); \
    check(is_expected == 0 && seen.cause == CAUSE_ILLEGAL, what); \
    check((seen.status & SSTATUS_SPP) != 0, "a trap from supervisor mode sets SPP"); \
    is_expected = 0; \
  } while (0)

static void run_as_user(const char *program, word status) {
  is_expected = 1;
  run_program((word)program, status, 0);
}

static void reading_and_writing(void) {
  word old;
  write_csr(sscratch, 0x1234);
  __asm__ volatile("csrrw %0, sscratch, %1" : "=r"(old) : "r"(0xf0ul));
  check(old == 0x1234, "csrrw gives the old value");
  check(read_csr(sscratch) == 0xf0, "csrrw writes the new value");
  __asm__ volatile("csrrs %0, sscratch, %1" : "=r"(old) : "r"(0x0ful));
  check(old == 0xf0 && read_csr(sscratch) == 0xff, "csrrs gives the old value and sets bits");
  __asm__ volatile("csrrc %0, sscratch, %1" : "=r"(old) : "r"(0x3cul));
  check(old == 0xff && read_csr(sscratch) == 0xc3, "csrrc gives the old value and clears bits");
  __asm__ volatile("csrrwi %0, sscratch, 21" : "=r"(old));
  check(old == 0xc3 && read_csr(sscratch) == 21, "csrrwi writes five bits of the instruction");
  __asm__ volatile("csrrsi %0, sscratch, 10" : "=r"(old));
  check(old == 21 && read_csr(sscratch) == 31, "csrrsi sets bits");
  __asm__ volatile("csrrci %0, sscratch, 6" : "=r"(old));
  check(old == 31 && read_csr(sscratch) == 25, "csrrci clears bits");
  __asm__ volatile("csrrw zero, sscratch, %0" ::"r"(-1ul));
  check(read_csr(sscratch) == -1ul, "csrrw with x0 as destination writes all the same");
  __asm__ volatile("csrrw %0, sscratch, zero" : "=r"(old));
  check(old == -1ul && read_csr(sscratch) == 0, "csrrw with x0 as source writes 0");
  word both = 77;
  write_csr(sscratch, 5);
  __asm__ volatile("csrrw %0, sscratch, %0" : "+r"(both));
  check(both == 5 && read_csr(sscratch) == 77, "csrrw with one register exchanges it with the CSR");
  write_csr(sscratch, 0);
}

static void bits_that_cannot_be_written(void) {
  const word before = read_csr(sstatus);
  check((before & SSTATUS_UXL) == 2ul << 32, "sstatus.UXL is 2: programs have 64 bits");
  set_csr_bits(sstatus, 3ul << 11 | 1ul << 4);
  check(read_csr(sstatus) == before, "bits of sstatus that are M-mode's, or nobody's, cannot be written");
  set_csr_bits(sstatus, SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SPP | SSTATUS_SPIE);
  check(
      read_csr(sstatus) == (before | SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SPP | SSTATUS_SPIE),
      "SUM, MXR, SPP and SPIE of sstatus can be written");
  write_csr(sstatus, before);
  write_csr(sepc, 0x80200007);
  check(read_csr(sepc) == 0x80200006, "the lowest bit of sepc is always 0");
  write_csr(scause, 1ul << 63 | 9);
  check(read_csr(scause) == (1ul << 63 | 9), "scause can be written");
  write_csr(stval, 0x123456789abcdef0);
  check(read_csr(stval) == 0x123456789abcdef0, "stval can be written");
  write_csr(satp, 3ul << 60 | 5);
  check(read_csr(satp) == 0, "a mode of satp that does not exist: the whole write does nothing");
  write_csr(sie, -1ul);
  check((read_csr(sie) & 0xfff) == 0x222, "sie has the three interrupts of S-mode");
  write_csr(sie, 0);
}

static void not_the_kernels(void) {
  check_illegal("csrr t0, mstatus", "mstatus may not be read in S-mode: illegal instruction");
  check(seen.value == 0 || (seen.value & 0x7f) == 0x73, "stval has the illegal instruction, or 0");
  check_illegal("csrw mscratch, zero", "mscratch may not be written in S-mode: illegal instruction");
  check_illegal("csrw cycle, zero", "cycle cannot be written: illegal instruction");
  check_illegal("mret", "mret in S-mode: illegal instruction");
  check_illegal(".word 0xffffffff", "an instruction that is none: illegal instruction");
}

static void programs(void) {
  const word before = read_csr(sstatus) & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
  run_as_user(call_as_user, before);
  check(seen.cause == CAUSE_ECALL_FROM_USER, "ecall in a program: the cause is 8");
  check(seen.pc == (word)call_as_user, "ecall in a program: sepc is the ecall's own address");
  check((seen.status & SSTATUS_SPP) == 0, "a trap from a program clears SPP");
  check((seen.status & SSTATUS_SPIE) == 0, "a trap with SIE clear clears SPIE");
  run_as_user(call_as_user, before | SSTATUS_SPIE);
  check((seen.status & SSTATUS_SPIE) != 0, "sret moves SPIE to SIE, and the trap moves SIE to SPIE");
  check((read_csr(sstatus) & SSTATUS_SIE) == 0, "a trap clears SIE");
  run_as_user(read_sstatus_as_user, before);
  check(
      seen.cause == CAUSE_ILLEGAL && seen.pc == (word)read_sstatus_as_user,
      "a program may not read sstatus: illegal instruction");
  run_as_user(sret_as_user, before);
  check(seen.cause == CAUSE_ILLEGAL && seen.pc == (word)sret_as_user, "a program may not sret: illegal instruction");
  run_as_user(fence_as_user, before);
  check(
      seen.cause == CAUSE_ILLEGAL && seen.pc == (word)fence_as_user, "a program may not sfence.vma: illegal instruction");
  run_as_user(breakpoint_as_user, before);
  check(
      seen.cause == CAUSE_BREAKPOINT && seen.pc == (word)breakpoint_as_user,
      "ebreak in a program is the kernel's business");
}

static void returns(void) {
  const word before = read_csr(sstatus) & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
  word after = sret_here(before | SSTATUS_SPP);
  check((after & SSTATUS_SPP) == 0, "sret clears SPP");
  check((after & SSTATUS_SPIE) != 0, "sret sets SPIE");
  check((after & SSTATUS_SIE) == 0, "sret with SPIE clear clears SIE");
  after = sret_here(before | SSTATUS_SPP | SSTATUS_SPIE);
  check((after & SSTATUS_SIE) != 0, "sret with SPIE set sets SIE");
  __asm__ volatile("sfence.vma; sfence.vma %0; sfence.vma zero, %0; sfence.vma %0, %0" ::"r"(0x1000ul) : "memory");
  checks += 1;
}

void kernel_main(void) {
  say("csrs: reading and writing\n");
  reading_and_writing();
  say("csrs: bits that cannot be written\n");
  bits_that_cannot_be_written();
  say("csrs: what is not the kernel's\n");
  not_the_kernels();
  say("csrs: programs\n");
  programs();
  say("csrs: returns\n");
  returns();
  say("csrs: all as a hart does it, checks: ");
  say_decimal(checks);
  say("\n");
  end(0);
}
