import Machine
import RISCV

/// One thing that two runs have differently.
package struct DifferentValue: Sendable, Equatable {
  /// A register, `gpa:0x…` of a doubleword, or a device and its register.
  package var name: String
  package var reference: String
  package var other: String

  init(_ name: String, _ reference: some CustomStringConvertible, _ other: some CustomStringConvertible) {
    (self.name, self.reference, self.other) = (name, reference.description, other.description)
  }
  init(_ name: String, hex reference: UInt64, _ other: UInt64) {
    self.init(name, "0x" + String(reference, radix: 16), "0x" + String(other, radix: 16))
  }
}

extension ComparedRun {
  /// Whether the guest's architectural state is the same, bit for bit: registers, CSRs, memory, console output, devices, and where
  /// the run stands.
  func isEqual(to other: ComparedRun) -> Bool { differences(to: other, limit: 1).isEmpty }

  /// What differs, the harts first; at most `limit` things.
  func differences(to other: ComparedRun, limit: Int) -> [DifferentValue] {
    let found = machine.differences(from: other.machine, limit: limit)
    guard found.count < limit, let output = DifferentValue(console: console, other.console) else { return found }
    return found + [output]
  }
}

extension DifferentValue {
  /// Where two outputs part; nil where they are the same.
  package init?(console one: [UInt8], _ two: [UInt8]) {
    guard one != two else { return nil }
    let start = zip(one, two).prefix { $0 == $1 }.count
    self.init("console from byte \(start)", Self.quoted(one.dropFirst(start)), Self.quoted(two.dropFirst(start)))
  }

  /// The beginning of some output on one line.
  private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    let text = bytes.prefix(24).map { (32..<127).contains($0) ? String(UnicodeScalar($0)) : $0 == 10 ? "\\n" : "." }
    return "\"" + text.joined() + (bytes.count > 24 ? "…" : "") + "\""
  }
}

extension Machine {
  /// What of the guest's architectural state is not as in another machine, the harts first, then memory and devices; at most
  /// `limit` things. Console output apart, no difference means that both do the same from here on.
  package func differences(from other: Machine, limit: Int) -> [DifferentValue] {
    var found: [DifferentValue] = []
    func note(_ name: String, _ one: UInt64, _ two: UInt64) {
      if one != two, found.count < limit { found.append(DifferentValue(name, hex: one, two)) }
    }
    func note(counted name: String, _ one: UInt64, _ two: UInt64) {
      if one != two, found.count < limit { found.append(DifferentValue(name, one, two)) }
    }
    for (one, two) in zip(harts, other.harts) {
      let prefix = harts.count > 1 ? "hart \(one.index) " : ""
      note(prefix + "pc", one.pc, two.pc)
      if one.privilege != two.privilege, found.count < limit {
        found.append(DifferentValue(prefix + "privilege", one.privilege.letter, two.privilege.letter))
      }
      if one.isWaiting != two.isWaiting, found.count < limit {
        found.append(DifferentValue(prefix + "waits", one.isWaiting, two.isWaiting))
      }
      for register in 1..<32 { note(prefix + RegisterName.abiX[register], one.x(register), two.x(register)) }
      for register in 0..<32 { note(prefix + RegisterName.abiF[register], one.f(register), two.f(register)) }
      for (number, name) in CSRName.all {
        note(prefix + name, one.readCSR(number) ?? 0, two.readCSR(number) ?? 0)
      }
    }
    note(counted: "retired", position, other.position)
    note(counted: "steps", steps, other.steps)
    note(counted: "clock", clock, other.clock)
    note(counted: "turn of hart", UInt64(currentHart), UInt64(other.currentHart))
    for word in memory.differences(from: other.memory, limit: limit - found.count) {
      note("gpa:0x" + String(word.address, radix: 16), word.here, word.there)
    }
    noteDevices(&found, other, limit)
    return found
  }

  private func noteDevices(_ found: inout [DifferentValue], _ other: Machine, _ limit: Int) {
    for (one, two) in zip(board.bus.windows, other.board.bus.windows) {
      let (fields, others) = (one.device.fields, two.device.fields)
      guard fields != others else { continue }
      for (field, counterpart) in zip(fields, others) where field != counterpart && found.count < limit {
        found.append(DifferentValue("\(one.device.name) \(field.name)", field.value, counterpart.value))
      }
      if fields.count != others.count, found.count < limit {
        found.append(DifferentValue("\(one.device.name) registers", fields.count, others.count))
      }
    }
    if let one = board.balloon, let two = other.board.balloon, found.count < limit {
      var states: [[UInt64]] = [[], []]
      one.mixState { states[0].append($0) }
      two.mixState { states[1].append($0) }
      if states[0] != states[1] { found.append(DifferentValue("balloon pages", one.pages.count, two.pages.count)) }
    }
  }
}
