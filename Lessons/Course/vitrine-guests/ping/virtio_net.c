#include "virtio_net.h"

#define SLOTS 0x10001000  // eight virtio slots, 0x1000 apart
#define QUEUE_SIZE 4      // buffers for frames that come in

// Registers of a slot (Virtio specification, "MMIO Device Register Layout").
enum {
  DEVICE_ID = 0x008, DRIVER_FEATURES = 0x020, DRIVER_FEATURES_SELECT = 0x024, QUEUE_SELECT = 0x030, QUEUE_NUM = 0x038,
  QUEUE_READY = 0x044, QUEUE_NOTIFY = 0x050, STATUS = 0x070, QUEUE_DESCRIPTORS = 0x080, QUEUE_AVAILABLE = 0x090,
  QUEUE_USED = 0x0a0, CONFIGURATION = 0x100
};

struct descriptor { word address; unsigned size; unsigned short flags, next; };
struct available { unsigned short flags, index, ring[QUEUE_SIZE]; };
struct used { unsigned short flags, index; struct { unsigned head, size; } ring[QUEUE_SIZE]; };

struct queue {
  struct descriptor descriptors[QUEUE_SIZE];
  struct available available;
  struct used used;
  unsigned short seen;  // used elements that the driver has looked at
} __attribute__((aligned(16)));

enum { RECEIVE, TRANSMIT };
static volatile struct queue queues[2] __attribute__((aligned(64)));
static byte buffers[QUEUE_SIZE][HEADER_SIZE + FRAME_SIZE];
static byte outgoing[HEADER_SIZE + FRAME_SIZE];
static int lent = -1;  // the buffer that the last call of network_receive gave away
static word slot;
byte own_address[6];

static volatile unsigned *reg(word offset) { return (volatile unsigned *)(slot + offset); }

static void set_address(word offset, volatile void *place) {
  *reg(offset) = (unsigned)(word)place;
  *reg(offset + 4) = (unsigned)((word)place >> 32);
}

static void start_queue(int number) {
  volatile struct queue *queue = &queues[number];
  *reg(QUEUE_SELECT) = number;
  *reg(QUEUE_NUM) = QUEUE_SIZE;
  set_address(QUEUE_DESCRIPTORS, queue->descriptors);
  set_address(QUEUE_AVAILABLE, &queue->available);
  set_address(QUEUE_USED, &queue->used);
  *reg(QUEUE_READY) = 1;
}

// Hands a descriptor to the device.
static void offer(int number, int descriptor) {
  volatile struct queue *queue = &queues[number];
  queue->available.ring[queue->available.index % QUEUE_SIZE] = descriptor;
  __asm__ volatile("fence" ::: "memory");  // the ring before its index ...
  queue->available.index += 1;
  __asm__ volatile("fence" ::: "memory");  // ... and that before the notification
  *reg(QUEUE_NOTIFY) = number;
}

int network_start(void) {
  for (int number = 0; number < 8; number++) {
    slot = SLOTS + 0x1000 * number;
    if (*reg(DEVICE_ID) == 1) break;
    slot = 0;
  }
  if (slot == 0) return 0;
  *reg(STATUS) = 0;  // reset
  *reg(STATUS) = 3;  // I see you, and know how to drive you
  *reg(DRIVER_FEATURES_SELECT) = 0;
  *reg(DRIVER_FEATURES) = 1 << 5;  // MAC
  *reg(DRIVER_FEATURES_SELECT) = 1;
  *reg(DRIVER_FEATURES) = 1;  // VERSION_1
  *reg(STATUS) = 11;
  start_queue(RECEIVE);
  start_queue(TRANSMIT);
  *reg(STATUS) = 15;
  for (int index = 0; index < 6; index++) own_address[index] = ((volatile byte *)reg(CONFIGURATION))[index];
  for (int index = 0; index < QUEUE_SIZE; index++) {
    queues[RECEIVE].descriptors[index].address = (word)buffers[index];
    queues[RECEIVE].descriptors[index].size = sizeof buffers[index];
    queues[RECEIVE].descriptors[index].flags = 2;  // the device writes it
    offer(RECEIVE, index);
  }
  return 1;
}

void network_send(const byte *frame, unsigned size) {
  volatile struct queue *queue = &queues[TRANSMIT];
  for (unsigned index = 0; index < HEADER_SIZE; index++) outgoing[index] = 0;
  for (unsigned index = 0; index < size; index++) outgoing[HEADER_SIZE + index] = frame[index];
  queue->descriptors[0].address = (word)outgoing;
  queue->descriptors[0].size = HEADER_SIZE + size;
  queue->descriptors[0].flags = 0;
  offer(TRANSMIT, 0);
  while (queue->used.index == queue->seen) {
  }
  queue->seen += 1;
}

byte *network_receive(void) {
  volatile struct queue *queue = &queues[RECEIVE];
  if (lent >= 0) offer(RECEIVE, lent);
  lent = -1;
  if (queue->used.index == queue->seen) return 0;
  lent = queue->used.ring[queue->seen % QUEUE_SIZE].head;
  queue->seen += 1;
  return buffers[lent] + HEADER_SIZE;
}
