// The guest's memory: where it lies for the guest, and where for the host. The host has it in one piece, so this is an addition.

#include "monitor.h"
#include "shadow.h"

void use_image(const char *start, word size) {
  if (size > GUEST_MEMORY_END - GUEST_MEMORY) fail("the guest's image is too large", size);
  word *memory = (word *)HOST_MEMORY;
  for (word index = 0; index < (GUEST_MEMORY_END - GUEST_MEMORY) / sizeof(word); index += 1) {
    memory[index] = index * sizeof(word) < size ? ((const word *)start)[index] : 0;
  }
}

void *guest_page(word guest_physical) {
  if (guest_physical < GUEST_MEMORY || guest_physical >= GUEST_MEMORY_END) return 0;
  return (void *)(HOST_MEMORY + ((guest_physical - GUEST_MEMORY) & ~(PAGE - 1)));
}
