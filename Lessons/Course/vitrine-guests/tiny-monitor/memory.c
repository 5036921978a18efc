// The second stage: guest-physical addresses get a page of ours at their first touch.

#include "vcpu.h"

// The root has four times as many entries as another table: guest-physical addresses have 41 bits.
word guest_root[2048] __attribute__((aligned(16384)));

static const char *image;
static word image_size;

void use_image(const char *start, word size) {
  image = start;
  image_size = size;
}

// A page with what the image has there; zeros behind its end.
void *guest_page(word guest_physical) {
  if (guest_physical < GUEST_MEMORY || guest_physical >= GUEST_MEMORY_END) return 0;
#ifdef MISTAKE_COPY
  word offset = guest_physical - GUEST_MEMORY;  // not rounded down to the page
#else
  word offset = (guest_physical - GUEST_MEMORY) & ~(PAGE - 1);
#endif
  word *page = take_page();
  for (word index = 0; index < PAGE / sizeof(word); index += 1) {
    word place = offset + index * sizeof(word);
    if (place + sizeof(word) <= image_size) page[index] = *(const word *)(image + place);
  }
  return page;
}

void map_page(word guest_physical) {
#ifdef MISTAKE_FORGET
  // The number of the image's pages is rounded down, where it should be rounded up.
  if ((guest_physical - GUEST_MEMORY) / PAGE >= image_size / PAGE) return;
#endif
  void *page = guest_page(guest_physical);
  if (page == 0) fail("the guest has no memory at", guest_physical);
  // The second stage checks every access as one from user mode.
  *find_entry(guest_root, guest_physical) = entry_for(page, READ | WRITE | EXECUTE | USER | ACCESSED | DIRTY);
  __asm__ volatile(".option push; .option arch, +h; hfence.gvma; .option pop" ::: "memory");
}
