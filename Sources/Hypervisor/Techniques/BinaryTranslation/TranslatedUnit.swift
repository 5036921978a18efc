import RISCV

/// A stretch of the guest's code and its translation in the cache: up to twelve instructions within one page, to the first control
/// transfer (Adams and Agesen, ASPLOS 2006, section 3.1, whose translation units are as long).
package final class TranslatedUnit {
  /// What a translation is for. The same code at another address, or for another mode, is another unit.
  package struct Key: Hashable, Sendable {
    /// Guest-virtual address of the first instruction, and the guest-physical page in which it lies.
    package var pc: UInt64
    package var page: UInt64
    /// The guest's mode.
    package var mode: PrivilegeMode
  }

  /// One instruction of the guest's.
  package struct GuestInstruction: Sendable {
    package var bits: UInt32
    /// Bytes from the unit's first instruction.
    package var offset: UInt16
    package var length: UInt8
    /// Where its translation begins, in bytes from the unit's.
    package var start: UInt16
  }

  /// How an instruction of the cache came about.
  package enum Role: UInt8, Sendable {
    /// Gives back the register by which an indirect jump came here.
    case prologue
    /// As the guest has it.
    case identical
    /// Does what the guest's does at another address.
    case rewritten
    /// A privileged instruction of the guest's, done in the cache.
    case inline
    /// Calls the monitor for an instruction.
    case callOut
    /// Calls the monitor for an instruction that trapped again and again where it was identical.
    case adapted
    /// Calls the monitor because what follows is not linked; or the jump to what follows, once it is.
    case stub
    /// Looks for the translation of a computed address.
    case lookup
    /// Calls the monitor because the search found nothing.
    case miss
  }

  /// Registers that a sequence has put into the context, and uses for its own ends.
  package struct Spilled: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    static let first = Spilled(rawValue: 1)
    static let second = Spilled(rawValue: 2)
  }

  /// Where the guest is.
  package enum Place: Sendable, Equatable {
    /// At one of the unit's instructions, by its number.
    case at(Int)
    /// At an address beyond.
    case target(UInt64)
    /// At the address that ``UnitTranslator/first`` holds.
    case computed
    /// At that for which it holds the address of the code.
    case found
  }

  /// One instruction of the cache, with what is true before it is executed.
  package struct HostInstruction: Sendable {
    /// Bytes from the unit's first.
    package var offset: UInt16
    package var length: UInt8
    package var role: Role
    package var spilled: Spilled
    package var place: Place
    /// The register whose place in the context it reads or writes for the guest's instruction.
    package var register: TrapRegister?
  }

  /// Where a stub leads.
  package struct Link: Sendable {
    /// The unit's number.
    package var unit: Int
    /// It looks for the target's translation in the jump table.
    package var looksUp: Bool
    /// All of the stub's room is taken by a jump that goes by a register.
    package var isFar: Bool
  }

  /// A way out of the unit: a call of the monitor, until what follows is linked.
  package struct Stub: Sendable {
    /// The guest's address to go to.
    package var target: UInt64
    /// Its place, in bytes from the unit's first; ``UnitTranslator/stubSize`` bytes long.
    package var offset: Int
    /// The jump or branch that leads to it.
    package var site: Int
    package var siteIsBranch: Bool
    /// The words that stood in both before it was linked.
    package var siteWord: UInt32
    /// What it is linked to; nil while it calls the monitor.
    package var link: Link?
  }

  package let number: Int
  /// Nil for a link: the code by which jumps to one address in another page look for its translation.
  package let key: Key?
  /// Bytes from the start of the cache, and its size.
  package let offset: Int
  package let size: Int
  /// The host's clock when it was made, in cycles.
  package let birth: UInt64
  package let guest: [GuestInstruction]
  package let code: [HostInstruction]
  package internal(set) var stubs: [Stub]
  /// It may be entered.
  package internal(set) var isLive = true
  /// Jumps have come here by the jump table.
  var isSought = false
  /// The stubs that are linked to it.
  var incoming: [(unit: TranslatedUnit, stub: Int)] = []

  init(number: Int, key: Key?, offset: Int, birth: UInt64, _ made: UnitTranslator) {
    self.number = number
    self.key = key
    self.offset = offset
    self.birth = birth
    size = made.size
    guest = made.guest
    code = made.code
    stubs = made.stubs
  }

  /// Where it is entered by a jump that left all registers as they are; at ``offset`` by one that used a register.
  var body: Int { offset + UnitTranslator.prologueSize }

  /// Bytes of the guest's code.
  package var guestSize: Int { guest.last.map { Int($0.offset) + Int($0.length) } ?? 0 }

  /// The number of the guest's instruction at an address; nil where none begins there.
  package func index(of pc: UInt64) -> Int? {
    guard let key, pc &- key.pc < UInt64(guestSize) else { return nil }
    let offset = UInt16(pc &- key.pc)
    return guest.firstIndex { $0.offset == offset }
  }

  /// Where one of the guest's instructions lies, by its number.
  func site(of index: Int) -> Adaptation.Site {
    // SAFETY: code of the guest's is in units that have a key.
    let key = key!
    return .init(address: key.page | key.pc & 0xfff &+ UInt64(guest[index].offset), mode: key.mode)
  }

  /// The instruction at an offset into the cache.
  package func instruction(at cacheOffset: Int) -> HostInstruction? {
    let place = cacheOffset - offset
    // They lie in order.
    var (low, high) = (0, code.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(code[middle].offset) < place { low = middle + 1 } else { high = middle }
    }
    return low < code.count && Int(code[low].offset) == place ? code[low] : nil
  }

  /// Whether an instruction of the guest's has begun, and is not complete, before that at an offset into the cache.
  package func isMidway(at cacheOffset: Int) -> Bool {
    guard case .at(let index)? = instruction(at: cacheOffset)?.place else { return false }
    return cacheOffset > offset + Int(guest[index].start)
  }

  /// Numbers of the units from which stubs lead here, in order.
  package var sources: [Int] {
    let linked = incoming.filter { $0.unit.isLive && $0.unit.stubs[$0.stub].link?.unit == number }
    return Set(linked.map(\.unit.number)).sorted()
  }

  /// The guest's address at a place of this unit; nil where a register tells.
  package func pc(of place: Place) -> UInt64? {
    switch place {
    case .at(let index): key!.pc &+ UInt64(guest[index].offset)
    case .target(let target): target
    case .computed, .found: nil
    }
  }
}
