// All harts at once: they count themselves with amoadd, take turns at the console by a spin lock, and add to a sum
// that only the lock protects.

#include "virt.h"

#define ADDITIONS 200

#define FDT_BEGIN_NODE 0x01000000u  // the token 1, as a little-endian hart reads it

volatile unsigned lock = 0;
volatile word arrived = 0;    // changed by amoadd only
volatile word finished = 0;   // changed by amoadd only
volatile word protected = 0;  // changed by plain load, add and store, under the lock

static void acquire(volatile unsigned *lock) {
  unsigned was;
  do {
    __asm__ volatile("amoswap.w.aq %0, %1, (%2)" : "=r"(was) : "r"(1), "r"(lock) : "memory");
  } while (was != 0);
}

static void release(volatile unsigned *lock) {
  __asm__ volatile("amoswap.w.rl zero, zero, (%0)" ::"r"(lock) : "memory");
}

static word fetch_and_add(volatile word *address, word value) {
  word before;
  __asm__ volatile("amoadd.d.aqrl %0, %1, (%2)" : "=r"(before) : "r"(value), "r"(address) : "memory");
  return before;
}

// How many harts the board has: nodes named `cpu@` in the device tree.
static word harts_in(const unsigned *tree) {
  word count = 0;
  unsigned words = __builtin_bswap32(tree[1]) / 4;
  for (unsigned i = 0; i + 1 < words; i += 1) {
    if (tree[i] == FDT_BEGIN_NODE && tree[i + 1] == ('c' | 'p' << 8 | 'u' << 16 | '@' << 24)) count += 1;
  }
  return count;
}

void hart_main(word hart, const unsigned *tree) {
  fetch_and_add(&arrived, 1);

  acquire(&lock);
  put_string("hart ");
  put_decimal(hart);
  put_string(" is here\n");
  release(&lock);

  for (int i = 0; i < ADDITIONS; i += 1) {
    acquire(&lock);
    protected += 1;
    release(&lock);
  }

  fetch_and_add(&finished, 1);
  if (hart != 0) return;
  word harts = harts_in(tree);
  while (finished < harts) {
  }
  put_decimal(arrived);
  put_string(" of ");
  put_decimal(harts);
  put_string(" harts, sum ");
  put_decimal(protected);
  put_string("\n");
  finish(protected == harts * ADDITIONS ? 0 : 1);
}
