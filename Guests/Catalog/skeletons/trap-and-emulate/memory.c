// The guest's memory: where it lies for the guest, and where for the host. The host has it in one piece, so this is an addition.
//
// A guest with firmware of its own asks nobody for a character: it writes it to the UART. The simplest way is to give it the device:
// its page is mapped for the guest like a page of memory, and no access to it is an exit. That is honest as long as nobody else wants it.

#include "monitor.h"
#include "shadow.h"

#define PIECE_SIZE (2ul << 20)

struct piece pieces[3] = {
    {0, HOST_MEMORY, PIECE_SIZE},
    {UART, UART, PAGE},
    {FINISHER, FINISHER, PAGE},
};
int piece_count = 1;

void use_image(const char *start, word size, word load_address) {
  if (size > PIECE_SIZE) fail("the guest's image is too large", size);
  if (load_address % PIECE_SIZE != 0) fail("the guest's memory would begin at", load_address);
  pieces[0].guest = load_address;
  if (has_machine_mode()) piece_count = 3;
  word *memory = (word *)HOST_MEMORY;
  for (word index = 0; index < PIECE_SIZE / sizeof(word); index += 1) {
    memory[index] = index * sizeof(word) < size ? ((const word *)start)[index] : 0;
  }
}

void *guest_page(word guest_physical) {
  for (const struct piece *piece = pieces; piece < &pieces[piece_count]; piece += 1) {
    word offset = guest_physical - piece->guest;
    if (guest_physical >= piece->guest && offset < piece->size) return (void *)(piece->host + (offset & ~(PAGE - 1)));
  }
  return 0;
}
