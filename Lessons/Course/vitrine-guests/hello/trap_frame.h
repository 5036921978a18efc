// The registers a trap vector saves, in the order in which it stores them.

#pragma once

struct trap_frame {
  unsigned long ra;
  unsigned long t[7];
  unsigned long a[8];
};

// What the supervisor asks of the firmware, in a7: the first and the last of the old SBI calls.
#define SBI_PUT_CHARACTER 1
#define SBI_SHUT_DOWN 8

// What the user program asks of the supervisor, in a7: Linux's numbers.
#define SYSTEM_CALL_WRITE 64
#define SYSTEM_CALL_EXIT 93

#define CAUSE_ECALL_FROM_USER 8
#define CAUSE_ECALL_FROM_SUPERVISOR 9
