// What the files of the monitor know of one another. Read main.c first, then exits.c, then csr.c and trap.c.

#pragma once

#include "vcpu.h"

// switch.S: to the guest, as vitrine_vcpu says; and back again, to `handle_exit`, by the next trap.
void enter_guest(void) __attribute__((noreturn));
void handle_exit(void);

// csr.c. The counters (bit 0 cycle, 1 time, 2 instret) that the guest may read in its present mode without asking.
word readable_counters(void);
// Does an instruction csrrw, csrrs, csrrc, csrrwi, csrrsi or csrrci to the virtual hart, all but the pc. Returns 0, and has
// done nothing, if the virtual hart has no such CSR or it cannot be written: then the guest has made a mistake.
int emulate_csr_access(word instruction);

// trap.c. The virtual hart takes an exception, or returns from one: what a hart does by itself when it traps, at `sret` and at `mret`.
void inject(word cause, word value);
void return_from_trap(void);
void return_from_machine_trap(void);

// Bits of mstatus that sstatus does not show.
#define MSTATUS_MIE (1ul << 3)
#define MSTATUS_MPIE (1ul << 7)
#define MSTATUS_MPP (3ul << 11)  // the mode that the trap came from, as a number from 0 to 3
#define MSTATUS_TVM (1ul << 20)
#define MSTATUS_TW (1ul << 21)
#define MSTATUS_TSR (1ul << 22)

// memory.c, shadow.c. What the guest has at its physical addresses: memory of ours and, if it brings its own firmware, devices, which
// it is given as they are.
struct piece { word guest, host, size; };
extern struct piece pieces[];
extern int piece_count;
// Where the host has the page of a guest-physical address; 0 where the guest has nothing.
void *guest_page(word guest_physical);
void use_image(const char *start, word size, word load_address);

// The guest has touched an address and has trapped: READ, WRITE or EXECUTE. Returns 1 if the guest's own table allows it, and the
// hart knows it now, so that the guest may try again; 0 if the fault is the guest's own.
int fill_shadow(word address, word access);
// The guest has written satp, sstatus.SUM or sstatus.MXR, or its mode has changed: other addresses can be seen now.
void shadow_world_changed(void);
// The guest has done sfence.vma: what it changed in its table counts from now on.
void shadow_fenced(void);

// sbi.c. The guest's calls, and our own words.
void serve_call(void);
void print(const char *text);
void print_number(word number);
void fail(const char *what, word value) __attribute__((noreturn));
// Stands where your code is to come.
#define HOLE(text) fail("HOLE " text ": still open, reached for the guest's pc", vitrine_vcpu.pc)

// image.c. The guest's image, as the firmware's device tree tells: its bytes and their number, and where it believes to lie.
const char *find_image(const void *tree, word *size, word *load_address);
