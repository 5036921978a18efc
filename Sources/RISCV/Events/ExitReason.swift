/// Why control passed from a guest to the monitor. What it is called at the prompt and in tables is its `name`.
package enum ExitReason: UInt8, Sendable, CaseIterable {
  /// The guest's privileged code read or wrote a CSR that the monitor keeps.
  case csrAccess
  /// `mret` or `sret` of the guest.
  case trapReturn
  /// `sfence.vma`, `sinval.vma`, `hfence.*` and their kin.
  case fence
  /// `wfi` or `wrs.*`: the guest has nothing to do.
  case wait
  /// The guest's kernel calls the monitor itself.
  case hypercall
  /// An `ecall` that the guest's own firmware or kernel answers.
  case environmentCall
  /// An exception of the guest's own that is neither a call nor a page fault, on its way to the guest.
  case exception
  /// A load or a store of a device's register.
  case device
  /// The guest's tables allow the access; only the shadow lacked the entry. The guest hears nothing of it.
  case hiddenFault
  /// The first store to a page whose D bit the monitor has yet to set. The guest hears nothing of it.
  case dirtyFault
  /// A store to a page table of the guest that the monitor write-protects.
  case tracedStore
  /// The guest's own tables forbid the access: its kernel gets the page fault.
  case trueFault
  /// A guest-physical page was touched that the host has not mapped yet.
  case nestedFill
  /// An access that the guest's physical memory protection forbids or splits.
  case protection
  /// The guest's kernel touches its user's memory by rules that the hardware's mode does not have: MPRV, `hlv`, `hsv`.
  case guestAccess
  /// An interrupt, for the monitor or for the guest.
  case interrupt
  /// Whatever else the monitor steps: straddling instructions, quirks.
  case unusual

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
    case .unusual: "unusual"
    }
  }

  /// The reason that is called `name`.
  package init?(name: String) {
    guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = reason
  }
}
