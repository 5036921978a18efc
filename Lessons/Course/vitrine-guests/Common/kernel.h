// A kernel in a few lines, for guests that work in supervisor mode: the way down from machine mode, trap frames, page tables.

#pragma once

#include "virt.h"

// The registers of whoever was interrupted, as `supervisor_trap` saves them. `x[0]` is not 0 where that was the kernel itself.
struct trap_frame {
  word x[32];
  word pc, status, cause, value;  // sepc, sstatus, scause, stval
};

enum { RA = 1, SP = 2, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };  // indices of `x`

// From machine mode to `start` in supervisor mode: all memory is open to it, exceptions and supervisor interrupts are its own,
// and it may read the counters. Keeps the stack. Does not return.
void enter_supervisor(void (*start)(void));

// The guest's own: every trap to supervisor mode. What it leaves in the frame is what runs next.
void handle_trap(struct trap_frame *frame);

// Goes where a frame says. The frame lies on the kernel's stack; that of the next trap from outside the kernel takes its place.
void resume(struct trap_frame *frame) __attribute__((noreturn));

#define SSTATUS_SIE (1ul << 1)
#define SSTATUS_SPIE (1ul << 5)
#define SSTATUS_SPP (1ul << 8)   // the trap came from supervisor mode
#define SSTATUS_SUM (1ul << 18)  // the supervisor may touch user pages

enum {
  CAUSE_FETCH_ACCESS = 1, CAUSE_ILLEGAL = 2, CAUSE_BREAKPOINT = 3, CAUSE_LOAD_ACCESS = 5, CAUSE_STORE_ACCESS = 7,
  CAUSE_ECALL_FROM_USER = 8, CAUSE_FETCH_PAGE = 12, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15
};

// The bits of a page-table entry.
#define VALID 0x01ul
#define READ 0x02ul
#define WRITE 0x04ul
#define EXECUTE 0x08ul
#define USER 0x10ul
#define ACCESSED 0x40ul
#define DIRTY 0x80ul
#define SOFTWARE 0x100ul  // for the kernel's own use

#define PAGE 4096ul
#define SV39 (8ul << 60)

// A zeroed page of RAM from behind the guest's image; it is never given back.
void *take_page(void);

// The entry for `address` in the last level of an Sv39 table. Tables that are missing on the way there are made.
word *find_entry(word *root, word address);

static inline word entry_for(const void *page, word bits) { return (word)page >> 12 << 10 | bits | VALID; }
static inline void *page_of(word entry) { return (void *)(entry >> 10 << 12); }

// Maps a gigabyte at its own address, for the supervisor.
void map_gigabyte(word *root, word address, word bits);

void enable_paging(const word *root);
