// Page tables for the real hart: the shadow of the guest's own.

#pragma once

#include "monitor.h"

#define MONITOR 0x80400000ul      // 2 MiB with our code and data
#define HOST_MEMORY 0x80600000ul  // 2 MiB with the guest's memory
