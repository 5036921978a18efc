import Hypervisor
import Machine
import RISCV

/// Why the guest stands still, with everything that a stop shows.
package struct Stop {
  package enum Reason: Equatable {
    /// The person's breakpoints, watchpoints or catchpoints.
    case points
    /// A step, or a run to a place, is complete.
    case done
    /// As many instructions as asked for.
    case limit
    /// Ctrl-C, or a time limit.
    case requested
    case exited(ExitRequest)
    /// Every hart waits and nothing can wake one.
    case idle
    /// A stage was entered that `stepstage` waited for.
    case stage(StageEntry)
    /// The event that `stepworld` and its kin waited for.
    case awaited(Event)
    /// A translation was used that the tables no longer agree with: ``Stop/staleUse``.
    case stale
    /// The person's monitor gave its guest back in a wrong state: ``Stop/entry``.
    case mistake
    /// It has not entered its guest for so many instructions.
    case overdue(UInt64)
  }
  package var reason: Reason
  package var points: [StopPoint] = []
  package var event: Event?
  /// The event of each point, by its number, where they were several.
  package var events: [Int: Event] = [:]
  package var oldValue: Value?
  package var newValue: Value?
  package var staleUse: StaleUse?
  /// What the person's monitor made of the exit that is over here.
  package var entry: EntryCheck?
  /// The event that was waited for, where the person's points were hit by it too.
  package var awaited: Event?

  package init(
    reason: Reason, points: [StopPoint] = [], event: Event? = nil, oldValue: Value? = nil, newValue: Value? = nil
  ) {
    (self.reason, self.points, self.event) = (reason, points, event)
    (self.oldValue, self.newValue) = (oldValue, newValue)
  }
}

extension Session {
  /// Instructions between two looks at the world outside: some hundredths of a second.
  private static let slice: UInt64 = 4_000_000

  /// Lets the guest run until something stops it.
  package func resume(limit: UInt64 = .max) throws(DebuggerError) -> Stop {
    cycleStep = nil
    pending = nil
    manual?.draft = nil
    updateHooks()
    var left = limit
    if let positionLimit { left = min(left, positionLimit - min(positionLimit, machine.position)) }
    var isFirst = true
    while true {
      if takeInterrupt() { return finish(.requested) }
      // The machine passes over a breakpoint where a run begins; between slices that would lose one.
      if !isFirst, let stop = breakpointHere() { return stop }
      isFirst = false
      let before = machine.position
      let reason = machine.run(limit: beforeInterrupt(left), stepLimit: Self.slice)
      if left != .max { left -= min(left, machine.position - before) }
      betweenSlices?()
      switch reason {
      case .limit:
        if left == 0 { return finish(.limit) }
      case .exited(.reset):
        try resetGuest()
      // Where Ctrl-C is repeated nobody is there any more for whom the guest waited.
      case .idleForever where takeInterrupt(): return finish(.requested)
      default:
        return stop(for: reason)
      }
    }
  }

  /// The stop of a breakpoint at which the current hart stands without having been stopped there yet.
  package func breakpointHere() -> Stop? {
    let hart = machine.harts[machine.currentHart]
    guard machine.isAtBreakpoint(hart), !hart.isWaiting, breakpointHit(hart, hart.pc) else { return nil }
    return stop(for: .breakpoint(hart: hart.index, pc: hart.pc))
  }

  /// Executes one instruction, or takes one trap, of the hart whose turn it is.
  package func stepInstruction() throws(DebuggerError) -> Stop {
    if takeInterrupt() { return finish(.requested) }
    pending = nil
    cycleStep = nil
    manual?.draft = nil
    updateHooks()
    selectedHart = machine.currentHart
    let reason = machine.step()
    if case .exited(.reset) = reason { try resetGuest() }
    let stop = stop(for: reason)
    if stop.reason == .limit { return Stop(reason: .done) }
    return stop
  }

