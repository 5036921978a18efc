// What kernel and program agree on.

#pragma once

#include "virt.h"

// System calls: the number in a7, the argument and the answer in a0.
enum {
  CALL_SAY = 1,   // prints a string
  CALL_EXIT = 2,  // ends the process with a status
  CALL_FORK = 3,  // makes a copy of the process: 0 in the child, 1 in the parent
  CALL_WAIT = 4,  // the status of the child, when it has ended
};

// The status of a process that the kernel ended.
#define ENDED_BY_FAULT 1000

// Where a program may have memory without asking.
#define HEAP 0x400000ul
#define HEAP_END 0x410000ul
#define STACK 0x7fc000ul
#define STACK_END 0x800000ul
