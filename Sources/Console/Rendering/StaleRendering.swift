import Debugger
import RISCV

/// What is told of a translation that was used although the tables had changed.
package enum StaleRendering {
  package static func lines(_ story: StaleStory, _ session: Session) -> [String] {
    let use = story.use
    var lines = [
      "Stale translation: \(use.access) of gva:\(hex(use.address.value)) hit a TLB entry the table no longer agrees with",
      "  the entry    \(mapping(use.entry, of: use)), \(filled(use, session))",
      "  the table    \(table(use)), \(changed(story, session))",
    ]
    if let change = use.change {
      let place = "gpa:\(hex(change.entryAddress.value)), level \(change.level)"
      lines.append("               \(place): \(hex16(change.old)) -> \(hex16(change.new))")
    }
    lines.append("  this use     \(thisUse(use, session)); \(fence(use)) between covers it")
    lines.append("  mend:        \(mend(story, session))")
    return lines
  }

  /// Where it leads, and its rights. Two stages lead to the host's memory.
  private static func mapping(_ mapping: StaleUse.Mapping, of use: StaleUse) -> String {
    let letters: [(UInt8, String)] = [(1, "R"), (2, "W"), (3, "X"), (4, "U")]
    let rights = letters.map { mapping.flags >> $0.0 & 1 == 1 ? $0.1 : "." }.joined()
    return "\(use.hgatp == 0 ? "gpa" : "hpa"):\(hex(mapping.physicalPage.value)) \(rights)"
  }

  private static func filled(_ use: StaleUse, _ session: Session) -> String {
    guard let (moment, access) = use.filled else { return "filled before the check began" }
    return "filled at retired \(grouped(moment.retired)) by the \(access) at \(place(moment.pc, session))"
  }

  /// An instruction's place, and its line where that is known.
  private static func place(_ pc: UInt64, _ session: Session) -> String {
    session.place(pc) + (session.sourcePlace(at: pc).map { "  \($0.text)" } ?? "")
  }

  private static func table(_ use: StaleUse) -> String {
    switch use.now {
    case .success(let now): mapping(now, of: use)
    case .failure(let trap): "\(trap.cause.name): \(use.failure ?? "the access is refused")"
    }
  }

  private static func changed(_ story: StaleStory, _ session: Session) -> String {
    if let writer = story.writer {
      let hart = session.machine.harts.count > 1 ? " of hart \(writer.hart)" : ""
      return
        "changed at retired \(grouped(writer.retired))\(hart) by \(writer.instruction)  \(place(writer.pc, session))"
    }
    if let obstacle = story.obstacle { return "changed by a store that is not known: \(obstacle)" }
    guard let change = story.use.change else { return "though the entries on the way there are as they were" }
    return "changed at gpa:\(hex(change.entryAddress.value)) by a device or the prompt: no instruction stored there"
  }

  private static func thisUse(_ use: StaleUse, _ session: Session) -> String {
    var text = "retired \(grouped(use.use.retired)), hart \(use.hart), \(session.place(use.use.pc)), "
    if use.satp != 0 { text += "ASID \(use.asid)" }
    if use.hgatp != 0 { text += (use.satp != 0 ? ", " : "") + "VMID \(use.vmid)" }
    return text
  }

  /// The fence that should have been there.
  private static func fence(_ use: StaleUse) -> String {
    if use.change?.stage == .guest { return "no hfence.gvma" }
    return use.mode.isVirtual ? "no sfence.vma of the guest's and no hfence.vvma" : "no sfence.vma"
  }

  private static func mend(_ story: StaleStory, _ session: Session) -> String {
    let use = story.use
    let place = story.writer.map { " after \(session.sourcePlace(at: $0.pc)?.text ?? session.place($0.pc))" } ?? ""
    var text: String
    if use.change?.stage == .guest {
      text = "hfence.gvma\(place)"
    } else {
      // A fence of one address speaks of leaves alone.
      let isLeaf = use.change?.wasLeaf ?? true
      let page = hex(use.address.value & ~4095)
      text =
        (use.mode.isVirtual ? "sfence.vma in the guest, or hfence.vvma," : "sfence.vma")
        + (isLeaf ? " with rs1 = \(page) (or x0)" : " with rs1 = x0, since the entry is no leaf,") + place
    }
    let count = session.machine.harts.count
    if count > 1 {
      let writer = story.writer?.hart ?? use.hart
      let others = (0..<count).filter { $0 != writer }
      let list = others == Array(1..<count) ? "1..\(count - 1)" : others.map(String.init).joined(separator: ", ")
      text += "; \(count == 2 ? "hart \(others[0]) needs" : "harts \(list) need") it too (SBI RFENCE)"
    }
    return text
  }
}
