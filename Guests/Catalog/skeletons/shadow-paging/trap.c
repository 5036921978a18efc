// What a hart does by itself when it takes a trap and when it returns from one: here it is done by hand, to the virtual hart.
// The Privileged Specification, "Supervisor Status (sstatus) Register", says what becomes of SIE, SPIE and SPP.

#include "monitor.h"

// The virtual hart takes an exception into its supervisor mode.
void inject(word cause, word value) {
  struct vcpu *vcpu = &vitrine_vcpu;
  (void)vcpu, (void)cause, (void)value;
  /* HOLE A2.7: What the guest's handler will ask about: where it happened (sepc), why (scause), about what (stval).
     Then sstatus: SPP says which mode the virtual hart was in, SPIE whether interrupts were on (what SIE was), and SIE is 0.
     Then the mode is supervisor, and the pc is stvec, without its two lowest bits.
     At last `shadow_world_changed`: a kernel sees other pages than a program. */
  HOLE("A2.7 (trap.c): the guest takes an exception");
}

// sret.
void return_from_trap(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  (void)vcpu;
  /* HOLE A2.6: The other way round: the mode is what SPP says, SIE is what SPIE was, SPIE is 1, SPP is 0, and the pc is sepc.
     And the guest sees other pages again. */
  HOLE("A2.6 (trap.c): the guest returns from an exception");
}
