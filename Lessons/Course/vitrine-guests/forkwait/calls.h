// What kernel and program agree on.

#pragma once

#include "virt.h"

// System calls: the number in a7, the argument and the answer in a0.
enum {
  CALL_EXIT = 1,  // ends the process with a status
  CALL_FORK = 2,  // makes a copy of the process: 0 in the child, 1 in the parent
  CALL_WAIT = 3,  // the status of the child, when it has ended
};

#define ROUNDS 50

// The memory of a process, beside its code and data.
#define HEAP 0x400000ul
#define HEAP_PAGES 64ul
#define STACK 0x7ff000ul  // one page
