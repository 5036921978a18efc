import RISCV

/// Notices a guest that takes the same trap over and over.
///
/// Traps from one place with one cause form a run. A run counts as no progress when the integer registers were the same at two
/// samples far apart in it: a handler that emulates an instruction, or a loop of system calls, changes some register.
package struct ProgressWatch: Sendable {
  package struct Storm: Sendable, Equatable {
    package var count: UInt64
    package var cause: ExceptionCause
    package var value: UInt64
    package var pc: UInt64
    package var to: PrivilegeMode
    /// The trap that began it: retired count and place.
    package var firstRetired: UInt64
    package var firstPC: UInt64
  }

  private var storm: Storm?
  private var lastRetired: UInt64 = 0
  private var sample: [UInt64] = []
  private var nextSample: UInt64 = 64
  private var isConfirmed = false
  private var samplesEqual = false
  package private(set) var trapsSinceOutput: UInt64 = 0
  private static let threshold: UInt64 = 1000

  package init() {}

  mutating func outputHappened() {
    trapsSinceOutput = 0
    storm = nil
  }

  package mutating func note(_ event: Event, _ hart: Hart) {
    guard case .trap(let cause, let value, _, let to) = event.kind else { return }
    trapsSinceOutput &+= 1
    if var current = storm, current.cause == cause, current.pc == event.pc, current.to == to {
      current.count &+= 1
      storm = current
      if current.count == nextSample {
        let registers = (1..<32).map { hart.x($0) }
        samplesEqual = registers == sample
        sample = registers
        nextSample &*= 2
      }
    } else {
      // A trap with nothing retired since the one before it is that one's consequence.
      let isConsequence = storm != nil && event.retired == lastRetired
      storm = Storm(
        count: 1, cause: cause, value: value, pc: event.pc, to: to,
        firstRetired: isConsequence ? storm!.firstRetired : event.retired,
        firstPC: isConsequence ? storm!.firstPC : event.pc)
      nextSample = 64
      sample = []
      samplesEqual = false
    }
    lastRetired = event.retired
  }

  /// The trap that keeps the guest from going on; nil while there is no sign of that.
  package var found: Storm? {
    guard let storm, storm.count >= Self.threshold, samplesEqual else { return nil }
    return storm
  }
}
