// Where the guest's memory lies, for Vitrine to read: with it, it holds the shadow against the guest's own table.

#include "vcpu.h"

struct {
  word magic, count;  // "VMEM", and above it the version, 1; one piece
  word guest, host, size;
} vitrine_memory = {0x14d454d56, 1, GUEST_MEMORY, 0x80600000, GUEST_MEMORY_END - GUEST_MEMORY};
