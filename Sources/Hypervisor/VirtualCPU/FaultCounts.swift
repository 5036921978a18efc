import RISCV

/// Page faults of the physical hart by what they were to the guest.
package struct FaultCounts: Sendable, Equatable {
  package var hidden: UInt64 = 0
  package var dirty: UInt64 = 0
  package var traced: UInt64 = 0
  package var `true`: UInt64 = 0

  /// Faults of all classes.
  package var total: UInt64 { hidden + dirty + traced + `true` }

  mutating func add(_ other: FaultCounts) {
    hidden += other.hidden
    dirty += other.dirty
    traced += other.traced
    `true` += other.true
  }

  mutating func note(_ kind: FaultClass) {
    switch kind {
    case .hidden: hidden += 1
    case .dirty: dirty += 1
    case .traced: traced += 1
    case .true: `true` += 1
    }
  }
}
