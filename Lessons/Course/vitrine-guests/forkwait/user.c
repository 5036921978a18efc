// The program: forks, and waits for its child. Between the markers lies what is measured.

#include "calls.h"

// For whoever observes the machine: what the region is called.
__asm__(".globl marker_forkwait\n.equ marker_forkwait, 1\n");

#define TOUCHED 8ul

static word call(word number, word argument) {
  register word a0 __asm__("a0") = argument;
  register word a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

// The first word of a page of the heap.
static volatile word *heap(word page) { return (volatile word *)(HEAP + page * 4096); }

static void child(word round) {
  word sum = 0;
  for (word page = 0; page < TOUCHED; page += 1) {
    *heap(page) += round;
    sum += *heap(page);
  }
  call(CALL_EXIT, sum);
}

void user_main(void) {
  word failures = 0;
  for (word page = 0; page < HEAP_PAGES; page += 1) *heap(page) = page;
  for (word round = 1; round <= ROUNDS; round += 1) {
    marker(1);
    if (call(CALL_FORK, 0) == 0) child(round);
    word sum = call(CALL_WAIT, 0);
    marker(-1);
    if (sum != TOUCHED * (TOUCHED - 1) / 2 + TOUCHED * round) failures += 1;
    // What the child stored is not seen here.
    for (word page = 0; page < TOUCHED; page += 1) {
      if (*heap(page) != page) failures += 1;
    }
  }
  call(CALL_EXIT, failures);
}
