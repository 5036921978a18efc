// What a hart does by itself when it takes a trap and when it returns from one: here it is done by hand, to the virtual hart.
// The Privileged Specification, "Supervisor Status (sstatus) Register" and "Privilege and Global Interrupt-Enable Stack in mstatus
// register", says what becomes of SIE, SPIE and SPP, and of MIE, MPIE and MPP.

#include "monitor.h"

// The virtual hart takes an exception into its supervisor mode.
static void take_in_supervisor_mode(word cause, word value) {
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

// Whether the guest's own machine mode takes an exception. We ourselves, where we are the firmware, delegate all.
static int is_for_machine_mode(word cause) {
  if (!has_machine_mode()) return 0;
  return vitrine_vcpu.privilege == 3 || (vitrine_vcpu.medeleg >> cause & 1) == 0;
}

// The virtual hart takes an exception into its machine mode.
static void take_in_machine_mode(word cause, word value) {
  struct vcpu *vcpu = &vitrine_vcpu;
  vcpu->mepc = vcpu->pc;
  vcpu->mcause = cause;
  vcpu->mtval = value;
  word status = vcpu->mstatus & ~(MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP);
  if (vcpu->mstatus & MSTATUS_MIE) status |= MSTATUS_MPIE;
  vcpu->mstatus = status | vcpu->privilege << 11;
  vcpu->privilege = 3;
  vcpu->pc = vcpu->mtvec & ~3ul;
  shadow_world_changed();
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
  word status = vcpu->sstatus & ~(SSTATUS_SIE | SSTATUS_SPP);
  if (vcpu->sstatus & SSTATUS_SPIE) status |= SSTATUS_SIE;
  vcpu->privilege = vcpu->sstatus & SSTATUS_SPP ? 1 : 0;
  vcpu->sstatus = status | SSTATUS_SPIE;
  vcpu->pc = vcpu->sepc;
  shadow_world_changed();
}

// mret.
void return_from_machine_trap(void) {
  struct vcpu *vcpu = &vitrine_vcpu;
  word status = vcpu->mstatus & ~(MSTATUS_MIE | MSTATUS_MPP);
  if (vcpu->mstatus & MSTATUS_MPIE) status |= MSTATUS_MIE;
  vcpu->privilege = (vcpu->mstatus & MSTATUS_MPP) >> 11;
  vcpu->mstatus = status | MSTATUS_MPIE;
  vcpu->pc = vcpu->mepc;
  shadow_world_changed();
}
