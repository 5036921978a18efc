import Hypervisor
import Machine
import RISCV

/// A replica that runs ahead of its column, to know where the next exit comes: a column can then stand before the guest instruction
/// that makes it.
final class ExitScout {
  /// One time that the monitor takes over.
  struct Exit {
    /// Steps of the guest before the instruction.
    var steps: UInt64
    /// What the physical hart trapped for; nil where the monitor took over between instructions.
    var trap: (cause: ExceptionCause, value: UInt64)?
    var reason: ExitReason
    var pc: UInt64
  }
  enum Found {
    case exit(Exit)
    /// There is none: the guest ends at so many retired instructions.
    case none(position: UInt64)
    case interrupted
  }

  private let virtual: VirtualMachine
  private var machine: Machine { virtual.machine }
  /// Exits since the place that was asked for, in order.
  private var log: [Exit] = []
  /// An exit that is being served.
  private var open: (exit: Exit, hart: Int)?
  private var wanted: (from: UInt64, reason: ExitReason?)?
  private var found: Exit?

  private static let slice: UInt64 = 1_000_000

  /// Takes over a replica.
  init(_ virtual: VirtualMachine) {
    self.virtual = virtual
    machine.eventMask = [.exit, .entry]
    machine.eventHandler = { [unowned self] hart, event in note(event, hart) }
  }

  private func note(_ event: Event, _ hart: Hart) -> Bool {
    switch event.kind {
    case .exit(let cause, let value, _):
      open = (Exit(steps: machine.steps, trap: (cause, value), reason: .exception, pc: event.pc), hart.index)
    case .entry(let reason, _):
      var exit = open?.exit ?? Exit(steps: takeover(hart, event), trap: nil, reason: reason, pc: event.pc)
      exit.reason = reason
      open = nil
      guard let wanted, exit.steps >= wanted.from else { break }
      // Before the one that is wanted, only those of the same instruction are of use.
      if wanted.reason != nil, found == nil, let last = log.last, last.steps < exit.steps { log = [] }
      log.append(exit)
      if found == nil, wanted.reason.map({ $0 == reason }) ?? true { found = exit }
    default: break
    }
    return found != nil
  }

  /// Where the monitor took over without an exit: a step of the guest's is a unit of its clock.
  private func takeover(_ hart: Hart, _ event: Event) -> UInt64 {
    let passed = event.cycle &- virtual.cpus[hart.index].takeoverClock
    return machine.steps &- min(passed, machine.steps)
  }

  /// The first exit at `steps` or later, of a reason if one is wanted.
  func next(from steps: UInt64, reason: ExitReason?, _ isInterrupted: () -> Bool) throws(DebuggerError) -> Found {
    log.removeAll { $0.steps < steps }
    if let known = log.first(where: { exit in reason.map { $0 == exit.reason } ?? true }) { return .exit(known) }
    log = []
    (wanted, found) = ((steps, reason), nil)
    defer { wanted = (steps, nil) }
    while found == nil {
      if isInterrupted() { return .interrupted }
      guard try run(Self.slice) else { return .none(position: machine.position) }
    }
    return .exit(found!)
  }

  /// All exits that the guest's step behind `steps` makes. Known for places that the scout has not left far behind.
  func exits(at steps: UInt64) throws(DebuggerError) -> [Exit] {
    log.removeAll { $0.steps < steps }
    (wanted, found) = ((steps, nil), nil)
    defer { found = nil }
    while machine.steps <= steps {
      found = nil
      guard try run(steps + 1 - machine.steps) else { break }
    }
    // The service of the last one may be done but for the entry.
    var exits = log.filter { $0.steps == steps }
    if let open, open.exit.steps == steps, let service = virtual.cpus[open.hart].service {
      exits.append(open.exit)
      exits[exits.count - 1].reason = service.reason
    }
    return exits
  }

  /// False at the guest's end.
  private func run(_ steps: UInt64) throws(DebuggerError) -> Bool {
    switch machine.run(stepLimit: steps) {
    case .exited(.reset):
      do { try machine.reset() } catch { throw .machine(error) }
      return true
    case .exited, .idleForever: return false
    case .limit, .breakpoint, .watch, .event, .requested: return true
    }
  }
}
