// What a hart does by itself when it takes a trap and when it returns from one: here it is done by hand, to the virtual hart.
// The Privileged Specification, "Supervisor Status (sstatus) Register" and "Privilege and Global Interrupt-Enable Stack in mstatus
// register", says what becomes of SIE, SPIE and SPP, and of MIE, MPIE and MPP.

#include "monitor.h"

// The virtual hart takes an exception into its supervisor mode.
static void take_in_supervisor_mode(word cause, word value) {
  struct vcpu *vcpu = &vitrine_vcpu;
  (void)vcpu, (void)cause, (void)value;
  /* HOLE A2.7: What the guest's handler will ask about: where it happened (sepc), why (scause), about what (stval).
     Then sstatus: SPP says which mode the virtual hart was in, SPIE whether interrupts were on (what SIE was), and SIE is 0.
     Then the mode is supervisor, and the pc is stvec, without its two lowest bits.
     At last `shadow_world_changed`: a kernel sees other pages than a program. */
  HOLE("A2.7 (trap.c): the guest takes an exception");
}

// Whether the guest's own machine mode takes an exception. We ourselves, where we are the firmware, delegate all.
static int is_for_machine_mode(word cause) {
  if (!has_machine_mode()) return 0;
  (void)cause;
  /* HOLE A2.12, first part: A trap never goes to a lower mode than the one that it happens in, so one from machine mode stays there. All
     others go to machine mode, too, if they are not delegated: medeleg has a bit for each cause. */
  HOLE("A2.12 (trap.c): which mode takes an exception");
  return 0;
}

// The virtual hart takes an exception into its machine mode.
static void take_in_machine_mode(word cause, word value) {
  struct vcpu *vcpu = &vitrine_vcpu;
  (void)vcpu, (void)cause, (void)value;
  /* HOLE A2.12, second part: A2.7 once more, one mode up: mepc, mcause, mtval; in mstatus MPP, which has two bits for the mode, MPIE and
     MIE; machine mode; mtvec. SIE, SPIE and SPP stay what they are. And the guest sees other pages. */
  HOLE("A2.12 (trap.c): the guest takes an exception in machine mode");
}

void inject(word cause, word value) {
  if (is_for_machine_mode(cause)) {
    take_in_machine_mode(cause, value);
  } else {
    take_in_supervisor_mode(cause, value);
  }
}

// sret.
void return_from_trap(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  (void)vcpu;
  /* HOLE A2.6: The other way round: the mode is what SPP says, SIE is what SPIE was, SPIE is 1, SPP is 0, and the pc is sepc.
     And the guest sees other pages again. */
  HOLE("A2.6 (trap.c): the guest returns from an exception");
}

// mret.
void return_from_machine_trap(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  (void)vcpu;
  /* HOLE A2.10: A2.6 once more, one mode up: the mode is what MPP says, MIE is what MPIE was, MPIE is 1, MPP is 0, and the pc is mepc.
     And the guest sees other pages. */
  HOLE("A2.10 (trap.c): firmware returns, or goes down for the first time");
}
