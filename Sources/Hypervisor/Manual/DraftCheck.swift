import Machine
import RISCV

/// What the virtual hart itself made of an exit: another run of the same guest, which stands at the entry after it.
package struct HartsAnswer {
  package let hart: Hart
  let memory: PhysicalMemory
  /// What the exit turned out to be about.
  package let reason: ExitReason
  /// The leaf that the shadow tables have now for the address at hand.
  package let leaf: HostTableEntry?

  package init(_ machine: Machine, hart index: Int, reason: ExitReason, leaf: HostTableEntry?) {
    hart = machine.harts[index]
    memory = machine.memory
    (self.reason, self.leaf) = (reason, leaf)
  }
}

/// One place in which a draft is not what the hart has.
package struct DraftDifference: Sendable, Equatable {
  package enum Place: Sendable, Equatable {
    case register(GuestRegister)
    /// A doubleword of the guest's memory.
    case memory(UInt64)
  }
  package var place: Place
  package var yours: UInt64
  package var harts: UInt64
  /// What the guest had at the exit.
  package var before: UInt64

  package var name: String {
    switch place {
    case .register(let register): register.name
    case .memory(let address): "gpa:0x" + String(address, radix: 16)
    }
  }
}

extension GuestDraft {
  /// Where the draft differs from what the hart made of the exit: EQUIVALENCE, one exit at a time. What time brings is left out,
  /// and of a device's access what the board does by itself.
  package func differences(to answer: HartsAnswer) -> [DraftDifference] {
    var found: [DraftDifference] = []
    for register in GuestRegister.all where !isLeftOut(register, answer) {
      let (yours, harts) = (self[register], register.value(in: answer.hart))
      if yours != harts {
        found.append(
          .init(place: .register(register), yours: yours, harts: harts, before: register.value(in: hart)))
      }
    }
    return Self.withoutViews(found) + memoryDifferences(answer)
  }

  private static let timed: Set<String> = ["cycle", "time", "instret", "mcycle", "minstret"]
  private static let pending: Set<String> = ["mip", "sip", "hip", "vsip", "hvip", "stopi", "mtopi"]

  /// Time goes on while an exit is served, and interrupts become pending with it.
  private func isLeftOut(_ register: GuestRegister, _ answer: HartsAnswer) -> Bool {
    guard case .csr(let number) = register else { return false }
    let name = CSRName.spelling(of: number)
    if Self.timed.contains(name) || name.hasPrefix("hpmcounter") || name.hasPrefix("mhpmcounter") { return true }
    guard Self.pending.contains(name) else { return false }
    // Unless the instruction is about them.
    let accessed = UInt16(truncatingIfNeeded: exit.value >> 20 & 0xfff)
    return answer.reason != .csrAccess || !Self.pending.contains(CSRName.spelling(of: accessed))
  }

  /// Registers that are a view of another one, which is told in their place.
  private static func withoutViews(_ all: [DraftDifference]) -> [DraftDifference] {
    let views = [
      "sstatus": "mstatus", "sie": "mie", "sip": "mip", "hie": "mie", "hip": "mip", "vsie": "mie", "vsip": "mip",
      "fflags": "fcsr", "frm": "fcsr",
    ]
    let names = Set(all.map(\.name))
    return all.filter { difference in views[difference.name].map { !names.contains($0) } ?? true }
  }

  private func memoryDifferences(_ answer: HartsAnswer) -> [DraftDifference] {
    // A device may have moved data, and so may anybody while the guest waits: that is not for the person to do.
    let isOthers = answer.reason == .device || answer.reason == .wait
    let changed = isOthers ? [] : memory.differences(from: answer.memory, limit: 64)
    let words = touchedWords.union(changed.map(\.address))
    return words.sorted().compactMap { address in
      let before = changed.first { $0.address == address }?.here
      let harts = answer.memory.load(GuestPhysicalAddress(address), as: UInt64.self) ?? 0
      let yours = word(at: address)
      guard yours != harts else { return nil }
      return DraftDifference(place: .memory(address), yours: yours, harts: harts, before: before ?? harts)
    }
  }

  /// What is told of an access to the shadow table.
  package enum ShadowVerdict: Sendable, Equatable {
    case right
    /// None was chosen, and one is missing.
    case missing
    /// The exit is not about one.
    case unneeded
    /// It maps another page than the one that the access is to.
    case otherPage
    /// It leads to another frame.
    case otherFrame
    /// It grants these rights beside, or lacks what the access needs; R W X U in bits 1 to 4.
    case tooMuch(UInt64)
    case tooLittle(UInt64)
  }

  /// Whether the entry that was chosen is what the monitor would make. Less than that is right as long as the access gets through.
  package func verdict(on choice: ShadowChoice?, _ answer: HartsAnswer) -> ShadowVerdict {
    let isFill = answer.reason == .hiddenFault || answer.reason == .dirtyFault
    guard let choice else { return isFill ? .missing : .right }
    guard isFill, let leaf = answer.leaf else { return .unneeded }
    if choice.page != exit.value & ~0xfff { return .otherPage }
    guard case .success(let physical) = hart.walk(GuestVirtualAddress(exit.value), exit.accessKind).result,
      choice.guestPage == physical.value & ~0xfff
    else { return .otherFrame }
    let granted = leaf.value & 0x1e
    if choice.rights & ~granted != 0 { return .tooMuch(choice.rights & ~granted) }
    let needed = UInt64(exit.accessKind.rightBit) << 1 | 0x10
    if needed & ~choice.rights != 0 { return .tooLittle(needed & ~choice.rights) }
    return .right
  }
}
