import Debugger
import Hypervisor
import RISCV

/// What one column did in a movement, in words.
struct SideStory {
  let technique: Technique
  let stretch: SideStretch
  private let charges: SideCharges
  private let happenings: SideHappenings

  init(_ column: SideColumn, _ stretch: SideStretch) {
    (technique, self.stretch) = (column.technique, stretch)
    (charges, happenings) = (stretch.charges, stretch.happenings)
  }

  /// The physical mode in which the guest's code runs, where that is not the guest's own.
  private var mode: String {
    switch technique.kind {
    case .native, .emulation: ""
    case .trapAndEmulate, .binaryTranslation: " (U)"
    case .hardwareAssisted: stretch.privilege.level == 1 ? " (VS)" : " (VU)"
    }
  }

  /// The guest's code ran from the translation cache.
  private var isTranslated: Bool { technique.kind == .binaryTranslation && stretch.privilege.level != 0 }

  // MARK: Who ran it

  var ranAs: String {
    if stretch.steps > 1 { return many }
    if stretch.steps == 0 { return interruptAlone }
    var text = one
    if happenings.interrupts > 0 { text += "; then \(delivered ? "the monitor delivered" : "it took") an interrupt" }
    return text
  }

  private var delivered: Bool { charges.count(.inject) > 0 }

  private var interruptAlone: String {
    guard let name = happenings.interrupt?.name else { return "not at all: the guest has ended" }
    return delivered ? "\(name), delivered by the monitor" : "\(name), taken by itself\(mode)"
  }

  private var one: String {
    let trap = happenings.trap.map { ": \($0.name)" } ?? ""
    switch technique.kind {
    case .native: return stretch.retired == 1 ? "itself" : "itself, and trapped\(trap)"
    case .emulation:
      return stretch.retired == 1 ? "interpreted by the monitor" : "interpreted by the monitor, and trapped\(trap)"
    case .trapAndEmulate, .binaryTranslation, .hardwareAssisted: break
    }
    if charges.count(.hypercall) > 0 { return "called the monitor, which answered" }
    if charges.count(.callOut) > 0 { return "called out; stepped by the monitor" }
    if charges.count(.adaptedCall) > 0 { return "adapted; stepped by the monitor" }
    let how = happenings.exit.map { Self.isFault($0.cause) ? "faulted; " : "trapped; " } ?? ""
    let itself = isTranslated ? "translated" : "itself"
    if charges.count(.interpret) > 0 { return how + "stepped by the monitor" }
    if charges.count(.emulate) > 0 { return (how.isEmpty ? "" : "\(itself), then ") + how + "stepped by the monitor" }
    if charges.count(.instruction, by: Layer.guest) > 0 {
      // Where the code was looked for, that is what the exit was about.
      let isFilled = !how.isEmpty && charges.count(.lookup) == 0
      return (isFilled ? "\(how)filled, then " : "") + itself + mode
    }
    if charges.count(.inject) > 0 { return "\(itself), then \(how)the monitor delivered the trap\(trap)" }
    return "\(itself)\(mode), and trapped\(trap)"
  }

  private static func isFault(_ cause: ExceptionCause) -> Bool {
    switch cause {
    case .instructionPageFault, .loadPageFault, .storePageFault, .instructionGuestPageFault, .loadGuestPageFault,
      .storeGuestPageFault:
      true
    default: false
    }
  }

  private var many: String {
    var parts: [String] = []
    let translated = technique.kind == .binaryTranslation ? Layer.guest.filter { $0 != .user } : []
    let inCache = charges.count(.instruction, by: translated)
    let itself = charges.count(.instruction, by: Layer.guest) - inCache
    let stepped = charges.count(.emulate) + charges.count(.interpret)
    if inCache > 0 { parts.append("\(grouped(inCache)) translated\(mode)") }
    if itself > 0 { parts.append("\(grouped(itself)) themselves\(mode)") }
    if stepped > 0 { parts.append("\(grouped(stepped)) by the monitor") }
    if charges.count(.hypercall) > 0 { parts.append("\(grouped(charges.count(.hypercall))) calls answered") }
    if charges.count(.inject) > 0 { parts.append("\(grouped(charges.count(.inject))) traps delivered") }
    return parts.joined(separator: ", ")
  }

  // MARK: Exits

  var exits: String {
    guard technique.hasExits else { return "-" }
    let exits = stretch.exits
    var parts = exits.reasons.map { "\(grouped(exits[$0].count)) \($0.name)" }
    if let open = stretch.openService { parts.append("1 \(open.name), which goes on") }
    return parts.isEmpty ? "0" : parts.joined(separator: ", ")
  }

  // MARK: Underneath

  /// What happened below the guest, in the order of an exit's life.
  var underneath: String {
    var parts: [String] = []
    func add(_ count: UInt64, _ one: String, _ many: String) {
      if count == 1 { parts.append(one) } else if count > 1 { parts.append("\(grouped(count)) \(many)") }
    }
    add(charges.count(.pageTableReference), "1 reference of a walk", "references of walks")
    add(charges.count(.walkCacheHit), "1 from the walk cache", "from the walk cache")
    if technique != .emulation && technique != .native {
      add(charges.count(.fetchDecode), "decode", "decodes")
    }
    add(charges.count(.lookup), "lookup", "lookups")
    add(charges.count(.translateInstruction), "1 instruction translated", "instructions translated")
    add(charges.count(.chain), "1 jump linked", "jumps linked")
    add(
      charges.count(.instruction, by: [.monitor]), "1 instruction more in the cache", "instructions more in the cache")
    add(charges.count(.walkReference), "1 entry of the guest's tables read", "entries of the guest's tables read")
    add(charges.count(.allocateFrame), "1 frame allotted", "frames allotted")
    add(UInt64(happenings.shadowFills), "shadow entry filled", "shadow entries filled")
    add(UInt64(happenings.nestedFills), "nested entry filled", "nested entries filled")
    let fills = UInt64(happenings.shadowFills + happenings.nestedFills)
    if stretch.steps <= 1, charges.count(.writeTable) > fills {
      add(charges.count(.writeTable) - fills, "1 entry to a new table", "entries to new tables")
    }
    add(charges.count(.emulate), "emulate", "emulated")
    add(charges.count(.hypercall), "call served", "calls served")
    add(charges.count(.deviceModel), "device model", "times device model")
    add(UInt64(happenings.shadowDrops), "shadow entry dropped", "shadow entries dropped")
    add(UInt64(happenings.shadowProtects), "shadow entry protected", "shadow entries protected")
    add(UInt64(happenings.nestedDrops), "nested entry dropped", "nested entries dropped")
    let (before, after) = (stretch.tracedBefore, stretch.tracedAfter)
    add(UInt64(before.subtracting(after).count), "a table is traced no longer", "tables are traced no longer")
    add(UInt64(after.subtracting(before).count), "a table is traced from now on", "tables are traced from now on")
    add(charges.count(.tlbFlush), "TLB flush", "TLB flushes")
    add(charges.count(.inject), "delivery", "deliveries")
    return parts.isEmpty ? "-" : parts.joined(separator: ", ")
  }
}
