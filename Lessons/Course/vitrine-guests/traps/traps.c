// Provokes every exception once and compares what the trap registers say with what the specification says.

#include "virt.h"

enum { U = 0, S = 1, M = 3, VU = 4, VS = 5 };
static const char *const mode_names[] = {"U", "S", "?", "M", "VU", "VS"};

#define ABSENT 0x40000000ul
#define USER_OFFSET 0x40000000ul  // where user mode sees the same RAM once more
#define DELEGATED 0xf0b5fful      // every exception but ecall from S and M
#define HAS_HYPERVISOR (1ul << 7) // in misa

extern struct { word by, cause, value; } seen;
extern char forbidden[];
void attempt(word mode, void (*function)(void));
void machine_trap(void), supervisor_trap(void);

void provoke_fetch_forbidden(void), provoke_load_forbidden(void), provoke_store_forbidden(void);
void provoke_illegal(void), provoke_breakpoint(void), provoke_ecall(void);
void provoke_load_misaligned(void), provoke_store_misaligned(void);
void provoke_fetch_absent(void), provoke_load_absent(void), provoke_store_absent(void);
void provoke_hypervisor_register(void);

// What xtval has to hold: an address, or what the specification leaves to the machine.
enum value { ADDRESS, OPEN };

struct exception {
  word cause;
  const char *name;
  word from, by;
  void (*provoke)(void);
  enum value kind;
  word value;
};

static const struct exception exceptions[] = {
  {1, "instruction access fault", S, S, provoke_fetch_forbidden, ADDRESS, (word)forbidden},
  {2, "illegal instruction", U, S, provoke_illegal, OPEN, 0},
  {3, "breakpoint", U, S, provoke_breakpoint, OPEN, 0},
  {4, "load address misaligned", S, S, provoke_load_misaligned, ADDRESS, (word)provoke_load_misaligned + 1},
  {5, "load access fault", S, S, provoke_load_forbidden, ADDRESS, (word)forbidden},
  {6, "store/AMO address misaligned", S, S, provoke_store_misaligned, ADDRESS, (word)provoke_store_misaligned + 1},
  {7, "store/AMO access fault", S, S, provoke_store_forbidden, ADDRESS, (word)forbidden},
  {8, "environment call", U, S, provoke_ecall, OPEN, 0},
  {8, "environment call", VU, S, provoke_ecall, OPEN, 0},
  {9, "environment call", S, M, provoke_ecall, OPEN, 0},
  {10, "environment call", VS, S, provoke_ecall, OPEN, 0},
  {11, "environment call", M, M, provoke_ecall, OPEN, 0},
  {12, "instruction page fault", U, S, provoke_fetch_absent, ADDRESS, ABSENT},
  {13, "load page fault", U, S, provoke_load_absent, ADDRESS, ABSENT},
  {15, "store/AMO page fault", U, S, provoke_store_absent, ADDRESS, ABSENT},
  {20, "instruction guest-page fault", VS, S, provoke_fetch_absent, ADDRESS, ABSENT},
  {21, "load guest-page fault", VU, S, provoke_load_absent, ADDRESS, ABSENT},
  {22, "virtual instruction", VS, S, provoke_hypervisor_register, OPEN, 0},
  {23, "store/AMO guest-page fault", VS, S, provoke_store_absent, ADDRESS, ABSENT},
};

static unsigned failures = 0;

static void try(const struct exception *exception) {
  word function = (word)exception->provoke;
  attempt(exception->from, (void (*)(void))(exception->from == U ? function + USER_OFFSET : function));
  int right = seen.cause == exception->cause && seen.by == exception->by
    && (exception->kind == OPEN || seen.value == exception->value);

  put_string(seen.cause < 10 ? "cause  " : "cause ");
  put_decimal(seen.cause);
  put_string("  ");
  put_string(exception->name);
  put_string(", from ");
  put_string(mode_names[exception->from]);
  put_string(", taken in ");
  put_string(mode_names[seen.by]);
  if (exception->kind == ADDRESS) {
    put_string(", at ");
    put_hex(seen.value);
  }
  put_string(right ? "\n" : ": NOT as specified\n");
  if (!right) failures += 1;
}

// One level of tables is enough: a gigabyte an entry.
static word root[512] __attribute__((aligned(4096)));
static word guest_root[2048] __attribute__((aligned(16384)));

static void set_up(void) {
  const word leaf = RAM >> 2 | 0xcf;  // valid, readable, writable, executable, accessed and dirty
  root[RAM >> 30] = leaf;
  root[(RAM + USER_OFFSET) >> 30] = leaf | 0x10;
  write_csr(satp, 8ul << 60 | (word)root >> 12);
  __asm__ volatile("sfence.vma" ::: "memory");

  // The first entry that matches an address decides: one page for nobody, then everything for all.
  write_csr(pmpaddr0, (word)forbidden >> 2 | (4096 / 8 - 1));
  write_csr(pmpaddr1, -1);
  write_csr(pmpcfg0, 0x1f18);

  write_csr(medeleg, DELEGATED);
  write_csr(mtvec, machine_trap);
  write_csr(stvec, supervisor_trap);
}

// The guest's own translation is off: its addresses are guest-physical ones, and only the second stage is in the way.
static void set_up_guest(void) {
  guest_root[RAM >> 30] = RAM >> 2 | 0xdf;  // the second stage checks every access as one from user mode
  write_csr(hgatp, 8ul << 60 | (word)guest_root >> 12);
  write_csr(vsatp, 0);
  __asm__ volatile(".option push; .option arch, +h; hfence.gvma; .option pop" ::: "memory");
}

void machine_main(void) {
  int has_hypervisor = (read_csr(misa) & HAS_HYPERVISOR) != 0;
  set_up();
  if (has_hypervisor) set_up_guest();
  put_string("cause  0  instruction address misaligned: never, for instructions may be two bytes long\n");
  for (unsigned i = 0; i < sizeof exceptions / sizeof *exceptions; i += 1) {
    if (exceptions[i].from < VU || has_hypervisor) try(&exceptions[i]);
  }
  if (!has_hypervisor) put_string("no hypervisor extension: no guest modes to trap from\n");
  finish(failures);
}
