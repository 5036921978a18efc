// Machine mode, the part in C: a console, and the two services the supervisor may ask for.

#include "trap_frame.h"
#include "virt.h"

// How often the supervisor has called down to us.
unsigned long firmware_calls = 0;

// Prints one line before anything else runs. `hart` is the number of this hart.
void firmware_main(word hart) {
  put_string("hello from hart ");
  put_decimal(hart);
  put_string(", machine mode\n");
}

// Every trap to machine mode. Only the supervisor's ecalls are expected; anything else ends the run with the cause
// as its failure number.
void trap_handler(struct trap_frame *frame) {
  word cause = read_csr(mcause);
  if (cause != CAUSE_ECALL_FROM_SUPERVISOR) {
    put_string("unexpected trap to machine mode\n");
    finish((unsigned)cause + 1);
  }
  firmware_calls += 1;
  switch (frame->a[7]) {
    case SBI_PUT_CHARACTER:
      put_character((char)frame->a[0]);
      frame->a[0] = 0;
      break;
    case SBI_SHUT_DOWN:
      finish((unsigned)frame->a[0]);
      break;
    default:
      frame->a[0] = (word)-2;  // not supported
  }
  // mepc points at the ecall itself. Without this line it would be executed again, for ever.
  write_csr(mepc, read_csr(mepc) + 4);
}
