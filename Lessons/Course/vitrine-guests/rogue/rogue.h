// The parts of the attacker.

#pragma once

#include "virt.h"

// probe.S
word try_load(word address, word mode), try_store(word address, word mode), try_csr(const unsigned *code);
word sweep(word mode, void (*function)(void), word offset, word step, word place);
void store_everywhere(void), touch_everywhere(void);

// virtio.c: attacks every virtio device; `memory_end` is where RAM ends.
void attack_devices(word memory_end);

// rogue.c: one line of the result; the guest fails if it does not hold.
void report(const char *what, int holds);
