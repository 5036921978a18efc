import Hypervisor
import Machine
import RISCV

/// Facts that nobody counted: found by running again beside, up to where the guest stands.
enum ReplayFacts {
  /// So many instructions are looked ahead for the next exit.
  private static let foresight: UInt64 = 1_000_000_000

  static func count(_ call: FactCall) throws(EvaluationError) -> Value {
    let (session, text) = (call.session, call.text(0))
    return try remembered("count \(text)", session) { () throws(DebuggerError) in
      let (head, condition) = split(text)
      let words = head.split(separator: " ", maxSplits: 1).map(String.init)
      let what = try session.parseCatch(words.first ?? "", words.count > 1 ? trimmed(words[1]) : "")
      if case .fault = what, session.specimen != nil { try session.requireEvents(of: what) }
      let virtual = try session.replica(under: session.technique)
      // A session of its own, in which the catchpoint counts as ever and never stops.
      let beside = Session(virtual, beside: session)
      let stop = try beside.addStop(.catchpoint(what), condition: condition)
      stop.ignoreCount = .max
      guard try session.advanceToHere(virtual) else { throw .other("Interrupted.") }
      if let failure = beside.warnings.first { throw .other(failure) }
      return withExtendedLifetime(beside) { .int(stop.hits) }
    }
  }

  /// `EVENT if CONDITION`.
  private static func split(_ text: String) -> (head: String, condition: String?) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard let place = words.firstIndex(of: "if") else { return (trimmed(text), nil) }
    return (
      trimmed(words[..<place].joined(separator: " ")), trimmed(words[(place + 1)...].joined(separator: " "))
    )
  }
  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  static func region(_ call: FactCall) throws(EvaluationError) -> Value {
    let (session, name) = (call.session, call.text(0))
    return try remembered("region \(name)", session) { () throws(DebuggerError) in
      let number = abs(try session.marker(name))
      let virtual = try session.replica(under: session.technique)
      let counter = RegionCounter(virtual)
      guard try session.advanceToHere(virtual) else { throw .other("Interrupted.") }
      let region = withExtendedLifetime(counter) { counter.all.first { $0.number == number } }
      let title = session.markerNames.text(number)
      guard let region else { throw .other("The marker \(title) has not been reached yet.") }
      guard region.ended > 0 else { throw .other("The region \(title) has not ended yet.") }
      return .double(Double(region.hostCycles.sum) / Double(region.ended))
    }
  }

  static func console(_ call: FactCall) throws(EvaluationError) -> Value {
    let session = call.session
    if UInt64(session.consoleLog.bytes.count) != session.machine.board.consoleOutputCount {
      // The session took the machine over in the middle of its run.
      try translated { () throws(DebuggerError) in
        let virtual = try session.replica(under: session.technique)
        var bytes: [UInt8] = []
        virtual.machine.board.onConsoleOutput = { bytes.append($0) }
        guard try session.advanceToHere(virtual) else { throw .other("Interrupted.") }
        session.consoleLog.replace(with: bytes)
      }
    }
    return .int(session.consoleLog.contains(call.text(0)) ? 1 : 0)
  }

  static func nextExit(_ call: FactCall) throws(EvaluationError) -> Value {
    let session = call.session
    return try remembered("next exit", session) { () throws(DebuggerError) in
      try session.requireMonitor()
      if let request = session.machine.board.exitRequest, request != .reset {
        throw .other("The guest has ended: no exit comes any more.")
      }
      let virtual = try session.replica(under: session.technique)
      let other = virtual.machine
      guard try session.advance(virtual, to: session.machine.position) else { throw .other("Interrupted.") }
      let target = session.virtualMachine.exits.count &+ 1
      var reason: ExitReason?
      other.eventMask = .entry
      other.eventHandler = { [unowned virtual] _, event in
        guard case .entry(let why, _) = event.kind, virtual.exits.count >= target else { return false }
        if reason == nil { reason = why }
        return true
      }
      let end = min(session.positionLimit ?? .max, other.position &+ foresight)
      let isOver = try session.run(virtual, to: end) { reason != nil }
      // The guest's last exit has no entry.
      reason = reason ?? (isOver ? virtual.cpus.lazy.compactMap(\.service).first?.reason : nil)
      guard let reason else {
        throw .other("No exit comes up to retired \(grouped(other.position))\(isOver ? ", where the guest ends" : "").")
      }
      return .text(reason.name)
    }
  }

  // MARK: Around a replay

  /// What was found before at the same place, or is found now.
  private static func remembered(
    _ name: String, _ session: Session, _ find: () throws(DebuggerError) -> Value
  ) throws(EvaluationError) -> Value {
    let place = session.placeOfFacts
    if let known = session.replayedFacts.value(name, at: place) { return known }
    let value = try translated(find)
    session.replayedFacts.keep(value, name, at: place)
    return value
  }

  private static func translated<Result>(_ body: () throws(DebuggerError) -> Result) throws(EvaluationError) -> Result {
    do { return try body() } catch {
      if case .expression(let inner) = error { throw inner }
      throw .other(error.description)
    }
  }
}

/// How far the monitor is with the service of an exit, whatever things cost.
struct ServiceState: Equatable {
  var exits: UInt64
  var phase: VirtualCPU.Phase?
  var done: VirtualCPU.Phase?
  var isEntering: Bool

  init(_ cpu: VirtualCPU) {
    (exits, phase, done) = (cpu.exits.count, cpu.service?.phase, cpu.service?.done)
    isEntering = cpu.isEntering
  }
}

extension Session {
  fileprivate var placeOfFacts: ReplayedFacts.Place {
    let costs = virtualMachine.costs
    return .init(
      position: machine.position, steps: machine.steps, exits: virtualMachine.exits.count,
      phases: virtualMachine.cpus.map(ServiceState.init), changes: changes.count,
      costs: (costs.prices + costs.settings).map(\.number))
  }

  /// Brings a replica to where the guest stands, traps and phases of the monitor included. False when Ctrl-C stopped it.
  func advanceToHere(_ virtual: VirtualMachine) throws(DebuggerError) -> Bool {
    let other = virtual.machine
    guard try advance(virtual, to: machine.position), try advanceOverTraps(other) else { return false }
    let goal = virtualMachine.cpus.map(ServiceState.init)
    for cpu in virtual.cpus { cpu.stopsAtPhases = true }
    defer { for cpu in virtual.cpus { cpu.stopsAtPhases = false } }
    // An exit at hand has no step of the guest's yet: it is a few phases away.
    while other.steps == machine.steps, virtual.cpus.map(ServiceState.init) != goal {
      switch other.step() {
      case .limit, .breakpoint, .watch, .event: continue
      case .requested, .exited, .idleForever: return true
      }
    }
    return true
  }

  /// Runs a replica on until something is found, at most to a position. True when the guest has ended before.
  fileprivate func run(
    _ virtual: VirtualMachine, to end: UInt64, until isFound: () -> Bool
  ) throws(DebuggerError) -> Bool {
    let other = virtual.machine
    interruptFlag.attach(other.stopRequest)
    defer { interruptFlag.attach(machine.stopRequest) }
    while !isFound() && other.position < end {
      if takeInterrupt() { throw .other("Interrupted.") }
      switch other.run(limit: end - other.position, stepLimit: 20_000_000) {
      case .limit, .breakpoint, .watch, .event: continue
      case .requested:
        noteInterrupt()
        throw .other("Interrupted.")
      case .exited(.reset):
        do { try other.reset() } catch { throw .machine(error) }
      case .exited, .idleForever: return true
      }
    }
    return false
  }
}