  /// Has the physical hart execute one instruction, or the monitor one service.
  package func stepHostInstruction() throws(DebuggerError) -> Stop {
    for cpu in virtualMachine.cpus { cpu.stepsHost = true }
    defer { for cpu in virtualMachine.cpus { cpu.stepsHost = false } }
    return try stepInstruction()
  }

  func resetGuest() throws(DebuggerError) {
    do { try machine.reset() } catch { throw .machine(error) }
  }

  func stop(for reason: StopReason) -> Stop {
    defer {
      noteStageHere()
      noteExit()
      beginDraft()
    }
    switch reason {
    case .limit, .exited(.reset): return finish(.limit)
    case .requested: return finish(.requested)
    case .exited(let request): return finish(.exited(request))
    case .idleForever: return finish(.idle)
    case .breakpoint(let hart, _): return found(on: hart)
    case .watch(let event), .event(let event): return found(on: event.hart)
    }
  }

  private func found(on hart: Int) -> Stop {
    let pending = pending ?? PendingStop(isInternal: true)
    self.pending = nil
    selectedHart = hart
    var stop = Stop(
      reason: .points, points: pending.points, event: pending.event, oldValue: pending.oldValue,
      newValue: pending.newValue)
    stop.staleUse = pending.stale
    if let use = pending.stale { stalePoint = StalePoint(use, machine) }
    stop.entry = pending.entry
    stop.awaited = pending.awaited
    stop.events = pending.events
    if let stage = pending.stage, pending.points.isEmpty {
      stop.reason = .stage(stage)
    } else if let awaited = pending.awaited, pending.points.isEmpty {
      stop.reason = .awaited(awaited)
    } else if case .overdue(let count) = pending.event?.kind, pending.points.isEmpty {
      stop.reason = .overdue(count)
    } else if let entry = pending.entry, !entry.isRight, pending.points.isEmpty {
      stop.reason = .mistake
    } else if pending.stale != nil, pending.points.isEmpty {
      stop.reason = .stale
    } else if pending.points.isEmpty {
      stop.reason = .done
    }
    for point in stop.points { apply(point) }
    updateHooks()
    return stop
  }

  private func apply(_ point: StopPoint) {
    variables["bpnum"] = .int(point.number)
    switch point.disposition {
    case .keep: break
    case .disable: point.isEnabled = false
    case .delete: stops.removeAll { $0 === point }
    case .count(let left):
      if left <= 0 {
        point.isEnabled = false
        point.disposition = .keep
      }
    }
  }

  private func finish(_ reason: Stop.Reason) -> Stop {
    if reason == .requested { noteInterrupt() }
    selectedHart = machine.currentHart
    return Stop(reason: reason)
  }

  /// Runs to one of these addresses, where `test` holds; the person's stops count as ever.
  func run(to addresses: [UInt64], where test: @escaping (Hart) -> Bool = { _ in true }) throws(DebuggerError) -> Stop {
    for address in addresses { internalStops[address] = test }
    defer {
      internalStops = [:]
      updateHooks()
    }
    return try resume()
  }

  /// Sends bytes to the guest's console. After going back, what was typed later the first time is dropped.
  package func type(_ bytes: [UInt8]) {
    machine.board.forgetInputToCome()
    waitingInput += bytes
    machine.board.consoleInput.send(bytes)
  }

  /// Has another machine at the same place receive what this guest will at the next border of turns: the log does not have it yet.
  func handOverInput(to other: Machine) { other.board.consoleInput.send(waitingInput) }

  /// Starts again from reset. The changes made by hand are gone.
  package func restart() throws(DebuggerError) {
    let fresh = try rebuild(under: technique)
    replace(with: fresh)
    restartRecords()
    updateHooks()
  }

  /// Runs to the next boot stage that has not been entered yet, or to the one of this name.
  package func stepStage(to name: String? = nil) throws(DebuggerError) -> Stop {
    stageToStopAt = name.map { .named($0) } ?? .any
    defer { stageToStopAt = nil }
    return try resume()
  }
}
