import Debugger
import Hypervisor
import RISCV

/// The text of `info tc ADDRESS`: a unit of translated code beside the guest's.
struct UnitRendering {
  let unit: TranslatedUnit
  let cache: CodeCache
  let session: Session

  init(_ unit: TranslatedUnit, _ cache: CodeCache, _ session: Session) {
    (self.unit, self.cache, self.session) = (unit, cache, session)
  }

  var title: String {
    let place = "at tc:\(hex(UInt64(unit.offset)))\(end)"
    guard let key = unit.key else {
      // SAFETY: a link is for one address.
      let target = unit.pc(of: unit.code[0].place)!
      return "link \(unit.number)  looks for the code of \(session.place(target)), \(shown.count) instructions \(place)"
    }
    let count = unit.guest.count
    return
      "unit \(unit.number)  guest \(session.place(key.pc)), \(key.mode.letter), \(Self.instructions(count)) "
      + "-> \(shown.count) \(place), \(Self.entered(cache.entries(of: unit)))"
  }

  /// Why it is dead, if it is.
  private var end: String {
    if unit.isLive { return "" }
    return ", dead" + (cache.past.unit(numbered: unit.number).map { ": " + session.text(of: $0.end) } ?? "")
  }

  static func instructions(_ count: Int) -> String { "\(count) instruction\(count == 1 ? "" : "s")" }

  static func entered(_ count: UInt64) -> String {
    switch count {
    case 0: "entered never"
    case 1: "entered once"
    default: "entered \(grouped(count)) times"
    }
  }

  /// What is executed: of a stub the first instruction, unless it became a jump over all its room.
  private var shown: [TranslatedUnit.HostInstruction] {
    unit.code.filter { instruction in
      let stub = unit.stubs.last { $0.offset < Int(instruction.offset) }
      return instruction.role != .stub || stub.map { $0.link?.isFar ?? false } ?? true
        || unit.stubs.contains { $0.offset == Int(instruction.offset) }
    }
  }

  var lines: [String] {
    var lines = [title]
    var last: TranslatedUnit.Place?
    // Where the physical hart goes on.
    let current = session.virtualCPU?.cacheOffset
    for instruction in shown {
      var guest = ""
      if instruction.place != last, let text = guestText(instruction) {
        last = instruction.place
        guest = text
      }
      let mark = unit.offset + Int(instruction.offset) == current ? "=>" : "  "
      lines.append("\(mark)\(guest.padded(44))  \(hostText(instruction).padded(36))  \(meaning(instruction))")
    }
    return lines
  }

  /// One instruction of the cache, with the guest's that it is for.
  func line(at offset: Int) -> String {
    guard let instruction = unit.instruction(at: offset) else { return title }
    let guest = guestText(instruction).map { ", of \($0)" } ?? ""
    return "\(hostText(instruction).padded(36))  \(meaning(instruction))\(guest)"
  }

  private func guestText(_ instruction: TranslatedUnit.HostInstruction) -> String? {
    guard case .at(let index) = instruction.place, instruction.role != .prologue else { return nil }
    let pc = unit.pc(of: instruction.place)!
    return "\(hex(pc))  \(session.instructionText(unit.guest[index].bits, at: pc))"
  }

  /// Targets are places in the cache.
  private func hostText(_ instruction: TranslatedUnit.HostInstruction) -> String {
    let place = unit.offset + Int(instruction.offset)
    let bits = cache.bits(at: place)
    let text = session.cacheInstructionText(instruction.length == 2 ? bits & 0xffff : bits, at: UInt64(place))
    return "tc:\(hex(UInt64(place)))".padded(11) + text
  }

  private func meaning(_ instruction: TranslatedUnit.HostInstruction) -> String {
    switch instruction.role {
    case .prologue: return "gives t6 back to who jumped here by it"
    case .identical: return "identical"
    case .rewritten: return linked(instruction) ?? "rewritten"
    case .inline: return "in line"
    case .callOut: return "call-out: the monitor steps it"
    case .adapted: return "adapted: it trapped often, and calls the monitor now"
    case .lookup: return "looks the target up"
    case .miss: return "not found: calls the monitor"
    case .stub:
      if let text = linked(instruction) { return text }
      guard case .target(let target) = instruction.place else { return "stub" }
      let isCall = unit.stubs.contains { $0.offset == Int(instruction.offset) && $0.link == nil }
      return isCall ? "stub: not linked to \(session.place(target)) yet" : "goes on to \(session.place(target))"
    }
  }

  /// What a jump or branch is linked to.
  private func linked(_ instruction: TranslatedUnit.HostInstruction) -> String? {
    guard let stub = unit.stubs.first(where: { $0.site == Int(instruction.offset) }), let link = stub.link else {
      return nil
    }
    return link.looksUp ? "to the link that looks for \(session.place(stub.target))" : "chained to unit \(link.unit)"
  }
}
