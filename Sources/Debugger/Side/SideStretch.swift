import Hypervisor
import Machine
import RISCV

/// What one column did while all moved together once.
package struct SideStretch {
  package internal(set) var charges: SideCharges
  /// Counts and cycles of the exits that came to their end; how cheap the cheapest was is not known.
  package internal(set) var exits: ExitStatistics
  /// Instructions that retired, and those that retired or trapped.
  package internal(set) var retired: UInt64
  package internal(set) var steps: UInt64
  /// What happened to the tables below, and to the guest. Only for movements by instructions.
  package internal(set) var happenings = SideHappenings()
  /// The guest's mode at its beginning.
  package internal(set) var privilege: PrivilegeMode
  /// Pages of the guest's tables whose stores exit, at its beginning and at its end.
  package internal(set) var tracedBefore: Set<UInt64>
  package internal(set) var tracedAfter: Set<UInt64>
  /// What the monitor is still at, where it has not come to the entry: an interrupt, or more to step, comes before.
  package internal(set) var openService: ExitReason?
}

/// Events of a stretch, counted; the first ones as they were.
package struct SideHappenings {
  package internal(set) var shadowFills = 0
  package internal(set) var shadowDrops = 0
  package internal(set) var shadowProtects = 0
  package internal(set) var nestedFills = 0
  package internal(set) var nestedDrops = 0
  package internal(set) var traps = 0
  package internal(set) var interrupts = 0
  /// The first events, at most ``capacity``.
  package internal(set) var events: [Event] = []
  static let capacity = 256

  /// The kinds that are taken note of.
  static let kinds: EventMask = [.exit, .entry, .shadow, .nested, .fault, .trap, .interrupt]

  mutating func note(_ event: Event) {
    switch event.kind {
    case .shadow(.fill, _, _): shadowFills += 1
    case .shadow(.drop, _, _): shadowDrops += 1
    case .shadow(.protect, _, _): shadowProtects += 1
    case .nested(.fill, _, _): nestedFills += 1
    case .nested(.drop, _, _): nestedDrops += 1
    case .trap: traps += 1
    case .interrupt: interrupts += 1
    case .exit, .entry, .fault, .memory: break
    default: return
    }
    if events.count < Self.capacity { events.append(event) }
  }

  /// The trap that the guest took, where it was one.
  package var trap: ExceptionCause? {
    for case .trap(let cause, _, _, _) in events.lazy.map(\.kind) { return cause }
    return nil
  }
  /// The interrupt that the guest took first.
  package var interrupt: Interrupt? {
    for case .interrupt(let interrupt, _, _) in events.lazy.map(\.kind) { return interrupt }
    return nil
  }
  /// What the physical hart trapped for first.
  package var exit: (cause: ExceptionCause, value: UInt64)? {
    for case .exit(let cause, let value, _) in events.lazy.map(\.kind) { return (cause, value) }
    return nil
  }
  /// The guest-physical place that was read or written, where memory was watched.
  package var access: (kind: AccessKind, physical: UInt64)? {
    for case .memory(let kind, _, let physical, _, _, _) in events.lazy.map(\.kind) { return (kind, physical) }
    return nil
  }
}
