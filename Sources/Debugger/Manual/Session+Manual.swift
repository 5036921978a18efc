import Hypervisor
import Machine
import RISCV

// What the person, being the monitor, is asked and told.
extension Session {
  /// What stands at the `(monitor)` prompt's beginning: the exit, and what is wanted. Empty while the guest runs.
  package var manualIntroduction: [String] {
    guard let draft else { return [] }
    let exit = draft.exit
    let isPageFault = [.instructionPageFault, .loadPageFault, .storePageFault].contains(exit.cause)
    var text = "Exit \(grouped(virtualMachine.exits.count &+ 1)): \(exit.cause.name)"
    if isPageFault { text += ", gva:\(hex(exit.value))" }
    text += ", guest \(draft.hart.privilege.letter), pc \(place(exit.pc))"
    if let line = try? instruction(at: SpacedAddress(exit.pc)) { text += ": \(line.text)" }
    guard isPageFault, case .success(let physical) = walkAtExit(draft).result else {
      return [text + ". You are the monitor."]
    }
    if let name = device(exit.cause, exit.value, draft.hart) {
      let answer = exit.accessKind == .fetch ? "The instruction comes from there." : boardsAnswer(draft)
      return [text + ".", "  No RAM lies there but \(name). \(answer)"]
    }
    let page = physical.value & ~0xfff
    if exit.cause == .storePageFault, isTraced(page) {
      return [
        text + ".",
        "  Its page, gpa:\(hex(page)), holds a page table of the guest's, and you trace it: do the store for the guest.",
      ]
    }
    return [text + ". Which shadow entry do you install?"]
  }

  private func walkAtExit(_ draft: GuestDraft) -> WalkReport {
    draft.hart.walk(GuestVirtualAddress(draft.exit.value), draft.exit.accessKind)
  }

  private func isTraced(_ page: UInt64) -> Bool { virtualMachine.shadowReport?.traced.contains(page) ?? false }

  /// The virtual board is asked once, whoever the monitor is.
  private func boardsAnswer(_ draft: GuestDraft) -> String {
    let answer: HartsAnswer
    do { answer = try hartsAnswer() } catch { return "The virtual board answers; what, is not known: \(error)" }
    let values = (1..<32).filter { answer.hart.x($0) != draft[.x($0)] }
      .map { "\(RegisterName.abiX[$0]) = \(hex(answer.hart.x($0)))" }
    return values.isEmpty
      ? "The virtual board has taken the access." : "The virtual board answers: \(values.joined(separator: ", "))."
  }

  // MARK: What the person does

  /// Has the draft's guest take a trap or an interrupt.
  package func injectTrap(_ cause: ExceptionCause, value: UInt64?) throws(DebuggerError) {
    let draft = try requireDraft()
    var usual = draft.exit.cause == cause ? draft.exit.value : 0
    if cause == .illegalInstruction, usual == 0 {
      usual = (try? instruction(at: SpacedAddress(draft[.pc]))).map { UInt64($0.bits) } ?? 0
    }
    draft.deliver(Trap(cause, value: value ?? usual))
  }
  package func injectInterrupt(_ interrupt: Interrupt) throws(DebuggerError) { try requireDraft().deliver(interrupt) }

  /// Chooses an entry for the shadow table. What is wrong with it is said at once.
  package func chooseShadow(_ choice: GuestDraft.ShadowChoice) throws(DebuggerError) -> String? {
    let draft = try requireDraft()
    draft.shadow = choice
    let text = verdictText(draft, try hartsAnswer())
    if text != nil { draft.shadow = nil }
    return text
  }

