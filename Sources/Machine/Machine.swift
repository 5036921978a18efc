import RISCV

/// A whole machine: harts on a board, run in the one canonical order.
///
/// Harts take turns of `turnLength` instructions, where one that traps counts though it does not retire. A round of turns advances the guest's clock by as much; within its
/// own turn a hart sees the clock advance with each instruction. The turn of a waiting hart retires nothing. When all harts
/// wait, the clock skips to the next event. State after N is thus a function of the configuration and the input log (REPLAY).
package final class Machine {
  /// Instructions of a turn.
  package static let turnLength = 1000

  package let configuration: MachineConfiguration
  package let memory: PhysicalMemory
  private let group: HartGroup
  package let board: Board
  package var harts: [Hart] { group.harts }

  /// N: instructions retired in the canonical order over all harts.
  package var position: UInt64 { group.turns.pointee.position }
  /// Instructions of all harts that retired or trapped.
  package var steps: UInt64 { group.turns.pointee.steps }
  /// The guest's clock, in clock units: ten to a tick of `time`.
  package var clock: UInt64 { group.clock }
  /// `mtime`, in ticks.
  package var time: UInt64 { group.time }
  /// Whose turn it is.
  package var currentHart: Int { group.turns.pointee.current }

  /// Raise it to stop a run between two turns.
  package let stopRequest = StopFlag()
  /// Every instruction takes the reference path.
  package var usesStepPath = false
  /// Called while all harts wait, with the clock of the next event, or nil when there is none.
  package var idleHandler: ((UInt64?) -> IdleAnswer)?

  /// Called at a breakpoint; true stops there.
  package var breakpointHit: ((Hart, UInt64) -> Bool)?
  /// Called after an access to a watched range; true stops.
  package var watchHit: ((Hart, Event) -> Bool)?
  /// Called for each event of `eventMask`; true stops.
  package var eventHandler: ((Hart, Event) -> Bool)?

  /// Guest-virtual addresses at which a run stops before the instruction.
  package var breakpoints: Set<UInt64> = [] {
    didSet { memory.setBreakpoints(breakpoints) }
  }
  /// A breakpoint stands where a hart is.
  package func isAtBreakpoint(_ hart: Hart) -> Bool {
    breakpoints.contains(hart.pc) || executor?.isAtBreakpoint(hart) ?? false
  }
  /// Ranges whose accesses are reported to `watchHit`.
  package var watchedRanges: [WatchedRange] = [] {
    didSet { for hart in harts { hart.watchedRanges = watchedRanges } }
  }
  /// Kinds of events that are reported to `eventHandler`, each right after its instruction.
  package var eventMask: EventMask = [] {
    didSet { updateMasks() }
  }
  /// Kinds of events that are handed to `recorder` in bulk, whether a handler wants them too or not.
  package var recordedMask: EventMask = [] {
    didSet { updateMasks() }
  }
  /// Takes what was recorded since the last call, in order, by one hart, and the position before it. Kinds that only
  /// `eventMask` asks for may be among it.
  package var recorder: ((UnsafeBufferPointer<EventRecord>, UInt64) -> Void)?

  private func updateMasks() {
    for hart in harts { hart.observe(urgent: eventMask, recorded: recordedMask) }
  }

  /// Runs the harts in place of their own engine; nil where they are physical ones. Set before the first run.
  package var executor: (any HartExecutor)?

  /// Builds the machine and loads what the configuration names; it stands at the reset vector. `memory` is its RAM where
  /// that is a window of a host's; it has the size that the configuration says.
  package init(_ configuration: MachineConfiguration, memory given: PhysicalMemory? = nil) throws(MachineError) {
    try configuration.validate()
    self.configuration = configuration
    if let given {
      memory = given
    } else {
      do { memory = try PhysicalMemory(base: MemoryMap.memory, size: configuration.memorySize) } catch {
        throw .memoryRefused(error)
      }
    }
    group = HartGroup(configuration, memory: memory)
    board = try Board(configuration, memory: memory, port: group)
    for hart in group.harts { hart.attach(board.bus) }
  }

  /// What the reset button does: harts and devices start again; counts and clock go on.
  package func reset() throws(MachineError) {
    for hart in harts { hart.reset(pc: MemoryMap.bootROM) }
    try board.reset()
    group.turns.pointee.used = 0
    group.turns.pointee.current = 0
    executor?.machineWasReset()
  }

  // MARK: Running

  /// How far a run may still go.
  private struct Limit {
    var retired: UInt64 = .max
    var steps: UInt64 = .max

    var isReached: Bool { retired == 0 || steps == 0 }
    func bound(_ allowance: Int) -> Int { Int(min(UInt64(allowance), retired, steps)) }
    mutating func spend(steps used: Int, retired count: Int) {
      if retired != .max { retired -= UInt64(count) }
      if steps != .max { steps -= UInt64(used) }
    }
  }

  /// Runs until something stops it. `limit` counts retired instructions from here, `stepLimit` those that trapped too: a
  /// storm of traps retires nothing, but reaches it.
  package func run(limit: UInt64 = .max, stepLimit: UInt64 = .max) -> StopReason {
    var left = Limit(retired: limit, steps: stepLimit)
    // A breakpoint where the run starts is where the last one stopped.
    if !left.isReached, isAtBreakpoint(group.current), !group.current.isWaiting,
      let reason = advance(allowance: 1, left: &left, isSingleStep: true)
    {
      return reason
    }
    while true {
      if stopRequest.isRaised, stopRequest.take() { return .requested }
      if left.isReached { return .limit }
      if let reason = advance(allowance: .max, left: &left, isSingleStep: false) { return reason }
    }
  }

  /// Executes one instruction, or takes one trap or interrupt, of the hart whose turn it is.
  package func step() -> StopReason {
    var left = Limit()
    while true {
      if stopRequest.isRaised, stopRequest.take() { return .requested }
      let hart = group.current
      let waits = hart.isWaiting && !hart.hasWakeUp
      if let reason = advance(allowance: 1, left: &left, isSingleStep: true) { return reason }
      if !waits || !(hart.isWaiting) { return .limit }
    }
  }

  /// Lets the current hart run for a while within its turn; a reason when the run is to stop.
  private func advance(allowance: Int, left: inout Limit, isSingleStep: Bool) -> StopReason? {
    let turns = group.turns
    let hart = group.current
    let clock = turns.pointee.roundClock &+ UInt64(turns.pointee.used)
    var deadline = hart.nextTimerClock
    if deadline <= clock {
      hart.updateTimers(clock: clock)
      deadline = hart.nextTimerClock
    }
    var allowance = isSingleStep ? 1 : min(allowance, span - turns.pointee.used)
    if deadline != .max { allowance = Int(min(UInt64(allowance), deadline &- clock)) }
    allowance = left.bound(allowance)
    turns.pointee.isExecuting = true
    let stop =
      if let executor {
        isSingleStep
          ? executor.step(hart, clock: clock)
          : executor.run(hart, allowance: allowance, clock: clock, byStep: usesStepPath)
      } else {
        isSingleStep ? hart.step(clock: clock) : hart.run(allowance: allowance, clock: clock, byStep: usesStepPath)
      }
    turns.pointee.isExecuting = false
    let (used, retired) = (hart.used, hart.usedRetired)
    let before = turns.pointee.position
    turns.pointee.passTurns(used)
    turns.pointee.position &+= UInt64(retired)
    turns.pointee.steps &+= UInt64(used)
    left.spend(steps: used, retired: retired)
    var reason = hart.hasRecords ? handOut(hart, position: before) : nil
    if stop != .allowance, reason == nil { reason = takeExit() }
    switch stop {
    case .allowance, .attention: break
    case .waiting: return endTurn() ?? reason
    case .breakpoint:
      if reason == nil, isAtBreakpoint(hart) { return stopAtBreakpoint(&left) }
      if reason == nil { return advance(allowance: 1, left: &left, isSingleStep: true) }
    }
    if turns.pointee.used >= Self.turnLength { return reason ?? endTurn() }
    return reason
  }

  /// Instructions from the start of the turn to the next border at which something can happen: to a lone hart the borders before
  /// are nothing.
  private var span: Int {
    guard group.harts.count == 1 else { return Self.turnLength }
    let (distance, isPast) = board.nextBorderClock.subtractingReportingOverflow(group.turns.pointee.roundClock)
    if isPast { return Self.turnLength }
    let turns = (Int(min(distance, UInt64(Self.longestSpan))) + Self.turnLength - 1) / Self.turnLength
    return Self.turnLength * max(1, turns)
  }
  /// What somebody who asks for a stop has to wait at most.
  private static let longestSpan = 64 * turnLength

  /// At a breakpoint: the reason when it stops, else its instruction is stepped over.
  private func stopAtBreakpoint(_ left: inout Limit) -> StopReason? {
    let hart = group.current
    if breakpointHit?(hart, hart.pc) ?? true { return .breakpoint(hart: hart.index, pc: hart.pc) }
    return advance(allowance: 1, left: &left, isSingleStep: true)
  }

  /// Hands events out; the reason when one of the handlers stops the run.
  private func handOut(_ hart: Hart, position: UInt64) -> StopReason? {
    defer { hart.forgetRecords() }
    if !recordedMask.isEmpty { recorder?(hart.records, position) }
    guard hart.hasUrgentEvents else { return nil }
    var reason: StopReason?
    for record in hart.records {
      guard let event = record.event else { continue }
      if case .memory(let kind, let address, let physical, let width, _, _) = event.kind, !watchedRanges.isEmpty,
        watchedRanges.contains(where: {
          (kind == .load ? $0.onLoad : $0.onStore)
            && $0.overlaps($0.space == .virtual ? address : physical, count: UInt64(width.rawValue))
        }), watchHit?(hart, event) ?? true, reason == nil
      {
        reason = .watch(event)
      }
      if eventMask.contains(event.kind.mask), eventHandler?(hart, event) ?? true, reason == nil {
        reason = .event(event)
      }
    }
    return reason
  }

  private func takeExit() -> StopReason? {
    guard let request = board.exitRequest else { return nil }
    return .exited(request)
  }

  /// The next hart's turn; after the last one a new round.
  private func endTurn() -> StopReason? {
    let turns = group.turns
    if group.harts.count > 1 { group.current.endTurn() }
    turns.pointee.used = 0
    turns.pointee.current += 1
    if turns.pointee.current == group.harts.count {
      turns.pointee.current = 0
      turns.pointee.roundClock &+= UInt64(Self.turnLength)
    }
    board.atTurnBorder()
    if board.exitRequest != nil { return takeExit() }
    return turns.pointee.current == 0 && group.harts[0].isWaiting ? skipIdleTime() : nil
  }

  /// At the start of a round, while all harts wait: skips to the next event.
  private func skipIdleTime() -> StopReason? {
    while harts.allSatisfy({ $0.isWaiting && !$0.hasWakeUp }) {
      let timers = harts.map(\.nextTimerClock).min()!
      let next = min(timers, board.nextEventClock)
      let clock = group.turns.pointee.roundClock
      if next <= clock {
        for hart in harts { hart.updateTimers(clock: clock) }
        board.atTurnBorder()
        return nil
      }
      switch idleHandler?(next == .max ? nil : next) ?? .skip {
      case .again: continue
      case .stop: return .requested
      case .skip:
        if next == .max { return .idleForever }
        group.turns.pointee.roundClock = next
      }
    }
    return nil
  }
}
