// What the guest may ask of the hypervisor by ecall: the number in a7, the argument in a0.

#pragma once

#define CALL_WRITE 1     // prints a string
#define CALL_SET_TIMER 2 // 1: an interrupt at the next wfi; 0: take it back
#define CALL_SHUT_DOWN 3 // ends the guest with a status

// The guest-physical memory: the guest's image lies at 0x10000, and from 4 MiB on there is as much as it touches.
#define GUEST_MEMORY 0x400000
#define GUEST_MEMORY_END 0x800000
