import Debugger
import Hypervisor
import RISCV

/// A census as text: how many of each class, what the theorems say, and the instructions.
struct CensusTable {
  let census: Census
  static let width = 110

  init(_ census: Census) { self.census = census }

  /// A choice of instructions by a name.
  struct Filter: Sendable {
    let name: String
    let isIncluded: @Sendable (Census.Entry) -> Bool

    private static let all: [Filter] =
      Census.Kind.allCases.map { kind in Filter(name: kind.rawValue) { $0.classic.kind == kind } } + [
        Filter(name: "sensitive") { $0.classic.kind.isSensitive }, Filter(name: "privileged") { $0.isPrivileged },
        Filter(name: "offender") { $0.classic.isOffender || $0.hybrid.isOffender || $0.assisted.isOffender },
      ]
    static var names: [String] { all.map(\.name) }

    private init(name: String, isIncluded: @escaping @Sendable (Census.Entry) -> Bool) {
      self.name = name
      self.isIncluded = isIncluded
    }
    /// The class that is called so.
    init?(_ name: String) {
      guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }

  // MARK: The whole

  var lines: [String] {
    let rows = census.entries.filter { $0.instruction.csr == nil }.count
    let quirks = PrivilegeQuirks.named.filter { census.quirks.contains($0.quirk) }.map(\.name)
    var lines = [
      "\(grouped(UInt64(rows))) instructions and \(grouped(UInt64(census.entries.count - rows))) accesses to CSRs, executed "
        + "\(grouped(UInt64(census.executionCount))) times in M, S, U, VS and VU"
        + (quirks.isEmpty ? "" : "; the CPU has \(quirks.joined(separator: ", "))"), "",
    ]
    lines += counts + [""] + classicLines + [""] + hybridLines + [""] + assistedLines
    for kind in Census.Kind.allCases where kind != .innocuous {
      for (title, isIncluded) in Self.trappings {
        let entries = census.entries.filter { $0.classic.kind == kind && isIncluded($0.classic.trapping) }
        if !entries.isEmpty { lines += ["", "\(kind.title)\(kind.isSensitive ? ", \(title)" : ""):"] + names(entries) }
      }
    }
    return lines
  }

  private static let trappings: [(title: String, isIncluded: @Sendable (Census.Trapping) -> Bool)] = [
    ("traps in U", { $0 == .always }),
    ("traps in U where asked", { if case .asked = $0 { true } else { false } }), ("runs in U", { $0 == .never }),
  ]

  private var counts: [String] {
    var rows = [[""] + Self.trappings.map(\.title)]
    for kind in Census.Kind.allCases {
      rows.append(
        [kind.title]
          + Self.trappings.map { trapping in
            let count = census.entries.count { $0.classic.kind == kind && trapping.isIncluded($0.classic.trapping) }
            return count == 0 ? "-" : grouped(UInt64(count))
          })
    }
    return Self.columns(rows, alignedLeft: 1)
  }

  // MARK: Theorems

  private var classicLines: [String] {
    verdict(
      "All of the guest in U, by trap and emulate (theorem 1)", \.classic,
      holds: "every sensitive instruction traps in U", fails: "sensitive, and U runs it without a trap")
  }

  private var hybridLines: [String] {
    verdict(
      "U directly, S and M interpreted (theorem 3, a hybrid monitor)", \.hybrid,
      holds: "every instruction that is sensitive in U traps there", fails: "sensitive in U itself, without a trap")
  }

  private var assistedLines: [String] {
    var lines = verdict(
      "S in VS and U in VU, with the H extension", \.assisted,
      holds: "all that concerns the host's own state traps", fails: "concerns the host's state, without a trap")
    let spared = census.entries.filter(\.isSpared)
    if !spared.isEmpty {
      lines.append("  Of what had to trap in U, VS runs \(grouped(UInt64(spared.count))) on registers of its own:")
      lines += names(spared)
      lines.append("  VS has no own \(Census.exchanged.joined(separator: " and ")): the monitor exchanges them.")
    }
    return lines
  }

