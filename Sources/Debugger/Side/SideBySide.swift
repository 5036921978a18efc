import Hypervisor
import Machine
import RISCV

/// The same guest under several techniques, moved together in guest terms.
///
/// Each column is a replica of the session's guest; the session itself is not touched, so that nothing that is done here shows in
/// it. All columns make the same number of steps, instructions that retire or trap, and are compared after each movement.
package final class SideBySide {
  /// In the order that they were asked for; the first is the reference.
  package private(set) var columns: [SideColumn]
  package var reference: SideColumn { columns[0] }
  /// How the columns compared after the last movement.
  package private(set) var comparison: SideComparison
  /// Where they parted; nil while they are equal.
  package private(set) var parting: SideParting?
  /// Where they were equal last, in steps and retired instructions.
  private(set) var lastEqual: (steps: UInt64, position: UInt64) = (0, 0)
  /// Retired instructions where the last movement began.
  package internal(set) var movedFrom: UInt64 = 0
  let interruptFlag: InterruptFlag

  // Exits that are to come; see `SideBySide+Exits.swift`.
  var scouts: [Technique: ExitScout] = [:]
  var toldExits: [Technique: UInt64] = [:]

  init(_ sessions: [Session], _ flag: InterruptFlag) throws(DebuggerError) {
    columns = sessions.map(SideColumn.init)
    interruptFlag = flag
    comparison = SideComparison(digest: 0, differences: [])
    for column in columns {
      column.begin(records: false)
      column.enterGuest()
    }
    try compare()
  }

  /// The column of a technique; nil where it is not open.
  package func column(_ technique: Technique) -> SideColumn? { columns.first { $0.technique == technique } }

  /// The guest has ended, or waits for ever, in each column.
  package var end: Stop.Reason? { columns.allSatisfy { $0.end != nil } ? reference.end : nil }

  /// Brings all columns to an earlier point again, from reset. False when Ctrl-C stopped it: they are as they were.
  func takeBack(to place: (steps: UInt64, position: UInt64)) throws(DebuggerError) -> Bool {
    defer { interruptFlag.attach(StopFlag()) }
    var fresh: [SideColumn] = []
    for column in columns {
      let session = column.session
      let virtual = try session.replica(under: column.technique)
      guard try session.advance(virtual, to: place.position) else { return false }
      let column = SideColumn(Session(virtual, beside: session))
      _ = try column.run(to: place.steps, leaves: true)
      column.begin(records: false)
      column.enterGuest()
      fresh.append(column)
    }
    fresh[0].onOutput = reference.onOutput
    (columns, scouts, toldExits) = (fresh, [:], [:])
    align()
    try compare()
    return true
  }

  // MARK: Comparing

  /// Whether harts and counts are the same: what can be told at once.
  var areAlike: Bool {
    let one = reference.machine
    return columns.dropFirst().allSatisfy { column in
      let two = column.machine
      return one.steps == two.steps && one.position == two.position && one.currentHart == two.currentHart
        && zip(one.harts, two.harts).allSatisfy { one, two in
          one.pc == two.pc && one.privilege == two.privilege && (1..<32).allSatisfy { one.x($0) == two.x($0) }
        }
    }
  }

  /// An interrupt that is due is no step: where one column has taken it and another stands before it, the other takes it too.
  func align() {
    for _ in 0..<3 where !areAlike {
      let behind = columns.filter { $0.end == nil && $0.session.isAboutToBeInterrupted($0.machine) }
      if behind.isEmpty { return }
      for column in behind { _ = column.machine.step() }
    }
  }

  /// Compares each column with the first, bit for bit.
  func compare() throws(DebuggerError) {
    let one = reference
    var found: [(technique: Technique, values: [DifferentValue])] = []
    for column in columns.dropFirst() {
      var values = one.machine.differences(from: column.machine, limit: SideComparison.capacity)
      if let output = DifferentValue(console: one.console, column.console) { values.append(output) }
      if !values.isEmpty { found.append((column.technique, values)) }
    }
    comparison = SideComparison(digest: one.machine.digest(), differences: found)
    if found.isEmpty {
      lastEqual = (one.machine.steps, one.machine.position)
    } else if parting == nil {
      parting = try findParting(found[0].technique)
    }
  }
}

/// How the columns compare with the first of them.
package struct SideComparison {
  /// The first column's.
  package var digest: UInt64
  /// Those that differ, and in what; not all of it where it is much.
  package var differences: [(technique: Technique, values: [DifferentValue])]
  /// How many different values are looked for.
  static let capacity = 24

  package var isEqual: Bool { differences.isEmpty }
}
