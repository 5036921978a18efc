import Machine
import RISCV

/// Where a movement of all columns is to end.
package enum SideGoal {
  /// One of these places.
  case place([CodeLocation])
  /// Behind this marker.
  case marker(Int)
  /// So many steps since reset.
  case steps(UInt64)
  /// The guest's end.
  case end
}

/// How a movement of all columns ended.
package enum SideMove: Equatable {
  case arrived
  /// Ctrl-C: they stand at a common place short of the goal.
  case interrupted
  /// The guest has ended, or waits for ever.
  case ended(Stop.Reason)
  /// They part: where the instruction was found they stand before it, else where it was seen that they differ.
  case parted
}

extension SideBySide {
  /// Steps between two looks at Ctrl-C and at each other: some tenths of a second for all columns.
  private static let slice: UInt64 = 1_000_000

  /// Moves all by `count` instructions, traps or interrupts of the guest's.
  package func step(_ count: UInt64 = 1) throws(DebuggerError) -> SideMove {
    try requireLiving()
    let wasParted = parting != nil
    movedFrom = reference.machine.position
    for column in columns { column.begin(records: true, watchesMemory: count == 1 && column === reference) }
    var move = SideMove.arrived
    for _ in 0..<count {
      if takeInterrupt() {
        move = .interrupted
        break
      }
      for column in columns where column.end == nil { _ = try column.step() }
      align()
      if let end { move = .ended(end) } else if !wasParted && !areAlike { move = .parted }
      if move != .arrived { break }
    }
    return try finish(move)
  }

  /// Runs all to a goal.
  package func run(to goal: SideGoal) throws(DebuggerError) -> SideMove {
    try requireLiving()
    let wasParted = parting != nil
    movedFrom = reference.machine.position
    for column in columns {
      column.begin(records: false)
      try column.stop(at: goal)
    }
    defer { for column in columns { column.stopNowhere() } }
    var isFirst = true
    while true {
      if takeInterrupt() { return try finish(.interrupted) }
      var limit = reference.machine.steps &+ Self.slice
      if case .steps(let steps) = goal { limit = min(limit, steps) }
      var hasArrived = false
      for column in columns where column.end == nil {
        let stop = try column.run(to: limit, leaves: isFirst)
        guard column === reference, let stop else { continue }
        // The others go as far as the first; where it waits for ever they make no step either, but have to try.
        limit = column.machine.steps &+ (stop.reason == .idle ? 1 : 0)
        if stop.reason == .done || stop.reason == .points { hasArrived = true }
      }
      isFirst = false
      align()
      if let end { return try finish(.ended(end)) }
      if !wasParted && !areAlike { return try finish(.parted) }
      if case .steps(let steps) = goal, reference.machine.steps >= steps { hasArrived = true }
      if hasArrived { return try finish(.arrived) }
      if reference.end != nil { return try finish(.parted) }
    }
  }

  private func finish(_ move: SideMove) throws(DebuggerError) -> SideMove {
    for column in columns { column.finish() }
    let wasParted = parting != nil
    try compare()
    guard !wasParted, let parting else { return move }
    // They stand somewhere behind it: what makes the difference is to be seen, so they go back to before.
    if let difference = parting.difference, difference.isExact {
      _ = try takeBack(to: (difference.steps, difference.position))
    }
    return .parted
  }

  /// Sends bytes to the guest's console in each column; they come in at the same point of the guest's time.
  package func type(_ bytes: [UInt8]) {
    for column in columns { column.type(bytes) }
    // What they saw coming was without it.
    (scouts, toldExits) = ([:], [:])
  }

  private func requireLiving() throws(DebuggerError) {
    if end == .idle {
      throw .other(
        "Every hart waits for an interrupt in every column, and only input could raise one: `side type` gives it.")
    }
    if end != nil {
      throw .other("The guest has ended in every column.  `side off` closes them; the session stands where it stood.")
    }
  }

  /// Whether Ctrl-C was pressed; asked once.
  func takeInterrupt() -> Bool {
    guard interruptFlag.isSet else { return false }
    interruptFlag.clear()
    return true
  }
}

extension SideColumn {
  /// Has the column stop at a goal.
  fileprivate func stop(at goal: SideGoal) throws(DebuggerError) {
    switch goal {
    case .place(let places):
      for place in places {
        session.internalStops[place.address] = { [unowned session] hart in
          places.contains { session.isHere($0, hart) }
        }
      }
    case .marker(let number): try session.addStop(.catchpoint(.marker(number)))
    case .steps, .end: break
    }
  }

  fileprivate func stopNowhere() {
    session.internalStops = [:]
    session.stops = []
    session.updateHooks()
  }
}
