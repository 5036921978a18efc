/// Where the results of two runs differ.
package struct LockstepDifference: Sendable, CustomStringConvertible {
  /// The first few differences in the order of the results, the log first: it tells when something went wrong.
  package var lines: [String]
  package var description: String { lines.joined(separator: "\n") }

  /// What differs first, without the number of the trap: a smaller program has to differ in the same.
  package var kind: String {
    let name = lines[0].prefix { $0 != ":" }.split(separator: " ")
    return String(name.first == "trap" ? name.last! : name.first ?? "")
  }

  init(lines: [String]) { self.lines = lines }

  /// Nil when the runs are equal.
  package init?(_ ours: LockstepOutcome, _ theirs: LockstepOutcome, _ reference: Reference) {
    switch (ours, theirs) {
    case (.none(let reason), .results): lines = ["here: \(reason)"]
    case (.results, .none(let reason)): lines = ["\(reference.kind): \(reason)"]
    case (.none, .none): return nil
    case (.results(let one), .results(let other)):
      lines = []
      let log = Self.wordsOf(Place.log)
      let order =
        Array(log..<log + Int(Place.logSize / 8)) + Array(0..<log) + Array(log + Int(Place.logSize / 8)..<one.count)
      for index in order where index < other.count && one[index] != other[index] {
        if Self.isAllowed(index, one[index], other[index], reference) { continue }
        lines.append("\(Self.name(index)): here \(hex(one[index])), \(reference.kind) \(hex(other[index]))")
        if lines.count == 8 { break }
      }
      if one.count != other.count { lines.append("results of \(one.count) and \(other.count) words") }
      if lines.isEmpty { return nil }
    }
  }

  private static func wordsOf(_ place: UInt64) -> Int { Int((place - Place.results) / 8) }

  /// What a reference may have otherwise.
  private static func isAllowed(_ index: Int, _ ours: UInt64, _ theirs: UInt64, _ reference: Reference) -> Bool {
    let name = name(index)
    // Spike and QEMU delegate the guest external interrupt though GEILEN is zero; bit 12 then is read-only zero (Privileged ISA,
    // "Machine Trap Delegation Registers").
    if name == "mideleg", reference.kind != .step { return ours ^ theirs == 1 << 12 }
    guard reference.kind == .qemu else { return false }
    // QEMU counts instructions only with `-icount`.
    if name == "minstret" { return true }
    // QEMU 7.2 takes some faults of atomics for those of loads.
    return name.hasSuffix("cause") && (ours == 7 && theirs == 5 || ours == 15 && theirs == 13)
  }

  private static func name(_ index: Int) -> String {
    let fields = ["cause", "epc", "tval", "status", "ip", "unused", "unused", "level"]
    switch index {
    case 0..<32: return "x\(index)"
    case 32..<64: return "f\(index - 32)"
    case Harness.firstCSR..<Harness.firstCSR + Harness.dumped.count: return Harness.dumped[index - Harness.firstCSR]
    case wordsOf(Place.log)..<wordsOf(Place.log) + Int(Place.logSize / 8):
      let word = index - wordsOf(Place.log)
      return "trap \(word / 8) \(fields[word % 8])"
    case wordsOf(Place.leafTables)...:
      let word = index - wordsOf(Place.leafTables)
      return "table \(word / 512) entry \(word % 512)"
    default: return "memory \(hex(Place.results + UInt64(index) * 8))"
    }
  }
}

func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

extension LockstepProgram {
  /// The program as text: what differs from one that does nothing.
  package var listing: String {
    var text = "seed \(seed)\n"
    for (number, value) in csrs { text += "  \(Self.csrName(number)) = \(hex(value))\n" }
    for (index, slot) in slots.enumerated() where slot != Self.idle {
      let address = Place.code + UInt64(index) * Place.slotSize
      let mode = modes[index] == Self.keepsMode ? "" : "  (after a trap: mode \(modes[index]))"
      text += "slot \(index) at \(hex(address))\(mode)\n"
      var offset = 0
      while offset < 16 {
        let high = offset / 4 + 1 < 4 ? UInt64(slot[offset / 4 + 1]) : 0
        let bits = UInt32(truncatingIfNeeded: (UInt64(slot[offset / 4]) | high << 32) >> (8 * UInt64(offset % 4)))
        let length = bits & 3 == 3 ? 4 : 2
        let pc = address + UInt64(offset)
        text += "  \(hex(pc)): \(hex(UInt64(length == 2 ? bits & 0xffff : bits)))  \(Self.text(bits, at: pc))\n"
        offset += length
      }
    }
    return text
  }
}
