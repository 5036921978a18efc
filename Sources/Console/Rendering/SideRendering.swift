import Debugger
import Hypervisor
import Machine
import RISCV

/// What `side` and its subcommands show of the columns.
struct SideRendering {
  let side: SideBySide
  let main: Session
  let width: Int

  init(_ side: SideBySide, _ console: Console) {
    (self.side, main, width) = (side, console.session, SideTable.width(console))
  }

  private var columns: [SideColumn] { side.columns }
  private var reference: Session { side.reference.session }

  private func table(
    _ rows: [(String, (SideColumn) -> String)], spans: [(label: String, text: String)]
  ) -> [String] {
    var table = SideTable(headers: columns.map(\.technique.description), spans: spans)
    for (label, cell) in rows { table.add(label, columns.map(cell)) }
    return table.lines(width: width)
  }

  // MARK: Where they stand

  /// `side` alone.
  var status: [String] {
    let totals = columns.map(\.charges.cycles)
    let base = columns.firstIndex { $0.technique == .native } ?? 0
    var rows: [(String, (SideColumn) -> String)] = []
    if !arePlacesEqual { rows.append(("stands at", { place(of: $0) })) }
    rows.append(
      ("exits", { $0.session.virtualMachine.cpus.isEmpty ? "-" : grouped($0.session.virtualMachine.exits.count) }))
    rows.append(("cycles", { grouped($0.charges.cycles) }))
    if totals[base] > 0 { rows.append(("slowdown", { Self.ratio($0.charges.cycles, totals[base]) })) }
    var lines = arePlacesEqual ? [here] : ["The columns stand at different places."]
    lines += table(rows, spans: [("guest", equality)]) + differences + partingLines
    lines.append(
      "The session itself stands at retired \(grouped(main.machine.position)), under \(main.technique).")
    return lines
  }

  private var arePlacesEqual: Bool {
    let one = reference.machine
    return columns.allSatisfy { column in
      let two = column.machine
      return two.position == one.position && two.currentHart == one.currentHart
        && two.harts[two.currentHart].pc == one.harts[one.currentHart].pc
    }
  }

  private func place(of column: SideColumn) -> String {
    let session = column.session
    return "retired \(grouped(session.machine.position)), \(session.place(session.hart.pc))"
  }

  /// Where all stand, as a stop shows it, without what is each technique's own.
  private var here: String { "retired \(grouped(reference.machine.position))   \(line(of: reference))" }

  private func line(of session: Session) -> String {
    let hart = session.machine.harts.count > 1 ? "hart \(session.selectedHart)  " : ""
    let start = "\(hart)\(session.layer) \(session.hart.privilege.letter)  \(session.place(session.hart.pc))"
    let text = (try? session.instruction(at: SpacedAddress(session.hart.pc)).text).map { "  " + $0 } ?? ""
    return start + text + (session.sourcePlace(at: session.hart.pc).map { "   \($0.text)" } ?? "")
  }

  // MARK: Movements

  /// How a run of all columns ended.
  func arrival(_ move: SideMove) -> [String] {
    let place = "retired \(grouped(reference.machine.position))"
    let end: [String]
    switch move {
    case .arrived: end = []
    case .parted: end = partingLines + (side.comparison.isEqual ? ["The columns stand before it: `side stepi`."] : [])
    case .interrupted: end = ["Interrupted: every column stands at \(place)."]
    case .ended(.exited(.success)): end = ["The guest has ended in every column and reports success."]
    case .ended(.exited(.failure(let code))): end = ["The guest reported failure in every column (code \(code))."]
    case .ended:
      end = ["Every hart waits for an interrupt in every column, and only input could raise one: `side type` gives it."]
    }
    let places = arePlacesEqual ? [here] : columns.map { "\($0.technique) stands at \(self.place(of: $0))" }
    return end + places + ["  \(equality)"] + differences + (move == .parted ? [] : partedBefore)
  }

