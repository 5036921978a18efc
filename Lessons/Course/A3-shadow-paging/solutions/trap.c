// What a hart does by itself when it takes a trap and when it returns from one: here it is done by hand, to the virtual hart.
// The Privileged Specification, "Supervisor Status (sstatus) Register", says what becomes of SIE, SPIE and SPP.

#include "monitor.h"

// The virtual hart takes an exception into its supervisor mode.
void inject(word cause, word value) {
  struct vcpu *vcpu = &vitrine_vcpu;
  vcpu->sepc = vcpu->pc;
  vcpu->scause = cause;
  vcpu->stval = value;
  word status = vcpu->sstatus & ~(SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);
  if (vcpu->sstatus & SSTATUS_SIE) status |= SSTATUS_SPIE;
  if (vcpu->privilege == 1) status |= SSTATUS_SPP;
  vcpu->sstatus = status;
  vcpu->privilege = 1;
  vcpu->pc = vcpu->stvec & ~3ul;
  shadow_world_changed();
}

// sret.
void return_from_trap(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  word status = vcpu->sstatus & ~(SSTATUS_SIE | SSTATUS_SPP);
  if (vcpu->sstatus & SSTATUS_SPIE) status |= SSTATUS_SIE;
  vcpu->privilege = vcpu->sstatus & SSTATUS_SPP ? 1 : 0;
  vcpu->sstatus = status | SSTATUS_SPIE;
  vcpu->pc = vcpu->sepc;
  shadow_world_changed();
}
