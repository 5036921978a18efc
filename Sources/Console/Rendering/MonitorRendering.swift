import Debugger
import Hypervisor
import RISCV

/// What is told of a monitor of the person's own: an entry into its guest, and one that does not come.
package enum MonitorRendering {
  /// What it made of the exit that is over, and whether that is right.
  package static func lines(_ check: EntryCheck, _ session: Session) -> [String] {
    var lines = [summary(check, session)]
    if let page = check.missing {
      let access = check.exit.access ?? .load
      let table = check.exit.mode.isVirtual ? "G-stage table" : "page table"
      lines.append(
        "  The page is still missing in your \(table): the \(access) of \(hex(check.exit.value)) faults again, for ever."
      )
      lines += WalkRendering.lines(page, check.exit.value, access).map { "    " + $0 }
    }
    if let page = check.wrongPage {
      lines.append(
        "  The page is not as the guest's image has it: at gpa:\(hex(page.guestPhysical)) yours \(hex(page.yours)), "
          + "image \(hex(page.image)).")
      let place = "hpa:\(hex(page.hostPhysical))"
      lines.append("  It lies at \(place) for you: `info writer \(place)` tells who stored there last.")
    }
    if let shadow = check.wrongShadow {
      let place = { (page: UInt64) in "hpa:\(hex(page))" }
      lines.append(
        "  Your shadow leads gva:\(hex(shadow.address)) to \(place(shadow.hostPhysical)) \(rights(shadow.rights)); the guest's own table, "
          + (shadow.wanted.map { "with its memory, to \(place($0)) \(rights(shadow.allowed))." } ?? "to nothing."))
      if shadow.wanted == shadow.hostPhysical {
        lines.append("  It allows more than the guest's entry does now, in the guest's mode, with its A and D.")
      }
    }
    guard !check.differences.isEmpty else { return lines }
    let story = session.explain(check)
    let rows = check.differences.map { row($0, story, session) }
    for row in rows {
      var text = "  "
      for column in 0..<3 { text += row[column].padded(rows.map { $0[column].count }.max()! + 3) }
      lines.append((text + row[3]).trimmedEnd)
    }
    if let expectation = check.expectation { lines.append("  reference: \(expectation.meaning)") }
    if let obstacle = story.obstacle { lines.append("  Who wrote it is not known: \(obstacle)") }
    return lines
  }

  private static func rights(_ bits: UInt64) -> String {
    bits == 0 ? "(no right)" : (bits & 2 != 0 ? "R" : "") + (bits & 4 != 0 ? "W" : "") + (bits & 8 != 0 ? "X" : "")
  }

  private static func summary(_ check: EntryCheck, _ session: Session) -> String {
    let ours = session.referenceCycles(check.reason).map { ", reference monitor: \(grouped($0))" } ?? ""
    let count = check.differences.count
    let verdict =
      check.expectation == nil
      ? "Too little is known of the guest to say more; with the symbol \(VirtualHartRecord.symbol) there is."
      : count == 0
        ? "No difference from the reference."
        : "\(count) difference\(count == 1 ? "" : "s") from the reference:"
    return "back in \(check.mode.letter) after \(grouped(check.instructions)) instructions of yours "
      + "(\(check.reason.name), \(grouped(check.cycles)) cycles\(ours)). "
      + (!check.isRight && count == 0 ? "1 mistake:" : verdict)
  }

  /// Name, the two values, and who did it.
  private static func row(_ place: GuestState.Place, _ story: MonitorStory, _ session: Session) -> [String] {
    let check = story.check
    func value(_ state: GuestState) -> String { state[place].map { text($0, place) } ?? "" }
    return [
      "guest \(place.name)", "yours \(value(check.state))",
      "reference \(check.expectation.map { value($0.state) } ?? "")", blame(place, story, session),
    ]
  }

  private static func text(_ value: UInt64, _ place: GuestState.Place) -> String {
    place == .mode ? GuestState.letter(ofMode: value) : hex(value)
  }

  private static func blame(_ place: GuestState.Place, _ story: MonitorStory, _ session: Session) -> String {
    let check = story.check
    let isStuck = place == .pc && check.state.pc == check.exit.pc
    let again = isStuck ? " (it would take the same exit for ever)" : ""
    guard let write = story.writes[place] else {
      return story.obstacle != nil ? "" : place == .pc ? "sepc was not written" + again : ""
    }
    let home = session.monitorPlace(write.pc)
    switch place {
    case .pc: return "sepc written at \(home)\(again)"
    case .mode: return "written at \(home)"
    case .csr(let csr):
      guard check.exit.mode.isVirtual else { return "\(VirtualHartRecord.symbol) written at \(home)" }
      let name = GuestState.registers.first { $0.guest == csr }.flatMap { CSRName.name(of: $0.virtual.rawValue) }
      return "\(name ?? "") written at \(home)"
    case .x, .f:
      return write.isLoad ? "loaded at \(home): \(write.instruction)" : "clobbered at \(home) (never restored)"
    }
  }

  // MARK: A monitor that does not come back

  package static func overdueLines(_ count: UInt64, _ session: Session) -> [String] {
    guard let specimen = session.specimen else { return [] }
    var lines: [String] = []
    if let exit = specimen.exit(of: session.selectedHart) {
      lines.append(
        "Your monitor has run for \(grouped(count)) instructions since the exit at \(hex(exit.pc)) (\(exit.cause.name)), "
          + "and has not entered its guest again.")
    } else {
      lines.append("Your monitor has run for \(grouped(count)) instructions, and has not entered its guest yet.")
    }
    let loop = session.monitorLoop()
    guard let first = loop.round.min(), let last = loop.round.max() else {
      lines.append("  It comes by no place twice within 4,096 instructions.")
      return lines
    }
    let (start, end) = (session.monitorPlace(first), session.monitorPlace(last))
    let places = start == end ? start : "\(start) to \(end)"
    if let trap = loop.trap, loop.round.count == 1 {
      lines.append(
        "  It traps at \(session.place(trap.pc)) over and over: \(trap.cause.name) (\(trap.cause.rawValue)), and stvec leads back there."
      )
      return lines
    }
    var text = "  It goes round in \(loop.round.count) instructions, \(places)"
    if let device = loop.device {
      text += ": each time it asks the device \(device)."
    } else if loop.isEndless {
      text += ": registers and memory are after a round what they were before it, so only an interrupt could end it."
    } else {
      text += "."
    }
    lines.append(text)
    return lines
  }

  /// In a run of `vitrine run`, with nobody at a prompt: how it came out.
  package static func verdict(_ specimen: Specimen) -> String {
    let count = specimen.entryCount
    if count == 0 { return "your monitor never entered its guest" }
    let entries = "\(grouped(count)) \(count == 1 ? "entry" : "entries")"
    if specimen.mistakeCount == 0 { return "\(entries) into the guest, and no difference from the reference" }
    let wrong = specimen.mistakeCount
    return "\(entries) into the guest, \(grouped(wrong)) of them \(wrong == 1 ? "was" : "were") not right"
  }
}