  /// Where the columns exit.
  func exits(_ exits: [SideExit]) -> [String] {
    let names = exits.reduce(into: [Technique]()) { if !$0.contains($1.technique) { $0.append($1.technique) } }
    var lines = [here]
    for technique in names {
      let own = exits.filter { $0.technique == technique }
      let who = names.count == 1 ? "only \(technique) exits here" : "\(technique) exits here"
      lines.append("  \(who): \(own.map(text).joined(separator: ", then "))")
    }
    return lines + (side.comparison.isEqual ? [] : ["  \(equality)"] + differences + partedBefore)
  }

  private func text(_ exit: SideExit) -> String {
    guard let trap = exit.trap else { return "\(exit.reason.name), between two instructions" }
    var text = "\(exit.reason.name) (\(trap.cause.name)"
    let isFault = [
      .loadPageFault, .storePageFault, .instructionPageFault, .loadGuestPageFault, .storeGuestPageFault,
      .instructionGuestPageFault,
    ].contains(trap.cause)
    if isFault {
      text += " at gva:\(hex(trap.value))"
      if let physical = reference.physical(SpacedAddress(trap.value)) { text += ", \(what(physical))" }
    }
    return text + ")"
  }

  /// A guest-physical place, and what it is where it is no plain memory.
  private func what(_ physical: UInt64) -> String {
    if let window = reference.machine.board.bus.window(at: GuestPhysicalAddress(physical)) {
      return "\(window.device.name)+\(hex(physical - window.base))"
    }
    let page = physical & ~0xfff
    let isTable = columns.contains { $0.stretch?.tracedBefore.contains(page) ?? false || $0.traced.contains(page) }
    return "gpa:\(hex(physical))" + (isTable ? ", a page table of the guest's" : "")
  }

  // MARK: Steps

  /// The instruction at which the columns stand, as the title of a step.
  var instruction: String {
    let session = reference
    let hart = session.machine.harts.count > 1 ? "hart \(session.machine.currentHart)  " : ""
    let text = (try? session.instruction(at: SpacedAddress(session.hart.pc)).text) ?? "(no instruction)"
    let source = session.sourcePlace(at: session.hart.pc).map { "  \($0.text)" } ?? ""
    return
      "retired \(grouped(session.machine.position))   \(hart)\(text)   \(session.place(session.hart.pc))\(source)"
  }

  /// What came of a step, below its title.
  func step(_ title: String, _ count: UInt64, _ move: SideMove) -> [String] {
    var lines = [title]
    if count == 1, let access = side.reference.stretch?.happenings.access {
      lines.append("  it \(access.kind == .store ? "stores to" : "loads from") \(what(access.physical))")
    } else if count > 1 {
      lines[0] += "   and on, \(grouped(side.reference.stretch?.steps ?? 0)) steps"
    }
    var spans = [(label: "guest after", text: equality)]
    if arePlacesEqual, move != .ended(side.end ?? .done) { spans.append(("next", line(of: reference))) }
    lines += table(
      [
        ("ran as", { $0.stretch.map { [column = $0] in SideStory(column, $0).ranAs } ?? "" }),
        ("exits", { $0.stretch.map { [column = $0] in SideStory(column, $0).exits } ?? "" }),
        ("underneath", { $0.stretch.map { [column = $0] in SideStory(column, $0).underneath } ?? "" }),
        ("cycles", { grouped($0.stretch?.charges.cycles ?? 0) }),
      ], spans: spans)
    lines += differences
    switch move {
    case .arrived: lines += partedBefore
    case .parted: return arrival(move)
    case .interrupted, .ended: lines += [arrival(move)[0]]
    }
    if !arePlacesEqual { lines += columns.map { "  \($0.technique) stands at \(place(of: $0))" } }
    return lines
  }

  // MARK: Equality

  private static let numbers = ["none", "one", "two", "three", "four", "five", "six", "seven"]

