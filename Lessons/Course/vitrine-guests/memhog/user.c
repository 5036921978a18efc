// The program: touches pages in a pattern.

#include "hog.h"

enum { MARKER_FIRST = 1, MARKER_LATER = 2 };
__asm__(".globl marker_first_round, marker_later_round; marker_first_round = 1; marker_later_round = 2");

static word state = 1;

static word next_random(void) {
  state = state * 6364136223846793005ul + 1442695040888963407ul;
  return state >> 33;
}

// The page of a round's touch number `index`.
static word choose(enum pattern pattern, word index, word pages) {
  switch (pattern) {
    case LINEAR: return index;
    case BACKWARD: return pages - 1 - index;
    case RANDOM: return next_random() % pages;
    default: return next_random() % (next_random() % 10 < 9 ? (pages + 15) / 16 : pages);
  }
}

// In each page one word counts how often it was touched.
static volatile word *count(word number) { return (volatile word *)(BUFFER + number * PAGE_SIZE) + COUNT(number); }

static void run_round(enum pattern pattern, word pages) {
  for (word index = 0; index < pages; index += 1) *count(choose(pattern, index, pages)) += 1;
}

void user_main(enum pattern pattern, word pages, word rounds) {
  for (word round = 0; round < rounds; round += 1) {
    if (round == 0) {
      marker(MARKER_FIRST);
      run_round(pattern, pages);
      marker(-MARKER_FIRST);
    } else {
      marker(MARKER_LATER);
      run_round(pattern, pages);
      marker(-MARKER_LATER);
    }
  }
  __asm__ volatile("ecall");
}
