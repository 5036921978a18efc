import Hypervisor
import Machine
import RISCV

/// What came of taking the guest under another technique.
package enum TechniqueSwitch: Sendable, Equatable {
  /// It stands where it stood, with the same digest: EQUIVALENCE.
  case equal(digest: UInt64)
  /// It stands at the same position and differs.
  case different(before: UInt64, after: UInt64)
  /// Ctrl-C: everything is as it was.
  case interrupted
}

extension Session {
  /// Takes the guest under another technique: before its first instruction a new machine stands there; later it runs again from
  /// reset, with the same input and changes, to where it stands now.
  package func change(to technique: Technique) throws(DebuggerError) -> TechniqueSwitch {
    if machine.steps == 0 && changes.isEmpty {
      let fresh = try rebuild(under: technique)
      fresh.machine.board.consoleInput.replay(machine.board.consoleInput.arrivals)
      fresh.machine.board.balloonRequests.replay(machine.board.balloonRequests.arrivals)
      let waiting = waitingInput
      replace(with: fresh)
      if !waiting.isEmpty { type(waiting) }
      return .equal(digest: machine.digest())
    }
    let fresh = try replica(under: technique)
    guard try advance(fresh, to: machine.position), try advanceOverTraps(fresh.machine) else { return .interrupted }
    let (before, after) = (machine.digest(), fresh.machine.digest())
    let old = virtualMachine
    let hart = selectedHart
    isReplaying = true
    defer { isReplaying = false }
    let waiting = waitingInput
    replace(with: fresh)
    if !waiting.isEmpty { type(waiting) }
    selectedHart = hart
    withExtendedLifetime(old) {}
    return before == after ? .equal(digest: after) : .different(before: before, after: after)
  }

  /// At one position several traps and interrupts may have been taken: the replica takes as many.
  func advanceOverTraps(_ other: Machine) throws(DebuggerError) -> Bool {
    while other.steps < machine.steps {
      if takeInterrupt() { return false }
      let before = other.steps
      _ = other.run(stepLimit: machine.steps - other.steps)
      if other.steps == before { break }
    }
    // Interrupts are no steps: at most one more for each mode above the guest's.
    for _ in 0..<3 where !isAlike(other) && other.steps == machine.steps && isAboutToBeInterrupted(other) {
      _ = other.step()
    }
    return true
  }

  private func isAlike(_ other: Machine) -> Bool {
    zip(machine.harts, other.harts).allSatisfy { $0.pc == $1.pc && $0.privilege == $1.privilege }
  }
  func isAboutToBeInterrupted(_ other: Machine) -> Bool {
    other.harts[other.currentHart].pendingInterrupt != nil
  }

  /// Runs to the next event of these kinds between the guest and the monitor, on any hart.
  package func stepWorld(_ kinds: EventMask) throws(DebuggerError) -> Stop {
    try requireMonitor()
    return try run(to: AwaitedEvents(kinds: kinds))
  }

  /// Runs to the next of some events; the person's stops count as ever.
  func run(to events: AwaitedEvents) throws(DebuggerError) -> Stop {
    awaited = events
    defer {
      awaited = nil
      updateHooks()
    }
    return try resume()
  }

  /// Throws where guest and monitor never hand over to each other.
  package func requireMonitor() throws(DebuggerError) {
    if specimen != nil { return }
    switch technique.kind {
    case .native:
      throw .other("There are no exits under native: the guest is the machine.  `technique` chooses another.")
    case .emulation:
      throw .other(
        "There are no exits under emulation: the monitor steps each instruction, and the guest is never entered.  "
          + "`technique` chooses another.")
    case .trapAndEmulate, .binaryTranslation, .hardwareAssisted: break
    }
  }
}

// What can be caught.
extension Session {
  /// Throws for a kind of event that does not happen under the present technique.
  package func requireEvents(of what: Catch) throws(DebuggerError) {
    if let reason = absence(of: what) { throw .other(reason) }
  }

  /// Stops that cannot be hit under the present technique, and why not.
  package var sleepingStops: [(stop: StopPoint, reason: String)] {
    stops.compactMap { stop in
      guard case .catchpoint(let what) = stop.kind, let reason = absence(of: what) else { return nil }
      return (stop, reason)
    }
  }

  private func absence(of what: Catch) -> String? {
    switch what {
    case .trap, .interrupt, .privilege, .csr, .stage, .balloon, .marker, .tlb: return nil
    case .fault where specimen != nil:
      return
        "What a page fault is to the guest of your monitor is not told apart.  `catch exit page-fault` stops at each."
    case .exit, .entry, .fault:
      do { try requireMonitor() } catch { return error.description }
      return nil
    case .shadow:
      return technique.paging == .shadow ? nil : absence(ofTables: "shadow")
    case .translation:
      return virtualMachine.codeCache == nil
        ? "There is no translation cache under \(technique).  `technique binary-translation` has one." : nil
    case .nested:
      return technique.paging == .nested ? nil : absence(ofTables: "nested")
    }
  }

  private func absence(ofTables kind: String) -> String {
    "There are no \(kind) tables under \(technique).  `technique` chooses another."
  }

  /// Throws where the monitor keeps no tables of this kind.
  package func requireTables(_ paging: Technique.Paging) throws(DebuggerError) {
    if technique.paging != paging { throw .other(absence(ofTables: paging.rawValue)) }
  }
}