  /// The guest in all columns, compared.
  private var equality: String {
    let all = columns.count == 2 ? "both" : "all \(Self.numbers[min(columns.count, 7)])"
    let comparison = side.comparison
    if comparison.isEqual { return "digest \(hex16(comparison.digest)) in \(all): EQUAL" }
    let others = comparison.differences.map(\.technique.description).joined(separator: ", ")
    return "DIFFERENT: \(others) from \(side.reference.technique)"
  }

  /// In what columns differ from the first.
  private var differences: [String] {
    var lines: [String] = []
    for (technique, values) in side.comparison.differences {
      let shown = values.prefix(Self.shownValues)
      let names = shown.map(\.name.count).max() ?? 0
      let width = max(side.reference.technique.description.count, shown.map(\.reference.count).max() ?? 0)
      lines.append("    \("".padded(names))  \(side.reference.technique.description.padded(width))  \(technique)")
      for value in shown {
        lines.append("    \(value.name.padded(names))  \(value.reference.padded(width))  \(value.other)")
      }
      if values.count > Self.shownValues { lines.append("    and more") }
    }
    return lines
  }
  private static let shownValues = 6

  private var partingLines: [String] {
    guard let parting = side.parting else { return [] }
    var lines: [String]
    if let difference = parting.difference {
      lines = difference.lines
    } else {
      lines = [
        "They parted between retired \(grouped(parting.equalAt)) and \(grouped(parting.foundAt))"
          + (parting.obstacle.map { ": \($0)." } ?? ".")
      ]
    }
    if parting.mayBeACall {
      lines.append("  Under native no monitor answers a call: a guest that calls one is the same under all others.")
    }
    return lines
  }

  /// A word on what was told already.
  private var partedBefore: [String] {
    guard let parting = side.parting else { return [] }
    let place = parting.difference?.position ?? parting.foundAt
    let word = parting.difference == nil ? "before" : "at"
    return ["  They parted \(word) retired \(grouped(place)); `side` tells more."]
  }

  /// In tenths, rounded half up.
  static func ratio(_ part: UInt64, _ whole: UInt64) -> String {
    guard whole != 0 else { return "-" }
    let doubled = whole.dividingFullWidth(part.multipliedFullWidth(by: 20)).quotient
    let tenths = (doubled + 1) / 2
    return "\(grouped(tenths / 10)).\(tenths % 10)"
  }

  // MARK: Exits since reset

  /// `side info exits`.
  var exitTable: [String] {
    let all = columns.map { $0.session.virtualMachine.exits }
    let reasons = ExitReason.allCases.filter { reason in all.contains { $0[reason].count > 0 } }
      .sorted { one, two in
        all.reduce(0) { $0 + $1[one].count } > all.reduce(0) { $0 + $1[two].count }
      }
    var table = SideTable(headers: columns.map(\.technique.description), cellWidth: 28...28)
    table.add("VM-EXIT", columns.map { $0.session.virtualMachine.cpus.isEmpty ? "no monitor below" : Self.head })
    func cell(_ exits: ExitStatistics, _ sample: ExitStatistics.Sample) -> String {
      guard sample.count > 0 else { return "-".leftPadded(9) }
      let mean = (sample.cycles * 2 / sample.count + 1) / 2
      return Self.cell(
        grouped(sample.count), Self.ratio(sample.cycles &* 100, exits.cycles) + " %", grouped(mean))
    }
    for reason in reasons { table.add(reason.name, all.map { cell($0, $0[reason]) }) }
    table.add(
      "all",
      all.map { $0.count == 0 ? "-".leftPadded(9) : Self.cell(grouped($0.count), "", grouped($0.cycles / $0.count)) })
    return table.lines(width: width)
  }

  private static let head = cell("Samples", "Time%", "Avg")
  private static func cell(_ count: String, _ share: String, _ mean: String) -> String {
    count.leftPadded(9) + share.leftPadded(9) + mean.leftPadded(10)
  }
}
