// The devices of a guest that has some. The console's chip (UART) and the disk (virtio) are handed through: their pages are in the
// second stage like memory, and using them is no exit. The interrupt controller (PLIC) is not: it is asked here in the guest's place,
// because after each answer the guest's own interrupt may have come or gone.

#include "monitor.h"

#define PLIC 0x0c000000ul
#define PLIC_END 0x0c600000ul
#define PASSED 0x10000000ul  // the UART; behind it, a page each, eight slots for virtio devices
#define PASSED_END 0x10009000ul

// The PLIC raises one interrupt on the hart, and it is ours: S_EXTERNAL in sip, the host's. The guest has one of its own, that we
// raise in hvip for as long as the host's is there. Meanwhile the host's must be off, or the entry would be an exit at once.
void update_external_interrupt(void) {
  if (read_csr(sip) & S_EXTERNAL) {
    set_csr_bits(hvip, VS_EXTERNAL);
    clear_csr_bits(sie, S_EXTERNAL);
  } else {
    clear_csr_bits(hvip, VS_EXTERNAL);
    set_csr_bits(sie, S_EXTERNAL);
  }
}

// What has trapped, as the hart tells it in htinst: a load or store with the bits of the instruction, but for the address.
struct access {
  int is_store;
  int size;         // 0: one byte, 1: two, 2: four, 3: eight
  int is_unsigned;  // a load that does not extend the sign
  word number;      // of the register that is loaded or stored
  word length;      // of the instruction: where the next one is
};

static struct access decode(word instruction) {
  struct access access = {.is_store = (instruction & 0x20) != 0};
  access.size = instruction >> 12 & 3;
  access.is_unsigned = (instruction >> 14 & 1) != 0;
  access.number = access.is_store ? instruction >> 20 & 31 : instruction >> 7 & 31;
  access.length = instruction & 2 ? 4 : 2;  // bit 1 is cleared for a compressed one
  return access;
}

int access_device(word guest_physical) {
  if (guest_physical >= PASSED && guest_physical < PASSED_END) {
    map_page(guest_physical);
    return 1;
  }
  if (guest_physical < PLIC || guest_physical >= PLIC_END) return 0;
  struct access access = decode(read_csr(htinst));
  if (access.size != 2) return 0;  // the PLIC's registers have 32 bits
  volatile unsigned *place = (volatile unsigned *)guest_physical;
  word *x = vitrine_vcpu.x;
  if (access.is_store) {
    *place = (unsigned)(access.number == 0 ? 0 : x[access.number]);
  } else {
    unsigned value = *place;
    if (access.number != 0) x[access.number] = access.is_unsigned ? value : (word)(int)value;
  }
  update_external_interrupt();
  return 1;
}
