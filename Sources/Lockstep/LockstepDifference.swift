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

  /// Nil when the runs are equal, or every difference has an excuse; those are added to `excuses`.
  package init?(
    _ ours: LockstepOutcome, _ theirs: LockstepOutcome, _ reference: Reference, excuses: inout Set<Excuse>
  ) {
    switch (ours, theirs) {
    // A machine may be slow; that is for the caller to report.
    case (_, .timeOut), (.timeOut, _), (.none, .none): return nil
    case (.none(let reason), .results): lines = ["here: \(reason)"]
    case (.results, .none(let reason)): lines = ["\(reference.kind): \(reason)"]
    case (.results(let one), .results(let other)):
      lines = []
      let log = Self.wordsOf(Place.log)
      let order =
        Array(log..<log + Int(Place.logSize / 8)) + Array(0..<log) + Array(log + Int(Place.logSize / 8)..<one.count)
      for index in order where index < other.count && one[index] != other[index] {
        let name = Self.name(index)
        if let excuse = reference.excuse(Self.result(index, one, other)) {
          excuses.insert(excuse)
          continue
        }
        var line = "\(name): here \(hex(one[index])), \(reference.kind) \(hex(other[index]))"
        if name.hasPrefix("trap ") {
          let record = index - (index - log) % 8
          line += " (cause \(hex(one[record])) at \(hex(one[record + 1])), tval \(hex(one[record + 2])))"
        }
        lines.append(line)
        if lines.count == 8 { break }
      }
      if one.count != other.count { lines.append("results of \(one.count) and \(other.count) words") }
      if lines.isEmpty { return nil }
    }
  }

  private static func wordsOf(_ place: UInt64) -> Int { Int((place - Place.results) / 8) }

  /// A difference with the cause beside it: of the trap's record, or of the level's register.
  private static func result(_ index: Int, _ one: [UInt64], _ other: [UInt64]) -> ComparedResult {
    let name = name(index)
    var result = ComparedResult(
      field: String(name.split(separator: " ").last ?? ""), ours: one[index], theirs: other[index])
    result.isTableEntry = name.hasPrefix("table ")
    if name.hasPrefix("trap ") {
      let record = index - (index - wordsOf(Place.log)) % 8
      result.cause = one[record]
      result.isGuestTrap = one[record + 7] == UInt64(HandlerLevel.guest.number)
    } else if let level = ["mtval", "stval", "vstval", "mtval2", "htval"].first(where: { $0 == name }) {
      let cause = ["mtval": "mcause", "mtval2": "mcause", "vstval": "vscause"][level] ?? "scause"
      result.cause = Harness.dumped.firstIndex(of: cause).map { one[Harness.firstCSR + $0] }
    }
    return result
  }

  private static func name(_ index: Int) -> String {
    let fields = ["cause", "epc", "tval", "status", "ip", "second", "instruction", "level"]
    switch index {
    case 0..<32: return "x\(index)"
    case 32..<64: return "f\(index - 32)"
    case Harness.firstCSR..<Harness.firstCSR + Harness.dumped.count: return Harness.dumped[index - Harness.firstCSR]
    // The traps that end the program may come after the last record that is asked for.
    case wordsOf(Place.log)..<wordsOf(Place.log) + Int((Place.logSize + 4 * Place.recordSize) / 8):
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
