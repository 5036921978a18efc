import Debugger
import Hypervisor
import RISCV

/// A row of the comparison: what one number is, and where it comes from.
struct ComparisonRow {
  /// What a number of this row opens into.
  enum Origin {
    /// Entries of the ledger; the row shows their count or their cycles.
    case ledger((Ledger.Entry) -> Bool, showsCycles: Bool)
    /// Page faults that came to the monitor.
    case fault(KeyPath<FaultCounts, UInt64> & Sendable)
    /// Exits of a reason; nil for all.
    case exits(ExitReason?)
    /// Counted by the harts' hardware; the action prices one, where it has a price.
    case hart(KeyPath<HartCounts, UInt64> & Sendable, CostAction?)
    case retired
    case meanExit
    /// Busy cycles for each of those of the first column, in thousandths.
    case slowdown(withFirmware: Bool)
    /// Host cycles between two markers, in thousandths of those of one time.
    case region(Int)
  }

  /// The heading under which it stands, and the first part of its full name.
  var section: String
  var name: String
  var meaning: String
  var origin: Origin
  /// It is shown even where it is zero in every column.
  var isAlwaysShown = false

  /// As `--explain` takes it, such as `exits.csr-access`.
  var fullName: String { section.isEmpty ? name : "\(section).\(name)" }

  /// The number in a column: whole, but thousandths for a slowdown and a mean. Nil where there is none.
  func value(_ column: ComparisonColumn, against baseline: ComparisonColumn) -> UInt64? {
    switch origin {
    case .ledger(let isIncluded, let showsCycles):
      let sum = column.ledger.sum(where: isIncluded)
      return showsCycles ? sum.cycles : sum.count
    case .exits(let reason): return reason.map { column.exits[$0].count } ?? column.exits.count
    case .hart(let path, let action):
      // What an emulator's hart reads is priced as the monitor's reading, and stands there.
      return action != nil && column.technique == .emulation ? nil : column.counts[keyPath: path]
    case .fault(let path): return column.faults[keyPath: path]
    case .retired: return column.retired
    case .meanExit:
      return column.exits.count == 0 ? nil : (column.exits.cycles + column.exits.count / 2) / column.exits.count
    case .slowdown(let withFirmware):
      let (cycles, base) =
        withFirmware
        ? (column.busyCycles, baseline.busyCycles)
        : (column.busyCyclesWithoutFirmware, baseline.busyCyclesWithoutFirmware)
      guard base != 0, column.end == baseline.end, column.retired == baseline.retired else { return nil }
      return UInt64((Double(cycles) / Double(base) * 1000).rounded())
    case .region(let number):
      return column.region(number).map { ($0.hostCycles.sum &* 1000 &+ $0.ended / 2) / $0.ended }
    }
  }

  /// Its numbers are thousandths.
  var isFraction: Bool {
    switch origin {
    case .slowdown, .region: true
    default: false
    }
  }

  /// The number as it stands in the table.
  func cell(_ column: ComparisonColumn, against baseline: ComparisonColumn) -> String {
    guard let value = value(column, against: baseline) else { return "-" }
    switch origin {
    case .slowdown: return printfDouble(value < 100_000 ? "%.3f" : "%.1f", Double(value) / 1000)
    case .region:
      let tenths = (value + 50) / 100
      return "\(grouped(tenths / 10)).\(tenths % 10)"
    default: return value == 0 ? "-" : grouped(value)
    }
  }
}

extension ComparisonRow {
  /// All rows, in the order of the table; `baseline` is what slowdown is against, `regions` what the guest's markers are called.
  static func all(baseline: String, regions: [NamedRegion]) -> [ComparisonRow] {
    head(baseline) + Self.regions(regions) + exits + faults + references + actions + layers + stages
  }

  private static func regions(_ regions: [NamedRegion]) -> [ComparisonRow] {
    regions.map {
      .init(
        section: "region", name: $0.name,
        meaning: "host cycles of one time from marker \($0.number) to its end, the mean",
        origin: .region($0.number))
    }
  }

  private static func head(_ baseline: String) -> [ComparisonRow] {
    [
      .init(
        section: "", name: "retired", meaning: "instructions that the guest retired: the same under every technique",
        origin: .retired, isAlwaysShown: true),
      .init(
        section: "", name: "host-cycles", meaning: "cycles in which the host's harts worked",
        origin: .ledger({ $0.action != .wait }, showsCycles: true), isAlwaysShown: true),
      .init(
        section: "", name: "slowdown", meaning: "host-cycles for each one of \(baseline)",
        origin: .slowdown(withFirmware: true), isAlwaysShown: true),
      .init(
        section: "", name: "without-firmware",
        meaning: "the same, without what was done on behalf of the guest's own firmware (guest M-mode)",
        origin: .slowdown(withFirmware: false)),
      .init(
        section: "", name: "stood-still", meaning: "cycles in which a hart of the host had nothing to do: no slowdown",
        origin: .ledger({ $0.action == .wait }, showsCycles: true)),
    ]
  }

