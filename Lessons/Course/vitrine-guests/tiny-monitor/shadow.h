// The shadow page table.

#pragma once

#include "vcpu.h"

// Makes the entry for an address, if the guest's own table allows the access in its present mode: one of READ, WRITE, EXECUTE.
// 0 where it does not.
int fill_shadow(word address, word right);

// Forgets all entries: the guest's table, its mode or what its mode may touch has changed.
void forget_shadow(void);

// The instruction at an address of the guest's: not every hart tells it in stval.
word guest_instruction(word pc);
