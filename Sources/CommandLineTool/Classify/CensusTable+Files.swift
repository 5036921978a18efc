import Hypervisor
import RISCV

extension CensusTable {
  private static let columns =
    ["instruction", "mnemonic", "csr", "access"] + PrivilegeMode.census.map(\.letter) + [
      "class", "changes", "depends-on", "traps-in-U", "class-in-U", "class-for-host", "traps-for-host", "offender",
    ]

  /// A line for each instruction; what is several is separated by spaces or semicolons.
  var csv: String {
    let lines = census.entries.map { entry in
      let csr = entry.instruction.csr.map(CSRName.spelling) ?? ""
      let name = entry.instruction.name.contains(",") ? "\"\(entry.instruction.name)\"" : entry.instruction.name
      let access = entry.instruction.csr == nil ? "" : entry.instruction.isWrite ? "write" : "read"
      let head = [name, entry.instruction.mnemonic, csr, access] + PrivilegeMode.census.map { entry.outcomes[$0]! }
      let judged = [
        entry.classic.kind.rawValue, entry.classic.changes.joined(separator: " "),
        entry.classic.dependsOn.joined(separator: "; "), entry.classic.trapping.text, entry.hybrid.kind.rawValue,
        entry.assisted.kind.rawValue, entry.assisted.trapping.text, entry.classic.isOffender ? "yes" : "no",
      ]
      return head + judged
    }
    return ([Self.columns] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// Everything: the verdicts, and each instruction with what it is in each view.
  var json: JSON {
    let quirks = PrivilegeQuirks.named.filter { census.quirks.contains($0.quirk) }.map { JSON.string($0.name) }
    return .object([
      ("format", .string("vitrine-classify")), ("version", .whole(1)), ("quirks", .array(quirks)),
      ("executions", .whole(UInt64(census.executionCount))),
      ("classic", verdict(\.classic)), ("hybrid", verdict(\.hybrid)), ("assisted", verdict(\.assisted)),
      ("instructions", .array(census.entries.map(Self.json))),
    ])
  }

  private func verdict(_ view: KeyPath<Census.Entry, Census.Judgement>) -> JSON {
    let offenders = census.offenders(view)
    return .object([
      ("virtualizable", .truth(offenders.isEmpty)),
      ("switches", .array(census.switches(view).compactMap(\.switchName).map { .string($0) })),
      ("offenders", .array(offenders.map { .string($0.instruction.name) })),
    ])
  }

  private static func json(_ entry: Census.Entry) -> JSON {
    .object([
      ("name", .string(entry.instruction.name)),
      ("outcomes", .object(PrivilegeMode.census.map { ($0.letter, .string(entry.outcomes[$0]!)) })),
      ("classic", json(entry.classic)), ("hybrid", json(entry.hybrid)), ("assisted", json(entry.assisted)),
    ])
  }

  private static func json(_ judgement: Census.Judgement) -> JSON {
    .object([
      ("class", .string(judgement.kind.rawValue)), ("traps", .string(judgement.trapping.text)),
      ("changes", .array(judgement.changes.map { .string($0) })),
      ("dependsOn", .array(judgement.dependsOn.map { .string($0) })),
    ])
  }
}

extension Census.Trapping {
  fileprivate var text: String {
    switch self {
    case .never: "never"
    case .asked(let switches): "asked: " + switches.map(\.rawValue).joined(separator: " ")
    case .always: "always"
    }
  }
}