  private func verdict(
    _ title: String, _ view: KeyPath<Census.Entry, Census.Judgement>, holds: String, fails: String
  ) -> [String] {
    let offenders = census.offenders(view)
    guard !offenders.isEmpty else {
      let switches = census.switches(view).compactMap(\.switchName)
      let condition =
        switches.isEmpty ? "" : ", some only where the monitor asks for it: \(switches.joined(separator: "; "))"
      return ["\(title): VIRTUALIZABLE"] + "\(holds)\(condition)".wrapped(at: Self.width).map { "  " + $0 }
    }
    var lines = ["\(title): NOT virtualizable", "  \(offenders.count) offenders (\(fails)):"]
    var reasons: [String] = []
    for reason in offenders.map({ $0.why(view) }) where !reasons.contains(reason) { reasons.append(reason) }
    for reason in reasons {
      lines += names(offenders.filter { $0.why(view) == reason })
      lines += reason.wrapped(at: Self.width - 4).map { "      " + $0 }
    }
    return lines
  }

  // MARK: Names

  /// Instructions by name; of CSRs what is read and what is written.
  private func names(_ entries: [Census.Entry]) -> [String] {
    var lines: [String] = []
    func add(_ head: String, _ names: [String]) {
      guard !names.isEmpty else { return }
      lines += ("\(head)" + names.joined(separator: " ")).wrapped(at: Self.width - 4).map { "    " + $0 }
    }
    add("", entries.filter { $0.instruction.csr == nil }.map(\.instruction.name))
    for isWrite in [false, true] {
      let accesses = entries.filter { $0.instruction.csr != nil && $0.instruction.isWrite == isWrite }
      let total = isWrite ? 6 : 4
      var seen: [UInt16] = []
      for entry in accesses where !seen.contains(entry.instruction.csr!) { seen.append(entry.instruction.csr!) }
      let forms = seen.map { csr -> String in
        let forms = accesses.filter { $0.instruction.csr == csr }.map(\.instruction.mnemonic)
        let name = CSRName.spelling(of: csr)
        return forms.count == total ? name : "\(name) (\(forms.joined(separator: ", ")))"
      }
      add(isWrite ? "writes of " : "reads of ", forms)
    }
    return lines
  }

  // MARK: A list

  /// A line for each instruction of a class.
  func list(_ filter: Filter) -> [String] {
    let entries = census.entries.filter(filter.isIncluded)
    guard !entries.isEmpty else { return ["No instruction is of the class \(filter.name)."] }
    var rows = [["instruction"] + PrivilegeMode.census.map(\.letter) + ["class", "changes", "depends on"]]
    for entry in entries {
      rows.append(
        [entry.instruction.name] + PrivilegeMode.census.map { entry.outcomes[$0]! }
          + [
            entry.classic.kind.rawValue, entry.classic.changes.joined(separator: " "),
            entry.classic.dependsOn.joined(separator: ", "),
          ])
    }
    return Self.columns(rows, alignedLeft: 9)
  }

  private static func columns(_ rows: [[String]], alignedLeft: Int) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { $0 < alignedLeft ? row[$0].padded(widths[$0]) : row[$0].leftPadded(widths[$0]) }
        .joined(separator: "  ").trimmedEnd
    }
  }
}

extension PrivilegeMode {
  /// In the order of the table.
  static let census: [PrivilegeMode] = [.machine, .supervisor, .user, .virtualSupervisor, .virtualUser]
}

extension Census.Kind {
  fileprivate var title: String {
    switch self {
    case .innocuous: "innocuous"
    case .controlSensitive: "control-sensitive"
    case .behaviourSensitive: "behaviour-sensitive"
    case .bothSensitive: "control- and behaviour-sensitive"
    case .alwaysTraps: "completes in no mode"
    }
  }
}

extension Census.Entry {
  /// Why it is an offender in a view.
  fileprivate func why(_ view: KeyPath<Census.Entry, Census.Judgement>) -> String {
    let judgement = self[keyPath: view]
    var parts: [String] = []
    if !judgement.changes.isEmpty { parts.append("changes control state") }
    if !judgement.dependsOn.isEmpty {
      parts.append("its result depends on \(judgement.dependsOn.joined(separator: ", "))")
    }
    var text = parts.joined(separator: "; ")
    if view == \.classic {
      text +=
        hybrid.changes.isEmpty && hybrid.dependsOn.isEmpty
        ? ": in S or M; in U it goes on as if nothing were asked" : ": in U, too, and nobody hears of it"
    }
    return text
  }
}
