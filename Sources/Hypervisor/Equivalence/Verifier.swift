import Machine
import RISCV

/// EQUIVALENCE as a tool: runs one guest in several ways at the same pace, and compares the states.
///
/// Runs are compared after every `stride` steps. A difference is then narrowed to the first instruction behind which it
/// shows, by running again from reset in smaller and smaller pieces: a run is a function of its configuration (REPLAY).
package struct Verifier {
  /// The first is the reference, with which each other is compared.
  package var contestants: [Contestant]
  /// The guest on the bare machine, where the check of stale translations runs that sorts differences.
  package var bare: Contestant
  /// Steps from one comparison to the next: instructions that retire or trap.
  package var stride: UInt64 = Self.defaultStride
  /// Steps after which it is enough.
  package var limit: UInt64 = .max
  /// Texts on the console that are an end, too: that of the stretch in which one of them was said.
  package var until: [TypingRule] = []
  /// Told after each comparison how many instructions have retired; false stops it.
  package var onProgress: (UInt64) -> Bool = { _ in true }

  package static let defaultStride: UInt64 = 1_000_000
  /// Pieces into which a stretch with a difference is divided at a time.
  private static let pieces: UInt64 = 16

  package init(_ contestants: [Contestant], bare: Contestant) {
    precondition(contestants.count > 1)
    self.contestants = contestants
    self.bare = bare
  }

  /// Compares techniques, the first being the reference.
  package init(
    _ configuration: MachineConfiguration, techniques: [Technique], choices: MonitorChoices = MonitorChoices()
  ) {
    self.init(
      techniques.map { Contestant($0, configuration, choices) }, bare: Contestant(.native, configuration))
  }

  package func run() throws(MachineError) -> Verdict {
    var runs: [ComparedRun] = []
    for contestant in contestants { runs.append(try contestant.start()) }
    runs[0].lastWords = until.map { PromptTyper([$0]) }
    var steps: UInt64 = 0
    var comparisons = 0
    while true {
      let before = steps
      steps += min(max(stride, 1), limit - steps)
      let end = try runs[0].advance(to: steps)
      for index in runs.indices.dropFirst() {
        let other = try runs[index].advance(to: steps)
        if other != end || !runs[0].isEqual(to: runs[index]) {
          return .different(try narrow(index, from: before, to: max(runs[0].machine.steps, runs[index].machine.steps)))
        }
      }
      comparisons += 1
      let position = runs[0].machine.position
      if let ended = Self.verdictEnd(end, hasSaidLastWord: runs[0].hasSaidLastWord, atLimit: steps == limit) {
        return .equal(
          .init(
            position: position, steps: runs[0].machine.steps, comparisons: comparisons, end: ended,
            console: runs[0].console))
      }
      if end == .requested || !onProgress(position) { return .interrupted(position: position) }
    }
  }

  private static func verdictEnd(_ end: ComparedRun.End?, hasSaidLastWord: Bool, atLimit: Bool) -> Verdict.End? {
    switch end {
    case .exited(let request): .exited(request)
    case .idleForever: hasSaidLastWord ? .saidLastWord : .idleForever
    case .requested: nil
    case nil: hasSaidLastWord ? .saidLastWord : atLimit ? .limit : nil
    }
  }

  // MARK: Narrowing

  /// Finds the first step behind which two runs differ. They were equal at `low` and differed at `high`, at the latest.
  private func narrow(_ index: Int, from low: UInt64, to high: UInt64) throws(MachineError) -> Difference {
    var (low, high) = (low, max(high, low + 1))
    let origin = (low: low, high: high)
    var restarts = 0
    while high - low > 1 {
      let piece = max(1, (high - low + Self.pieces - 1) / Self.pieces)
      let (one, two) = (try contestants[0].start(), try contestants[index].start())
      let isEqualThere = try Self.areEqual(one, two, at: low)
      if !isEqualThere, low > 0, restarts < 4 {
        // What was equal is not, when it is reached in one go: the way there matters. Look from the beginning.
        restarts += 1
        (low, high) = (0, low)
        continue
      }
      var place = low
      while place < high {
        let isEqual = try Self.areEqual(one, two, at: min(place + piece, high))
        if !isEqual { break }
        place += piece
      }
      guard place < high else { return try narrowInOneGo(index, from: origin.low, to: origin.high) }
      (low, high) = (place, min(place + piece, high))
    }
    return try describe(index, at: low)
  }

  /// Finds the first step behind which two runs differ that differ only where they go on for a while without a stop: from `low`,
  /// to which they come stride by stride as they did at first.
  private func narrowInOneGo(_ index: Int, from low: UInt64, to high: UInt64) throws(MachineError) -> Difference {
    func isEqual(at place: UInt64) throws(MachineError) -> Bool {
      try Self.areEqual(try paced(contestants[0], to: low), try paced(contestants[index], to: low), at: place)
    }
    if try isEqual(at: high) { return try describe(index, at: low, uncertainty: high - low) }
    var (equal, different) = (low, high)
    while different - equal > 1 {
      let place = equal + (different - equal) / 2
      if try isEqual(at: place) { equal = place } else { different = place }
    }
    return try describe(index, at: equal, inOneGoFrom: low)
  }

  /// A run that came to a place as the first ones did, with a stop at each stride.
  private func paced(_ contestant: Contestant, to steps: UInt64) throws(MachineError) -> ComparedRun {
    let run = try contestant.start()
    var place: UInt64 = 0
    while place < steps {
      place = min(place + stride, steps)
      _ = try run.advance(to: place)
    }
    return run
  }

  /// Lets two runs go on to a place, and compares them there.
  private static func areEqual(
    _ one: ComparedRun, _ two: ComparedRun, at steps: UInt64
  ) throws(MachineError) -> Bool {
    let ends = (try one.advance(to: steps), try two.advance(to: steps))
    return ends.0 == ends.1 && one.isEqual(to: two)
  }

  /// Tells what differs behind the step at `place`, or within `uncertainty` steps.
  private func describe(
    _ index: Int, at place: UInt64, uncertainty: UInt64 = 0, inOneGoFrom start: UInt64? = nil
  ) throws(MachineError) -> Difference {
    let before = try contestants[0].start()
    _ = try before.advance(to: place)
    let hart = before.machine.harts[before.machine.currentHart]
    var difference = Difference(
      reference: contestants[0].name, other: contestants[index].name, position: before.machine.position, steps: place,
      hart: hart.index, pc: hart.pc, privilege: hart.privilege, instruction: Self.instruction(hart, before.machine),
      interrupt: hart.pendingInterrupt?.name, values: [], uncertainty: uncertainty,
      stepsInOneGo: start.map { place + 1 - $0 }, cause: .unexplained)
    let end = place + max(uncertainty, 1)
    let (one, two) = (
      try paced(contestants[0], to: start ?? place), try paced(contestants[index], to: start ?? place)
    )
    let ends = (try one.advance(to: end), try two.advance(to: end))
    difference.values = one.differences(to: two, limit: Difference.shownValues + 1)
    if ends.0 != ends.1 {
      difference.values.append(DifferentValue("end", Self.text(ends.0), Self.text(ends.1)))
    }
    if difference.values.isEmpty { difference.uncertainty = max(uncertainty, 1) }
    difference.cause = try cause(before: end)
    return difference
  }

  private static func instruction(_ hart: Hart, _ machine: Machine) -> String {
    guard let place = hart.physicalAddress(of: GuestVirtualAddress(hart.pc)),
      let low = machine.memory.load(place, as: UInt16.self)
    else { return "" }
    guard low & 3 == 3 else { return Disassembler.text(bits: UInt32(low), pc: hart.pc) }
    // The other half may lie in another page.
    guard let next = hart.physicalAddress(of: GuestVirtualAddress(hart.pc &+ 2)),
      let high = machine.memory.load(next, as: UInt16.self)
    else { return "" }
    return Disassembler.text(bits: UInt32(low) | UInt32(high) << 16, pc: hart.pc)
  }

  private static func text(_ end: ComparedRun.End?) -> String {
    switch end {
    case .exited(let request): "\(request)"
    case .idleForever: "waits for ever"
    case .requested: "stopped"
    case nil: "goes on"
    }
  }

  // MARK: Sorting

  /// Whether the guest broke the rule that makes techniques equal, before so many steps.
  private func cause(before steps: UInt64) throws(MachineError) -> Difference.Cause {
    let run = try bare.start()
    run.machine.recordedMask = .stale
    for hart in run.machine.harts { hart.translationCheck?.outlivesTLB = true }
    _ = try run.advance(to: steps)
    let checks = run.machine.harts.compactMap(\.translationCheck)
    if let first = checks.compactMap(\.uses.first).min(by: { $0.use.retired < $1.use.retired }) {
      return .staleTranslation(first)
    }
    let cleared = checks.reduce(0) { $0 + $1.clearedCount }
    return cleared > 0 ? .clearedBits(count: cleared) : .unexplained
  }
}