  private static var exits: [ComparisonRow] {
    [
      .init(
        section: "exits", name: "all", meaning: "how often control passed from the guest to the monitor",
        origin: .exits(nil), isAlwaysShown: true)
    ]
      + ExitReason.allCases.map {
        .init(section: "exits", name: $0.name, meaning: $0.meaning, origin: .exits($0))
      }
      + [
        .init(
          section: "exits", name: "mean-cycles", meaning: "host cycles of an exit, from the trap to the return",
          origin: .meanExit)
      ]
  }

  private static var faults: [ComparisonRow] {
    let rows: [(name: String, meaning: String, path: KeyPath<FaultCounts, UInt64> & Sendable)] = [
      ("hidden", ExitReason.hiddenFault.meaning, \.hidden), ("dirty", ExitReason.dirtyFault.meaning, \.dirty),
      ("traced", ExitReason.tracedStore.meaning, \.traced), ("true", ExitReason.trueFault.meaning, \.true),
    ]
    return rows.map { .init(section: "faults", name: $0.name, meaning: $0.meaning, origin: .fault($0.path)) }
  }

  private static var references: [ComparisonRow] {
    [
      .init(
        section: "translation", name: "data-misses", meaning: "translations of loads and stores that the TLB lacked",
        origin: .hart(\.dataMisses, nil)),
      .init(
        section: "translation", name: "fetch-misses", meaning: "translations of fetches that the TLB lacked",
        origin: .hart(\.fetchMisses, nil)),
      .init(
        section: "translation", name: "first-stage",
        meaning: "page-table entries that harts read for the first stage: the guest's own, or shadows",
        origin: .hart(\.firstStageReferences, .pageTableReference)),
      .init(
        section: "translation", name: "guest-stage", meaning: "page-table entries that harts read for the G-stage",
        origin: .hart(\.guestStageReferences, .pageTableReference)),
      .init(
        section: "translation", name: "walk-cache-hits",
        meaning: "those of both stages that the page-walk cache answered", origin: .hart(\.walkCacheHits, .walkCacheHit)
      ),
      .init(
        section: "translation", name: "by-monitor", meaning: "entries of the guest's page tables that the monitor read",
        origin: .ledger({ $0.action == .walkReference }, showsCycles: false)),
    ]
  }

  private static var actions: [ComparisonRow] {
    CostAction.priced.map { action in
      .init(
        section: "actions", name: action.name, meaning: action.meaning,
        origin: .ledger({ $0.action == action }, showsCycles: false))
    }
  }

  private static var layers: [ComparisonRow] {
    [Layer.user, .kernel, .loader, .firmware, .monitor, .hardware].map { layer in
      let meaning =
        switch layer {
        case .monitor: "host cycles of the monitor's own work"
        case .hardware: "host cycles of what hardware does beside running instructions: traps, walks, switches"
        default: "host cycles of the guest's \(layer.name), for instructions that a hart of the host ran directly"
        }
      return .init(
        section: "layer", name: layer.name, meaning: meaning,
        origin: .ledger({ $0.layer == layer && $0.action != .wait }, showsCycles: true))
    }
  }

  private static var stages: [ComparisonRow] {
    Layer.guest.map { stage in
      .init(
        section: "stage", name: stage.name,
        meaning: "host cycles on behalf of the guest's \(stage.name), whoever spent them",
        origin: .ledger({ $0.stage == stage && $0.action != .wait }, showsCycles: true))
    }
  }

  /// What stands over the rows of a section.
  static func heading(_ section: String) -> String {
    switch section {
    case "region": "Host cycles of each operation between two markers: the mean of one time"
    case "exits": "Exits to the monitor, by reason"
    case "faults": "Page faults that came to the monitor, by what they were"
    case "translation": "Address translation, counted"
    case "actions": "What was done, counted: each has one price"
    case "layer": "Host cycles by layer: who spent them"
    case "stage": "Host cycles by boot stage: on whose behalf"
    default: ""
    }
  }
}

/// A region between a guest's markers, as it is called: by its number where the guest has no name for it.
struct NamedRegion: Equatable {
  var number: Int
  var name: String

  init(_ number: Int, _ names: MarkerNames) {
    self.number = number
    name = names.name(number) ?? "\(number)"
  }
}
