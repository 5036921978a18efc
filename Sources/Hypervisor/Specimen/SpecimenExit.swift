import RISCV

/// One exit from a guest to a monitor that is code of the machine itself.
package struct SpecimenExit: Sendable {
  /// Why the hart trapped.
  package enum Cause: Sendable, Equatable {
    case exception(ExceptionCause)
    case interrupt(Interrupt)

    /// `scause` read.
    init(scause: UInt64) {
      if scause >> 63 != 0, let interrupt = Interrupt(rawValue: scause & ~(1 << 63)) {
        self = .interrupt(interrupt)
      } else {
        self = .exception(ExceptionCause(rawValue: scause) ?? .illegalInstruction)
      }
    }

    package var name: String {
      switch self {
      case .exception(let cause): cause.name
      case .interrupt(let interrupt): interrupt.name
      }
    }
  }

  package var hart: Int
  package var cause: Cause
  /// `stval`, and `htval` as an address.
  package var value: UInt64
  package var guestPhysicalAddress: UInt64
  /// The guest's instruction and the hart's mode there.
  package var pc: UInt64
  package var mode: PrivilegeMode
  /// The encoding of that instruction; zero where it could not be read.
  package var bits: UInt32
  /// What the guest could see of its hart.
  package var state: GuestState
  /// The monitor kept a record of the virtual hart (``VirtualHartRecord``), or the hart itself holds all of it.
  package var isStateWhole: Bool
  /// Where the machine stood behind the trap: retired instructions, and those that trapped too.
  package var position: UInt64
  package var steps: UInt64

  /// Instructions that the hart had retired in S-mode, and the ledger's clock before the trap.
  var monitorRetired: UInt64
  var start: UInt64

  /// The access that a page fault of either stage is about; nil for another cause.
  package var access: AccessKind? {
    guard case .exception(let cause) = cause else { return nil }
    switch cause {
    case .instructionPageFault, .instructionGuestPageFault: return .fetch
    case .loadPageFault, .loadGuestPageFault: return .load
    case .storePageFault, .storeGuestPageFault: return .store
    default: return nil
    }
  }

  /// Where the instruction behind the guest's begins.
  var next: UInt64 { pc &+ (bits & 3 == 3 ? 4 : 2) }
}

/// What a monitor made of one exit: the guest's state at the entry, held against what the architecture wants.
package struct EntryCheck: Sendable {
  package var exit: SpecimenExit
  package var reason: ExitReason
  /// Instructions of the monitor's, and host cycles from the trap to the return.
  package var instructions: UInt64
  package var cycles: UInt64
  /// What the guest got.
  package var state: GuestState
  /// The mode of the hart in which it goes on.
  package var mode: PrivilegeMode
  /// The nearest of the outcomes that the architecture allows; nil where too little is known of the guest to tell.
  package var expectation: Expectation?
  /// Where the two differ.
  package var differences: [GuestState.Place]
  /// The walk of the access that faulted, where it fails as it did before.
  package var missing: WalkReport?
  /// The page that was missing is there now, with something else in it than the guest's image has.
  package var wrongPage: WrongPage?
  /// An entry of the monitor's shadow page table is not what the guest's own table and its memory make together.
  package var wrongShadow: WrongShadow?
  /// Where the machine stood behind the entry.
  package var position: UInt64
  package var steps: UInt64

  /// The guest goes on as it should.
  package var isRight: Bool { differences.isEmpty && missing == nil && wrongPage == nil && wrongShadow == nil }
}

/// One outcome that the architecture allows.
package struct Expectation: Sendable {
  package var state: GuestState
  /// What may be anything, such as the answer of a call.
  package var open: Set<GuestState.Place> = []
  /// What it would mean, in a few words.
  package var meaning: String

  /// Where a state differs.
  func differences(from other: GuestState) -> [GuestState.Place] {
    GuestState.places.filter { !open.contains($0) && state.differs($0, from: other) }
  }
}
