// Virtio devices, given queues and descriptors that no driver would.

#include "rogue.h"

#define SLOTS 0x10001000  // eight virtio slots, 0x1000 apart
#define MAGIC 0x74726976
#define WILD (~0ul)

enum {
  MAGIC_VALUE = 0x000, VERSION = 0x004, DEVICE_ID = 0x008, DRIVER_FEATURES = 0x020, DRIVER_FEATURES_SELECT = 0x024,
  QUEUE_SELECT = 0x030, QUEUE_NUM = 0x038, QUEUE_READY = 0x044, QUEUE_NOTIFY = 0x050, INTERRUPT_ACK = 0x064, STATUS = 0x070,
  QUEUE_DESCRIPTORS = 0x080, QUEUE_AVAILABLE = 0x090, QUEUE_USED = 0x0a0
};
enum { NEXT = 1, DEVICE_WRITES = 2, INDIRECT = 4 };  // flags of a descriptor

struct descriptor { word address; unsigned size; unsigned short flags, next; };

// A queue of four, in memory that is the guest's to lose.
static volatile struct {
  struct descriptor descriptors[4];
  struct { unsigned short flags, index, ring[4]; } available;
  struct { unsigned short flags, index; struct { unsigned head, size; } ring[4]; } used;
} queue __attribute__((aligned(64)));

static word slot;
static volatile unsigned *reg(word offset) { return (volatile unsigned *)(slot + offset); }

static void set_address(word offset, word place) {
  *reg(offset) = (unsigned)place;
  *reg(offset + 4) = (unsigned)(place >> 32);
}

// Resets the device and takes it up to DRIVER_OK, with one queue of a size and at places of the attacker's choice.
static void set_up(unsigned number, unsigned size, word descriptors, word available, word used) {
  *reg(STATUS) = 0;
  *reg(STATUS) = 3;
  *reg(DRIVER_FEATURES_SELECT) = 1;
  *reg(DRIVER_FEATURES) = 1;  // VERSION_1
  *reg(STATUS) = 11;
  *reg(QUEUE_SELECT) = number;
  *reg(QUEUE_NUM) = size;
  set_address(QUEUE_DESCRIPTORS, descriptors);
  set_address(QUEUE_AVAILABLE, available);
  set_address(QUEUE_USED, used);
  *reg(QUEUE_READY) = 1;
  *reg(STATUS) = 15;
}

static void notify(unsigned number) {
  __asm__ volatile("fence" ::: "memory");
  *reg(QUEUE_NOTIFY) = number;
  *reg(INTERRUPT_ACK) = 3;
}

// Descriptors that lead where no memory is, come round to themselves, or claim four gigabytes.
static void attack_with_descriptors(unsigned number, word memory_end) {
  const struct descriptor chains[] = {
    {WILD, 16, DEVICE_WRITES, 0},
    {WILD - 7, 16, 0, 0},
    {0, ~0u, DEVICE_WRITES, 0},
    {1ul << 55, 4096, NEXT, 1},
    {memory_end, 1, DEVICE_WRITES, 0},
    {slot, 256, DEVICE_WRITES, 0},  // its own registers
    {FINISHER, 4, DEVICE_WRITES, 0},
    {memory_end + 4096, 512, NEXT | DEVICE_WRITES, 0},  // comes round to itself
    {memory_end + 4096, 512, NEXT, 60000},              // goes on beyond the table
    {WILD, 64, INDIRECT, 0},                            // a table of descriptors nowhere
    {memory_end, ~0u, INDIRECT | NEXT, 2},
  };
  for (word index = 0; index < sizeof chains / sizeof *chains; index += 1) {
    for (int place = 0; place < 4; place += 1) queue.descriptors[place] = chains[index];
    queue.available.ring[0] = 0;
    queue.available.index = 0;
    queue.used.index = 0;
    set_up(number, 4, (word)queue.descriptors, (word)&queue.available, (word)&queue.used);
    queue.available.index = 1;
    notify(number);
    queue.available.ring[1] = 0xffff;  // no such descriptor
    queue.available.index = 2;
    notify(number);
    queue.available.index = 40000;  // more than the ring can hold
    notify(number);
  }
}

// Queues that lie nowhere, or in devices, and of sizes that do not exist.
static void attack_with_queues(unsigned number, word memory_end) {
  const word places[] = {0, WILD, WILD & ~15ul, memory_end, memory_end - 16, 1ul << 55, SLOTS, CLINT, FINISHER};
  const unsigned sizes[] = {0, 1, 3, 4, 1024, 0xffff, ~0u};
  for (word place = 0; place < sizeof places / sizeof *places; place += 1) {
    for (word size = 0; size < sizeof sizes / sizeof *sizes; size += 1) {
      set_up(number, sizes[size], places[place], places[place], places[place]);
      notify(number);
      notify(~0u);
    }
  }
}

void attack_devices(word memory_end) {
  unsigned attacked = 0, answering = 0;
  for (int number = 0; number < 8; number += 1) {
    slot = SLOTS + 0x1000ul * number;
    if (*reg(MAGIC_VALUE) != MAGIC || *reg(VERSION) != 2 || *reg(DEVICE_ID) == 0) continue;
    attacked += 1;
    for (unsigned queue_number = 0; queue_number < 3; queue_number += 1) {
      attack_with_queues(queue_number, memory_end);
      attack_with_descriptors(queue_number, memory_end);
    }
    *reg(STATUS) = 0;
    answering += *reg(STATUS) == 0 && *reg(MAGIC_VALUE) == MAGIC;
  }
  put_string("~ ");
  put_decimal(attacked);
  put_string(" virtio devices attacked\n");
  report("virtio devices: all answer after a reset", answering == attacked);
}
