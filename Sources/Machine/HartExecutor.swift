import RISCV

/// Runs the harts of a machine in their own engine's place: a monitor, to which they are virtual harts.
///
/// Both functions do what ``Hart/run(allowance:clock:byStep:)`` and ``Hart/step(clock:)`` do, and leave the hart's state and
/// its counts of what was used as those would (EQUIVALENCE).
package protocol HartExecutor: AnyObject {
  func run(_ hart: Hart, allowance: Int, clock: UInt64, byStep: Bool) -> HartStop
  func step(_ hart: Hart, clock: UInt64) -> HartStop
  /// A hart stands at a breakpoint that ``Machine/breakpoints`` does not know of: one in terms of what executes it.
  func isAtBreakpoint(_ hart: Hart) -> Bool
  /// Harts and devices start again, and the images lie in RAM as at the start.
  func machineWasReset()
}

extension HartExecutor {
  package func isAtBreakpoint(_ hart: Hart) -> Bool { false }
}
