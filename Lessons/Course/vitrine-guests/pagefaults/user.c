// The program: touches, forks, overflows its stack. It knows nothing of pages but where the kernel lets it have memory.

#include "calls.h"

static volatile int shared = 1;
static int failures = 0;

static word call(word number, word argument) {
  register word a0 __asm__("a0") = argument;
  register word a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

static void check(const char *what, int holds) {
  call(CALL_SAY, (word)what);
  call(CALL_SAY, (word)(holds ? ": yes\n" : ": no\n"));
  if (!holds) failures += 1;
}

// Calls itself a million times: each call takes a bit of stack.
static int overflow(volatile int *caller) {
  volatile int here[64];
  here[0] = *caller + 1;
  if (here[0] == 1000000) return 0;
  return overflow(here) + here[0];
}

void user_main(void) {
  volatile word *heap = (volatile word *)HEAP;
  check("the heap begins with zeros", heap[0] == 0);
  heap[0] = 5;
  check("a page that was read can be written", heap[0] == 5);
  heap[512] = 7;
  check("the next page keeps what is written", heap[512] == 7);

  if (call(CALL_FORK, 0) == 0) {
    check("the child sees the parent's variable", shared == 1);
    shared = 2;
    check("the child has changed it", shared == 2);
    call(CALL_EXIT, 0);
  }
  check("the child has ended well", call(CALL_WAIT, 0) == 0);
  check("the parent's variable is as it was", shared == 1);
  shared = 3;
  check("the parent can change it, too", shared == 3);

  if (call(CALL_FORK, 0) == 0) call(CALL_EXIT, (word)overflow(&shared));
  check("the one that overflowed its stack was ended", call(CALL_WAIT, 0) == ENDED_BY_FAULT);

  if (call(CALL_FORK, 0) == 0) {
    *(volatile word *)user_main = 0;
    call(CALL_EXIT, 0);
  }
  check("the one that wrote into its code was ended", call(CALL_WAIT, 0) == ENDED_BY_FAULT);

  if (call(CALL_FORK, 0) == 0) {
    ((void (*)(void))HEAP)();
    call(CALL_EXIT, 0);
  }
  check("the one that executed its heap was ended", call(CALL_WAIT, 0) == ENDED_BY_FAULT);
  call(CALL_EXIT, (word)failures);
}
