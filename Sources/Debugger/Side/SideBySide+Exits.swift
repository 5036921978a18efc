import Hypervisor
import Machine
import RISCV

/// An exit that is to come, at the instruction where the columns stand.
package struct SideExit {
  package var technique: Technique
  /// What the physical hart will trap for; nil where the monitor takes over between instructions.
  package var trap: (cause: ExceptionCause, value: UInt64)?
  package var reason: ExitReason
}

/// What came of looking for a technique's next exit.
package enum SideSearch {
  /// The columns stand before the instruction, at which these exit; the technique that was asked for comes first.
  case here([SideExit], SideMove)
  /// There is none up to the guest's end, at so many retired instructions; nothing has moved.
  case none(position: UInt64)
  /// Ctrl-C; nothing has moved.
  case interrupted
}

extension SideBySide {
  /// Moves all columns to the instruction at which one of them exits next.
  package func runToExit(of column: SideColumn, reason: ExitReason?) throws(DebuggerError) -> SideSearch {
    try column.session.requireMonitor()
    guard let scout = try scout(of: column) else { return .interrupted }
    // Where its exit was told already, the next one is meant.
    let here = column.machine.steps
    let start = toldExits[column.technique] == here ? here + 1 : here
    switch try scout.next(from: start, reason: reason, takeInterrupt) {
    case .interrupted:
      // It is ahead, and what it passed is not kept.
      scouts[column.technique] = nil
      return .interrupted
    case .none(let position):
      scouts[column.technique] = nil
      return .none(position: position)
    case .exit(let exit):
      let move = exit.steps > here ? try run(to: .steps(exit.steps)) : .arrived
      guard move == .arrived else {
        // They are ahead, and what they passed is not kept.
        scouts = [:]
        return .here([], move)
      }
      toldExits[column.technique] = exit.steps
      var found: [SideExit] = []
      for each in [column] + columns.filter({ $0 !== column && !$0.session.virtualMachine.cpus.isEmpty }) {
        guard let scout = try self.scout(of: each) else { return .here(found, .interrupted) }
        found += try scout.exits(at: exit.steps).map {
          SideExit(technique: each.technique, trap: $0.trap, reason: $0.reason)
        }
      }
      return .here(found, move)
    }
  }

  /// The scout of a column, brought to where the column stands; nil when Ctrl-C stopped that.
  private func scout(of column: SideColumn) throws(DebuggerError) -> ExitScout? {
    if let scout = scouts[column.technique] { return scout }
    let session = column.session
    defer { interruptFlag.attach(StopFlag()) }
    let virtual = try session.replica(under: column.technique)
    guard try session.advance(virtual, to: session.machine.position), try session.advanceOverTraps(virtual.machine)
    else { return nil }
    session.handOverInput(to: virtual.machine)
    let scout = ExitScout(virtual)
    scouts[column.technique] = scout
    return scout
  }
}
