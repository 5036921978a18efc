/// One observable thing that happened in the machine, stamped with when and where. Plain data.
package struct Event: Sendable, Equatable {
  /// What happened.
  package enum Kind: Sendable, Equatable {
    /// An instruction retired; `bits` is its encoding as fetched (16 or 32 bits).
    case retired(bits: UInt32)
    /// A synchronous exception was taken into `to`.
    case trap(cause: ExceptionCause, value: UInt64, from: PrivilegeMode, to: PrivilegeMode)
    /// An interrupt was taken into `to`.
    case interrupt(Interrupt, from: PrivilegeMode, to: PrivilegeMode)
    /// The privilege mode changed (by a trap, an interrupt or an xRET).
    case privilege(from: PrivilegeMode, to: PrivilegeMode)
    /// An instruction wrote a CSR.
    case csrWrite(number: UInt16, old: UInt64, new: UInt64)
    /// An instruction read a CSR.
    case csrRead(number: UInt16, value: UInt64)
    /// A load, store or AMO touched memory or a device. `old` is what lay there before a store.
    case memory(AccessKind, address: UInt64, physical: UInt64, width: AccessWidth, old: UInt64, new: UInt64)
    /// A translation was found by a walk and kept in the TLB.
    case tlbFill(address: UInt64, physical: UInt64, AccessKind)
    /// A translation was taken from the TLB that the tables no longer agree with (``StaleUse``); `physical` is where it led.
    case staleTranslation(AccessKind, address: UInt64, physical: UInt64)
    /// Translations were dropped by a fence or an address-space change.
    case tlbFlush
    /// The hart went to wait for an interrupt.
    case wait
    /// The memory balloon: so many pages are wanted now, or were given up, taken back or reported free. `total` are given up then.
    case balloon(BalloonStep, pages: UInt64, total: UInt64)
    /// The hint `slti x0, x0, N` retired, by which programs mark places; N is from -2048 to 2047.
    case marker(Int)
    /// Control passed from the guest to the monitor, by this cause and with this trap value on the physical hart; `physical` is the
    /// guest-physical address that the G-stage refused, or zero.
    case exit(cause: ExceptionCause, value: UInt64, physical: UInt64)
    /// Control passed from the guest to the monitor by an interrupt that is the monitor's.
    case exitByInterrupt(Interrupt)
    /// Control passes back; what the exit was about, and the host cycles that it took.
    case entry(ExitReason, cycles: UInt64)
    /// A monitor that is code of the machine has not entered its guest for so many instructions.
    case overdue(UInt64)
    /// An entry of a shadow table, for a guest-virtual page that lies at a host-physical one (zero where that is not known).
    case shadow(ShadowStep, address: UInt64, physical: UInt64)
    /// An entry of a nested table, for a guest-physical page that lies at a host-physical one.
    case nested(NestedStep, address: UInt64, physical: UInt64)
    /// Translated code. `address` is the guest's: where the unit begins, where the chain leads to, what was looked for; `unit` its
    /// number, that of the one a chain begins in, or for a flush how many there were. `cause` is for an invalidation the guest-physical
    /// address that was stored to, for a chain 1 where it goes by the jump table.
    case translation(TranslationStep, address: UInt64, unit: Int, cause: UInt64)
    /// The physical hart raised a page fault, and the monitor found what it is to the guest.
    case fault(FaultClass, address: UInt64)
  }

  package var kind: Kind
  /// Index of the hart.
  package var hart: Int
  /// The guest's clock, in clock units (ten to a tick of `time`).
  package var cycle: UInt64
  /// Instructions retired by this hart before the one that the event belongs to.
  package var retired: UInt64
  /// Address of the instruction that the event belongs to.
  package var pc: UInt64
  package var privilege: PrivilegeMode

  package init(kind: Kind, hart: Int, cycle: UInt64, retired: UInt64, pc: UInt64, privilege: PrivilegeMode) {
    self.kind = kind
    self.hart = hart
    self.cycle = cycle
    self.retired = retired
    self.pc = pc
    self.privilege = privilege
  }
}

/// What happens to a memory balloon.
package enum BalloonStep: UInt8, Sendable, CaseIterable {
  /// The world asks the guest for a balloon of another size.
  case request
  /// The guest gives pages up.
  case inflate
  /// The guest takes pages back.
  case deflate
  /// The guest's driver has read a size that it did not know.
  case notice
  /// The guest tells of pages that are free, and of which it keeps the use.
  case report
}

/// A set of event kinds. What is not in the set of a hart is not even built.
package struct EventMask: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
  package static let retired = EventMask(rawValue: 1 << 0)
  package static let trap = EventMask(rawValue: 1 << 1)
  package static let interrupt = EventMask(rawValue: 1 << 2)
  package static let privilege = EventMask(rawValue: 1 << 3)
  package static let csr = EventMask(rawValue: 1 << 4)
  package static let memory = EventMask(rawValue: 1 << 5)
  package static let tlb = EventMask(rawValue: 1 << 6)
  package static let wait = EventMask(rawValue: 1 << 7)
  package static let marker = EventMask(rawValue: 1 << 9)
  /// The values of all registers that instructions and traps write, for recordings; handlers do not see these.
  package static let effects = EventMask(rawValue: 1 << 8)
  package static let balloon = EventMask(rawValue: 1 << 10)
  package static let exit = EventMask(rawValue: 1 << 11)
  package static let entry = EventMask(rawValue: 1 << 12)
  package static let shadow = EventMask(rawValue: 1 << 13)
  package static let nested = EventMask(rawValue: 1 << 14)
  package static let fault = EventMask(rawValue: 1 << 15)
  /// Has every hit of the TLB held against the tables (``TranslationCheck``).
  package static let stale = EventMask(rawValue: 1 << 16)
  package static let overdue = EventMask(rawValue: 1 << 17)
  package static let translation = EventMask(rawValue: 1 << 18)
  /// Kinds that only the step path reports: asking for them slows the run down.
  package static let needsStepping: EventMask = [.retired, .memory, .tlb, .effects, .stale]
}

extension Event.Kind {
  /// The set that holds just this kind.
  package var mask: EventMask {
    switch self {
    case .retired: .retired
    case .trap: .trap
    case .interrupt: .interrupt
    case .privilege: .privilege
    case .csrWrite, .csrRead: .csr
    case .memory: .memory
    case .tlbFill, .tlbFlush: .tlb
    case .staleTranslation: .stale
    case .wait: .wait
    case .balloon: .balloon
    case .marker: .marker
    case .exit, .exitByInterrupt: .exit
    case .overdue: .overdue
    case .entry: .entry
    case .shadow: .shadow
    case .nested: .nested
    case .translation: .translation
    case .fault: .fault
    }
  }
}
