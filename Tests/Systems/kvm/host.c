// A virtual machine monitor as small as can be: one virtual machine of Linux's KVM with one virtual hart. It prints each exit
// that reaches it, so that a test can compare the lines. No libc: it is linked by itself.
//
//   kvm-host                        runs guest.S
//   kvm-host KERNEL INITRD TREE     runs a Linux; the three lie where nested.sh's device tree says
#include "kvm.h"

enum { SYSTEM_IOCTL = 29, SYSTEM_OPENAT = 56, SYSTEM_READ = 63, SYSTEM_WRITE = 64, SYSTEM_EXIT = 93, SYSTEM_MMAP = 222 };
enum { READ_WRITE = 2, PROTECTION_READ_WRITE = 3, MAP_SHARED = 1, MAP_PRIVATE_ANONYMOUS = 0x22, RELATIVE_TO_CWD = -100 };

static const u64 guest_base = 0x80000000, guest_bytes = 256 << 20, device = 0x10000000;
static const u64 kernel_offset = 2 << 20, initrd_offset = 128 << 20, tree_offset = 192 << 20;
extern const u8 guest_start[], guest_end[];

static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long a0 asm("a0") = a, a1 asm("a1") = b, a2 asm("a2") = c;
  register long a3 asm("a3") = d, a4 asm("a4") = e, a5 asm("a5") = f, a7 asm("a7") = number;
  asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
  return a0;
}

static void text(const char *string) {
  long length = 0;
  while (string[length]) length++;
  call(SYSTEM_WRITE, 1, (long)string, length, 0, 0, 0);
}

static void hexadecimal(u64 value) {
  char digits[] = "0x0000000000000000";
  for (int at = 17; at > 1; at--, value >>= 4) digits[at] = "0123456789abcdef"[value & 15];
  text(digits);
}

static void finish(int status) {
  for (;;) call(SYSTEM_EXIT, status, 0, 0, 0, 0, 0);
}

// The result of a system call, which must not be an error.
static long need(const char *what, long result) {
  if (result >= 0) return result;
  text("kvm-host: FAILED: ");
  text(what);
  text(": errno ");
  hexadecimal((u64)-result);
  text("\n");
  finish(1);
  return result;
}

static long control(const char *what, long file, u32 request, long argument) {
  return need(what, call(SYSTEM_IOCTL, file, request, argument, 0, 0, 0));
}

static void *map(const char *what, u64 bytes, long flags, long file) {
  return (void *)need(what, call(SYSTEM_MMAP, 0, (long)bytes, PROTECTION_READ_WRITE, flags, file, 0));
}

static void set(long hart, u64 name, u64 value) {
  struct kvm_register assignment = {.name = name, .address_of_value = (u64)&value};
  control("KVM_SET_ONE_REG", hart, KVM_SET_ONE_REG, (long)&assignment);
}

static void load(const char *path, u8 *memory, u64 offset) {
  long file = need(path, call(SYSTEM_OPENAT, RELATIVE_TO_CWD, (long)path, 0, 0, 0, 0)), count;
  do {
    count = need(path, call(SYSTEM_READ, file, (long)(memory + offset), (long)(guest_bytes - offset), 0, 0, 0));
    offset += (u64)count;
  } while (count);
}

// The one device of the machine: it says what is written, and a read gives twice the address.
static void serve(struct kvm_run *run) {
  u64 value = 0;
  if (run->mmio.is_write) {
    for (u32 at = run->mmio.bytes; at-- > 0;) value = value << 8 | run->mmio.data[at];
  } else {
    value = run->mmio.address * 2;
    for (u32 at = 0; at < run->mmio.bytes; at++) run->mmio.data[at] = (u8)(value >> 8 * at);
  }
  text(run->mmio.is_write ? "kvm-host: store " : "kvm-host: load ");
  hexadecimal(run->mmio.bytes);
  text(" bytes at ");
  hexadecimal(run->mmio.address);
  text(": ");
  hexadecimal(value);
  text("\n");
  if (run->mmio.address - device >= 0x1000) need("the device's address", -1);
}

// SBI's debug console: a byte, or as many as the first argument says from the address in the second.
static void console(struct kvm_run *run, const u8 *memory) {
  const u8 letter = (u8)run->sbi.arguments[0];
  u64 count = run->sbi.arguments[0], offset = run->sbi.arguments[1] - guest_base;
  run->sbi.results[0] = 0;
  run->sbi.results[1] = 0;
  if (run->sbi.function == 2) {
    call(SYSTEM_WRITE, 1, (long)&letter, 1, 0, 0, 0);
  } else if (run->sbi.function == 0 && offset <= guest_bytes && count <= guest_bytes - offset) {
    run->sbi.results[1] = (u64)call(SYSTEM_WRITE, 1, (long)(memory + offset), (long)count, 0, 0, 0);
  } else {
    need("a call of SBI's console", -1);
  }
}

// The stack begins with the count of arguments and their addresses.
void host_main(long *stack) {
  const char **arguments = (const char **)(stack + 1);
  long kvm = need("open /dev/kvm", call(SYSTEM_OPENAT, RELATIVE_TO_CWD, (long)"/dev/kvm", READ_WRITE, 0, 0, 0));
  if (control("KVM_GET_API_VERSION", kvm, KVM_GET_API_VERSION, 0) != 12) need("the API's version", -1);
  long machine = control("KVM_CREATE_VM", kvm, KVM_CREATE_VM, 0);

  u8 *memory = map("the guest's memory", guest_bytes, MAP_PRIVATE_ANONYMOUS, -1);
  if (stack[0] == 4) {
    load(arguments[1], memory, kernel_offset);
    load(arguments[2], memory, initrd_offset);
    load(arguments[3], memory, tree_offset);
  } else {
    for (long at = 0; guest_start + at < guest_end; at++) ((volatile u8 *)memory)[at] = guest_start[at];
  }
  struct kvm_memory region = {.guest_address = guest_base, .bytes = guest_bytes, .host_address = (u64)memory};
  control("KVM_SET_USER_MEMORY_REGION", machine, KVM_SET_USER_MEMORY_REGION, (long)&region);

  long hart = control("KVM_CREATE_VCPU", machine, KVM_CREATE_VCPU, 0);
  long shared = control("KVM_GET_VCPU_MMAP_SIZE", kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  struct kvm_run *run = map("what is shared of the hart", (u64)shared, MAP_SHARED, hart);
  set(hart, KVM_REGISTER_PC, guest_base + (stack[0] == 4 ? kernel_offset : 0));
  set(hart, KVM_REGISTER_A1, guest_base + tree_offset);
  set(hart, KVM_REGISTER_DEBUG_CONSOLE, 1);
  text("kvm-host: the guest starts\n");

  for (;;) {
    control("KVM_RUN", hart, KVM_RUN, 0);
    if (run->exit_reason == KVM_EXIT_MMIO) {
      serve(run);
    } else if (run->exit_reason == KVM_EXIT_RISCV_SBI && run->sbi.extension == SBI_DEBUG_CONSOLE) {
      console(run, memory);
    } else if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT) {
      text("kvm-host: the guest shuts down: ");
      hexadecimal(run->event.type);
      text("\n");
      finish(run->event.type == 1 ? 0 : 1);
    } else {
      text("kvm-host: FAILED: exit ");
      hexadecimal(run->exit_reason);
      text("\n");
      finish(1);
    }
  }
}

asm(".globl _start\n"
    "_start:\n"
    ".option push\n"
    ".option norelax\n"
    "  lla gp, __global_pointer$\n"
    ".option pop\n"
    "  mv a0, sp\n"
    "  call host_main\n");
