// Where the guest's image lies: the place of an initial RAM disk.

#include "device_tree.h"
#include "monitor.h"

static word chosen_address(const void *tree, const char *property) {
  unsigned size;
  const unsigned *cells = (const unsigned *)find_property(tree, "chosen", property, &size);
  if (cells == 0 || (size != 4 && size != 8)) fail("the device tree has no guest for me", 0);
  word first = __builtin_bswap32(cells[0]);
  return size == 4 ? first : first << 32 | __builtin_bswap32(cells[1]);
}

const char *find_image(const void *tree, word *size, word *load_address) {
  *load_address = chosen_address(tree, "vitrine,guest-load-address");
  word start = chosen_address(tree, "linux,initrd-start");
  *size = chosen_address(tree, "linux,initrd-end") - start;
  return (const char *)start;
}
