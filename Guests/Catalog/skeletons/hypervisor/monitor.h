// What the files of the monitor know of one another. Read main.c first, then stage.c and exits.c; device.c is for Lantern only.

#pragma once

#include "vcpu.h"

// The assembler has to be told that this hart has the H extension.
#define WITH_H(instruction) ".option push; .option arch, +h; " instruction "; .option pop"

#define HSTATUS_SPV (1ul << 7)   // sret goes to a guest: V becomes 1
#define HSTATUS_SPVP (1ul << 8)  // ... and hypervisor loads see what its supervisor mode sees

// Bits of hideleg and hvip: the three interrupts of VS-mode.
#define VS_SOFTWARE (1ul << 2)
#define VS_TIMER (1ul << 6)
#define VS_EXTERNAL (1ul << 10)
#define S_EXTERNAL (1ul << 9)  // in sie and sip: a device wants the host

// The guest's memory: at the same addresses for the guest and for the host. It need not be so for `hello`. It has to for Lantern:
// the disk reads and writes memory by itself, and nobody translates what the guest tells it.
#define GUEST_MEMORY 0x80200000ul
#define GUEST_MEMORY_END 0x84000000ul

// switch.S: to the guest, as vitrine_vcpu and the CSRs say; and back, to `handle_exit`, by the next trap that is ours.
void enter_guest(void) __attribute__((noreturn));
void handle_exit(void);

// stage.c: the second stage.
void start_stage(void);
// Lets the guest see the page of a guest-physical address, at the same host-physical address.
void map_page(word guest_physical);

// guest.c: puts the image, and a device tree that says what this guest has, into the guest's memory. Returns the tree's address.
void *load_guest(const void *tree);
// image.c
const char *find_image(const void *tree, word *size);
word find_load_address(const void *tree);

// device.c. Returns 0 if nothing of ours is at that guest-physical address.
int access_device(word guest_physical);
// Tells the guest about interrupts of devices, as it is now.
void update_external_interrupt(void);

// sbi.c
void serve_call(void);
void print(const char *text);
void print_number(word number);
void fail(const char *what, word value) __attribute__((noreturn));
// Stands where your code is to come.
#define HOLE(text) fail("HOLE " text ": still open, reached for the guest's pc", vitrine_vcpu.pc)
