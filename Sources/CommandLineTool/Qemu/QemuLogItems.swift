/// What `-d` names: the items that are logged here, and what is said of the others.
package struct QemuLogItems: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package static let interrupts = Self(rawValue: 1)
  package static let code = Self(rawValue: 2)
  package static let execution = Self(rawValue: 4)
  package static let guestErrors = Self(rawValue: 8)

  /// One word of `-d`.
  struct Item {
    var name: String
    var help: String
    /// Empty for what logs nothing here.
    var items: QemuLogItems = []
    /// Why nothing is logged; nil when there is nothing to say.
    var note: String?
  }

  static let all: [Item] = [
    Item(name: "int", help: "traps and interrupts, in QEMU's words", items: .interrupts),
    Item(name: "in_asm", help: "blocks of code, disassembled, when they first run", items: .code),
    Item(name: "exec", help: "the address of each block that runs (lots of lines)", items: .execution),
    Item(name: "guest_errors", help: "accesses where no device answers", items: .guestErrors),
    // Blocks are never chained so that one would miss in the log.
    Item(name: "nochain", help: "exec shows every block, as it always does here"),
    Item(name: "unimp", note: "no register of this board's devices is left out that QEMU would report"),
    Item(name: "cpu", note: trace), Item(name: "fpu", note: trace), Item(name: "vpu", note: "there is no vector unit"),
    Item(name: "mmu", note: "`info walk` at the prompt (-S, Ctrl-A c) explains a translation"),
    Item(name: "cpu_reset", note: "a reset sets every register to the same values each time"),
    Item(name: "out_asm", note: noCompiler), Item(name: "op", note: noCompiler), Item(name: "op_opt", note: noCompiler),
    Item(name: "op_ind", note: noCompiler), Item(name: "plugin", note: "there are no plug-ins"),
    Item(name: "page", note: "it is for QEMU's user mode"), Item(name: "strace", note: "it is for QEMU's user mode"),
    Item(name: "pcall", note: "it is for x86"), Item(name: "tid", note: "one thread runs all harts"),
  ]

  private static let trace = "`vitrine run … --trace FILE` writes the registers that each instruction changes"
  private static let noCompiler = "code is interpreted, and not compiled"

  /// What `-d help` prints.
  static var help: String {
    "Log items (comma separated):\n"
      + all.map { item in
        "\(item.name)\(String(repeating: " ", count: 16 - item.name.count))\(item.help)\n"
      }.joined()
  }
}

extension QemuLogItems.Item {
  fileprivate init(name: String, note: String) {
    self.init(name: name, help: "nothing: \(note)", note: note)
  }
}

extension QemuInvocation {
  /// `-d ITEM,…`
  mutating func setLog(_ text: String) throws(QemuUsageError) {
    if text == "help" || text == "?" {
      answer = QemuLogItems.help
      return
    }
    for word in text.split(separator: ",") {
      if word == "all" {
        log = [.interrupts, .code, .execution, .guestErrors]
      } else if word.hasPrefix("trace:") {
        note("-d \(word): passed over; QEMU's own trace events are not here")
      } else if let item = QemuLogItems.all.first(where: { $0.name == word }) {
        log.formUnion(item.items)
        if let reason = item.note { note("-d \(word): passed over; \(reason)") }
      } else {
        throw QemuUsageError("-d \(word): no such item; `-d help` lists them")
      }
    }
  }

  /// `-dfilter FIRST..LAST,START+LENGTH,END-LENGTH`: the addresses whose blocks are logged.
  mutating func setLogFilter(_ text: String) throws(QemuUsageError) {
    for part in text.split(separator: ",") {
      guard let range = Self.range(String(part)) else {
        throw QemuUsageError("-dfilter \(part): write it as START+LENGTH, END-LENGTH or FIRST..LAST")
      }
      logRanges.append(range)
    }
  }

  private static func range(_ text: String) -> ClosedRange<UInt64>? {
    for divider in ["..", "+", "-"] {
      guard let place = text.firstRange(of: divider) else { continue }
      guard let left = QemuProperties.number(String(text[..<place.lowerBound])),
        let right = QemuProperties.number(String(text[place.upperBound...]))
      else { return nil }
      switch divider {
      case "..": return left <= right ? left...right : nil
      case "+":
        let (end, overflow) = left.addingReportingOverflow(right &- 1)
        return right > 0 && !overflow ? left...end : nil
      default: return right > 0 && right - 1 <= left ? (left - (right - 1))...left : nil
      }
    }
    return nil
  }
}
