import RISCV
import Synchronization

/// Why a run of the machine stopped.
package enum StopReason: Sendable, Equatable {
  /// As many instructions as were asked for have retired.
  case limit
  /// A breakpoint: nothing has been executed at `pc` yet. One that ``HartExecutor/isAtBreakpoint(_:)`` tells of may be in the midst of
  /// what does the instruction there.
  case breakpoint(hart: Int, pc: UInt64)
  /// A watched place was accessed; the instruction is done.
  case watch(Event)
  /// An event that its handler wanted to stop at.
  case event(Event)
  /// Somebody raised the stop flag.
  case requested
  /// The guest asked for its end.
  case exited(ExitRequest)
  /// Every hart waits for an interrupt and nothing can raise one any more.
  case idleForever
}

/// A flag that a signal handler or another thread raises to stop a run between two turns.
package final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  package init() {}
  package func raise() { flag.store(true, ordering: .relaxed) }
  /// Whether it was raised; lowers it.
  package func take() -> Bool { flag.exchange(false, ordering: .relaxed) }
  var isRaised: Bool { flag.load(ordering: .relaxed) }
}

/// What to do while all harts wait.
package enum IdleAnswer: Sendable {
  /// Skip the time until the next event.
  case skip
  /// Input has arrived: look again.
  case again
  /// Stop the run.
  case stop
}
