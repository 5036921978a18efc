// What the guest finds in its memory at its first instruction: its image, zeros, and at the end a device tree.

#include "device_tree.h"
#include "monitor.h"

static void copy(char *to, const char *from, word count) {
  for (word index = 0; index < count; index += sizeof(word)) *(word *)(to + index) = *(const word *)(from + index);
}

static unsigned big_endian(word number) { return __builtin_bswap32((unsigned)number); }

void *load_guest(const void *tree) {
  word size;
  const char *image = find_image(tree, &size);
  word start = find_load_address(tree);
  if (start < GUEST_MEMORY || start + size > GUEST_MEMORY_END - PAGE * 16) fail("the guest's image does not fit at", start);
  copy((char *)start, image, (size + 7) & ~7ul);

  // The host's tree, which names a console, a disk and an interrupt controller, with less memory.
  unsigned *copied = (unsigned *)(GUEST_MEMORY_END - PAGE * 16);
  copy((char *)copied, tree, (__builtin_bswap32(((const unsigned *)tree)[1]) + 7) & ~7ul);
  unsigned bytes;
  unsigned *memory = (unsigned *)find_property(copied, "memory", "reg", &bytes);
  if (memory == 0 || bytes < 16) fail("the device tree names no memory", 0);
  word from = GUEST_MEMORY & ~0x3ffffffful;
  memory[0] = big_endian(from >> 32), memory[1] = big_endian(from);
  memory[2] = 0, memory[3] = big_endian(GUEST_MEMORY_END - from);
  return copied;
}
