// What the kernel and the program agree on.

#pragma once

#include "virt.h"

enum pattern { LINEAR, BACKWARD, RANDOM, HOT };

#define BUFFER 0x2000000000ul  // where the memory that is touched lies
#define LIMIT (4ul << 30)      // its size at most
#define PAGE_SIZE 4096ul

// The first word of a page is the page's number, by the kernel; one of the others counts the touches, by the program.
#define COUNT(number) (1 + (number) % 511)
