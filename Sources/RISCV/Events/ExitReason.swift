/// What an exit to the monitor turned out to be about, once the monitor has looked.
package enum ExitReason: UInt8, Sendable, CaseIterable {
  /// An instruction that reads or writes a privileged CSR.
  case csrAccess
  /// `mret` or `sret`.
  case trapReturn
  /// A fence of address translation.
  case fence
  /// The guest waits for an interrupt.
  case wait
  /// A call of the monitor by a guest that knows of it.
  case hypercall
  /// A system call, or a call of firmware, of the guest's own.
  case environmentCall
  /// Any other exception that is the guest's own business.
  case exception
  /// An access to a device of the virtual board.
  case device
  /// The shadow tables lacked what the guest's own tables have: the guest hears nothing of it.
  case hiddenFault
  /// The first store to a page: the guest's table gets its D bit, the guest hears nothing of it.
  case dirtyFault
  /// A store to a page that holds a page table of the guest's.
  case tracedStore
  /// A page fault by the guest's own tables: the guest takes it.
  case trueFault
  /// The nested tables lacked a page of the guest's memory.
  case nestedFill
  /// An access that physical memory protection splits or forbids.
  case protection
  /// A guest hypervisor's access to the memory of its own guest.
  case guestAccess
  /// An interrupt is delivered.
  case interrupt
  /// Translated code has come to where it is not linked any further.
  case dispatch
  /// Translated code calls for an instruction that trapped again and again.
  case adapted
  /// A state in which every instruction is stepped, such as MPRV.
  case unusual

  /// As at the prompt and in files, such as `csr-access`.
  package var name: String {
    switch self {
    case .csrAccess: "csr-access"
    case .trapReturn: "trap-return"
    case .fence: "fence"
    case .wait: "wait"
    case .hypercall: "hypercall"
    case .environmentCall: "environment-call"
    case .exception: "exception"
    case .device: "device"
    case .hiddenFault: "hidden-fault"
    case .dirtyFault: "dirty-fault"
    case .tracedStore: "traced-store"
    case .trueFault: "true-fault"
    case .nestedFill: "nested-fill"
    case .protection: "protection"
    case .guestAccess: "guest-access"
    case .interrupt: "interrupt"
    case .dispatch: "dispatch"
    case .adapted: "adapted"
    case .unusual: "unusual"
    }
  }

  /// The reason that is called `name`.
  package init?(name: String) {
    guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = reason
  }
}

/// What happens to an entry of a shadow table.
package enum ShadowStep: UInt8, Sendable, CaseIterable {
  /// It is made, from the guest's own walk.
  case fill
  /// It goes: the guest's entry changed, or a fence asked for it.
  case drop
  /// It loses its right to store, because its page holds a page table of the guest's from now on.
  case protect
}

/// What happens to an entry of a nested table.
package enum NestedStep: UInt8, Sendable, CaseIterable {
  case fill, drop
}

/// What happens to translated code.
package enum TranslationStep: UInt8, Sendable, CaseIterable {
  /// A unit is made.
  case translate
  /// A way out of a unit is linked to what follows.
  case chain
  /// The monitor looks for the code of an address, and has it already.
  case lookup
  /// A unit dies: its code was stored to, or its page given back.
  case invalidate
  /// An instruction trapped so often that it is to call the monitor from now on, or called it so often for nothing that it is not.
  case adapt
  /// All units go.
  case flush
}

/// What a page fault on the physical hart is to the guest.
package enum FaultClass: UInt8, Sendable, CaseIterable {
  /// Nothing: the monitor's tables lacked an entry.
  case hidden
  /// Nothing: the first store to a page, for which the monitor sets D.
  case dirty
  /// Nothing: a store to a page table of its own, which the monitor traces.
  case traced
  /// A fault of its own, which it takes.
  case `true`

  package var name: String { "\(self)" }
}
