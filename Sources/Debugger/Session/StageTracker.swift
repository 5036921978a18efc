import RISCV

/// One boot stage and how it was entered.
package struct StageEntry: Equatable, Sendable {
  /// `rom`, `firmware`, `loader`, `kernel` or `user`, with the privilege in brackets where the stage ran in another one before.
  package var name: String
  package var hart: Int
  package var position: UInt64
  package var cycle: UInt64
  package var pc: UInt64
  /// What took the guest there, such as `mret in start+118`.
  package var by: String

  /// Whether it is the stage of that name, in whatever privilege.
  package func isOf(_ stage: String) -> Bool { name == stage || name.hasPrefix(stage + " ") }
}

/// Which boot stages have been entered, in order, and the guest's latest console output.
package struct StageTracker: Equatable, Sendable {
  package private(set) var entries: [StageEntry] = []
  /// The latest line of console output and when its last byte came.
  package private(set) var lastOutput: (position: UInt64, cycle: UInt64, text: [UInt8])?
  private var isLineComplete = false

  package static func == (left: Self, right: Self) -> Bool { left.entries == right.entries }

  /// Notes a stage unless it was entered before. Returns whether it is new.
  mutating func enter(_ entry: StageEntry) -> Bool {
    guard !entries.contains(where: { $0.name == entry.name }) else { return false }
    entries.append(entry)
    return true
  }
  func has(_ name: String) -> Bool { entries.contains { $0.name == name } }

  mutating func output(_ byte: UInt8, position: UInt64, cycle: UInt64) {
    if isLineComplete || lastOutput == nil { lastOutput = (position, cycle, []) }
    isLineComplete = byte == 10
    lastOutput?.position = position
    lastOutput?.cycle = cycle
    if (lastOutput?.text.count ?? 0) < 80 { lastOutput?.text.append(byte) }
  }

  /// Forgets what happened after a position, when the guest is taken back there.
  mutating func forget(after position: UInt64) {
    entries.removeAll { $0.position > position }
    if let lastOutput, lastOutput.position > position { self.lastOutput = nil }
  }
}