  /// Compares the person's work with the hart's: nothing where they are equal, so that the guest may be entered.
  package func checkDraft() throws(DebuggerError) -> [String] {
    let draft = try requireDraft()
    let answer = try hartsAnswer()
    let differences = draft.differences(to: answer)
    var lines: [String] = []
    if let text = verdictText(draft, answer) { lines.append("Not yet. \(text)") }
    guard !differences.isEmpty else { return lines }
    let places = differences.count == 1 ? "1 place" : "\(differences.count) places"
    lines.append(
      "\(lines.isEmpty ? "Not yet. " : "")After your work the guest differs from a real hart in \(places):")
    let shown = differences.prefix(12)
    let yours = shown.map { "yours \(hex($0.yours))" }
    let harts = shown.map { "hart \(hex($0.harts))" }
    let widths = [shown.map(\.name.count), yours.map(\.count), harts.map(\.count)].map { $0.max() ?? 0 }
    for (index, difference) in shown.enumerated() {
      lines.append(
        "  \(pad(difference.name, widths[0]))   \(pad(yours[index], widths[1]))   \(pad(harts[index], widths[2]))"
          + note(difference, answer))
    }
    if differences.count > shown.count { lines.append("  and \(differences.count - shown.count) more") }
    return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The person's work is right: what comes now is the monitor's own service of the exit.
  package func enterDraft() {
    if manual?.draft != nil { servedExits += 1 }
    manual?.draft = nil
  }
  /// The person leaves the exit to the monitor.
  package func giveUpDraft() { manual?.draft = nil }

  private func note(_ difference: DraftDifference, _ answer: HartsAnswer) -> String {
    switch difference.place {
    case .register(.pc) where difference.yours == difference.before: return "   (it would take the same exit for ever)"
    case .memory(let address):
      guard let last = draft.map(walkAtExit)?.references.last, last.entryAddress.value == address else { return "" }
      let bits = [(UInt64(0x40), "A"), (0x80, "D")].filter { (difference.yours ^ difference.harts) & $0.0 != 0 }
      return bits.isEmpty
        ? "" : "   (\(bits.map(\.1).joined(separator: " and ")) of the guest's entry: its hart sets it)"
    default: return ""
    }
  }

  // MARK: The shadow entry

  private func verdictText(_ draft: GuestDraft, _ answer: HartsAnswer) -> String? {
    let exit = draft.exit
    switch draft.verdict(on: draft.shadow, answer) {
    case .right: return nil
    case .missing:
      return "You have installed no shadow entry: the hart would take the same fault for ever.  `shadow map` makes one."
    case .unneeded:
      return
        "No entry of the shadow table is what this exit is about: it is no page of the guest's that the shadow lacks."
    case .otherPage: return "That helps another page: the access is to gva:\(hex(exit.value))."
    case .otherFrame:
      guard case .success(let physical) = walkAtExit(draft).result else { return "That is not the guest's page." }
      return "Another page's frame: the guest's own tables say gpa:\(hex(physical.value & ~0xfff)) there."
    case .tooMuch(let rights): return "Too generous: \(excess(rights, draft)) Try again or `hint`."
    case .tooLittle(let rights):
      return rights & 0x10 != 0
        ? "Too little: guest code runs in the physical hart's U, which needs u in every entry."
        : "Too little: the access is a \(exit.accessKind), and would fault again at once."
    }
  }

  private func excess(_ rights: UInt64, _ draft: GuestDraft) -> String {
    let report = walkAtExit(draft)
    guard rights & 4 != 0, let leaf = report.references.last, leaf.isLeaf else {
      return "the guest's own tables, its mode or PMP do not grant \(Self.letters(rights))."
    }
    if case .success(let physical) = report.result, isTraced(physical.value & ~0xfff) {
      return "the page holds a page table of the guest's; with W its stores there would not be seen."
    }
    if leaf.entry & 0x84 == 4 {
      return "the guest's D bit is clear; with W the guest's later store would never set it."
    }
    return "the guest's own tables, its mode or PMP do not grant \(Self.letters(rights))."
  }

  static func letters(_ rights: UInt64) -> String {
    String([(UInt64(2), "r"), (4, "w"), (8, "x"), (16, "u")].filter { rights & $0.0 != 0 }.map(\.1).joined())
  }
}
