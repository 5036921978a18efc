// What calls.c and harts.c share.

#pragma once

#include "virt.h"

struct answer {
  long error;
  long value;
};

struct answer sbi(word extension, word function, word a0, word a1, word a2, word a3, word a4);

// Prints what was asked and the answer: error and value, or only the error where the value means nothing.
void show(const char *what, struct answer answer);
void show_error(const char *what, struct answer answer);

#define BASE 0x10
#define TIME 0x54494d45
#define IPI 0x735049
#define RFNC 0x52464e43
#define HSM 0x48534d
#define SRST 0x53525354
#define DBCN 0x4442434e

#define SSIP 2
#define STIP 32

extern volatile long last_cause;
extern char secondary_start[], resumed_start[];
void load_from(word address);
void execute_nothing(void);

int knows_memory(void);
void check_calls(void);
void check_harts(word boot_hart);
