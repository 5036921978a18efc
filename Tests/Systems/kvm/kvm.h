// The part of Linux's interface to KVM that host.c needs, after the kernel's Documentation/virt/kvm/api.rst. Written out here
// because the headers of the machine that builds this describe its own architecture.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

// _IO and _IOW of KVM's letter.
#define KVM_IO(number) (0xae00u | (number))
#define KVM_IOW(number, type) (0x40000000u | (u32)sizeof(type) << 16 | KVM_IO(number))

struct kvm_memory {
  u32 slot;
  u32 flags;
  u64 guest_address;
  u64 bytes;
  u64 host_address;
};

struct kvm_register {
  u64 name;
  u64 address_of_value;
};

#define KVM_GET_API_VERSION KVM_IO(0x00)
#define KVM_CREATE_VM KVM_IO(0x01)
#define KVM_GET_VCPU_MMAP_SIZE KVM_IO(0x04)
#define KVM_CREATE_VCPU KVM_IO(0x41)
#define KVM_SET_USER_MEMORY_REGION KVM_IOW(0x46, struct kvm_memory)
#define KVM_RUN KVM_IO(0x80)
#define KVM_SET_ONE_REG KVM_IOW(0xac, struct kvm_register)

// RISC-V, 64 bits, core registers: pc is the first of them, a1 the twelfth. The switch of SBI's debug console, the tenth extension.
#define KVM_REGISTER_PC 0x8030000002000000ul
#define KVM_REGISTER_A1 0x803000000200000bul
#define KVM_REGISTER_DEBUG_CONSOLE 0x8030000008000009ul

#define SBI_DEBUG_CONSOLE 0x4442434eul
enum { KVM_EXIT_MMIO = 6, KVM_EXIT_SYSTEM_EVENT = 24, KVM_EXIT_RISCV_SBI = 35 };

// What the kernel and the program share of a virtual hart.
struct kvm_run {
  u8 requests[8];
  u32 exit_reason;
  u8 flags[4];
  u64 padding[2];
  union {
    struct {
      u64 address;
      u8 data[8];
      u32 bytes;
      u8 is_write;
    } mmio;
    struct {
      u64 extension, function, arguments[6], results[2];
    } sbi;
    struct {
      u32 type;
    } event;
  };
};
