/// One program on the block loop and on a reference.
package struct LockstepComparison {
  package let difference: LockstepDifference?
  /// Traps that were logged on the block loop.
  package let traps: TrapCounts
  /// What explains differences that are none.
  package let excuses: Set<Excuse>
  /// The reference did not end in time, so nothing was compared.
  package let timedOut: Bool

  package init(_ program: LockstepProgram, _ reference: Reference, _ runner: LockstepRunner) throws {
    let here = try runner.runHere(program, byStep: false)
    traps = TrapCounts(here.outcome)
    var excuses: Set<Excuse> = []
    var difference: LockstepDifference?
    if reference.kind == .step {
      let step = try runner.runHere(program, byStep: true)
      difference = LockstepDifference(here.outcome, step.outcome, reference, excuses: &excuses)
      // The digest sees all of RAM and every CSR.
      if difference == nil, here.digest != step.digest { difference = LockstepDifference(lines: ["digests differ"]) }
      timedOut = false
    } else {
      let outcome = try runner.run(program, on: reference)
      difference = LockstepDifference(here.outcome, outcome, reference, excuses: &excuses)
      timedOut = outcome == .timeOut
    }
    self.difference = difference
    self.excuses = excuses
  }
}

/// How many traps were logged in which mode.
package struct TrapCounts: Sendable {
  package var machine = 0
  package var supervisor = 0
  package var guest = 0
  /// Of those in M and HS, how many came from a guest.
  package var fromGuest = 0
  package var all: Int { machine + supervisor + guest }

  package init() {}

  init(_ outcome: LockstepOutcome) {
    guard case .results(let words) = outcome else { return }
    let log = Int((Place.log - Place.results) / 8)
    for record in stride(from: log, to: log + Int(Place.logSize / 8), by: Int(Place.recordSize / 8)) {
      switch words[record + 7] & 7 {
      case 3:
        machine += 1
        fromGuest += Int(words[record + 3] >> 39 & 1)
      case 1:
        supervisor += 1
        // SPV of `hstatus`, which stands above the level.
        fromGuest += Int(words[record + 7] >> 15 & 1)
      case 5: guest += 1
      default: return
      }
    }
  }

  package static func += (left: inout Self, right: Self) {
    left.machine += right.machine
    left.supervisor += right.supervisor
    left.guest += right.guest
    left.fromGuest += right.fromGuest
  }
}
