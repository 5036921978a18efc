/// One program on the block loop and on a reference.
package struct LockstepComparison {
  package let difference: LockstepDifference?
  /// Traps that were logged on the block loop.
  package let trapCount: Int

  package init(_ program: LockstepProgram, _ reference: Reference, _ runner: LockstepRunner) throws {
    let here = try runner.runHere(program, byStep: false)
    trapCount = Self.traps(here.outcome)
    if reference.kind == .step {
      let step = try runner.runHere(program, byStep: true)
      var difference = LockstepDifference(here.outcome, step.outcome, reference)
      // The digest sees all of RAM and every CSR.
      if difference == nil, here.digest != step.digest { difference = LockstepDifference(lines: ["digests differ"]) }
      self.difference = difference
    } else {
      difference = LockstepDifference(here.outcome, try runner.run(program, on: reference), reference)
    }
  }

  private static func traps(_ outcome: LockstepOutcome) -> Int {
    guard case .results(let words) = outcome else { return 0 }
    let log = Int((Place.log - Place.results) / 8)
    return (0..<Int(Place.logSize / Place.recordSize)).prefix { words[log + 8 * $0 + 7] != 0 }.count
  }
}
