import Machine
import RISCV

/// Random instructions, most of them legal, with more of what is dangerous than a program has.
struct HostileCode {
  /// What a guest is hostile with.
  enum Kind: String, CaseIterable, Sendable {
    case registers, paging, hypervisor, selfModifying, interrupts, everything
  }

  private enum Choice { case plain, any, copy, csr, access, system, jump, parcel, garbage }

  let kind: Kind

  private static let rows = InstructionRow.all.indices.map { $0 }
  private static let accesses = rows(beginning: [
    "lb", "lh", "lw", "ld", "sb", "sh", "sw", "sd", "fl", "fs", "amo", "lr.", "sc.", "hlv", "hsv", "cbo.",
  ])
  private static let jumps = rows(beginning: ["jal", "beq", "bne", "blt", "bge"])
  private static let csrs = rows(beginning: ["csrr"])
  private static let systems = rows(beginning: [
    "mret", "sret", "wfi", "ecall", "ebreak", "sfence", "sinval", "fence", "hfence", "hinval", "wrs",
  ])
  /// What can hardly trap.
  private static let plain = rows.filter { !(accesses + jumps + csrs + systems).contains($0) }
  private static let numbers = CSRName.all.map(\.number).filter { $0 >> 10 != 3 }

  private static func rows(beginning prefixes: [String]) -> [Int] {
    rows.filter { row in prefixes.contains { InstructionRow.all[row].name.hasPrefix($0) } }
  }

  private var choices: [Choice] {
    let common: [Choice] =
      repeatElement(.plain, count: 14) + [.any, .access, .access, .access, .jump, .parcel, .parcel, .parcel]
      + (kind == .selfModifying ? [] : [.garbage])
    switch kind {
    case .registers: return common + [.csr, .csr, .csr, .csr, .csr, .csr, .system]
    case .paging, .hypervisor: return common + [.access, .access, .access, .system]
    case .selfModifying: return common + [.access, .jump, .jump, .jump, .copy, .copy, .copy, .copy, .copy, .copy]
    case .interrupts: return common + [.csr, .system, .jump]
    case .everything: return common + [.csr, .system, .access, .copy]
    }
  }

  func instruction(_ random: inout Xoshiro256) -> [UInt8] {
    switch random.pick(choices) {
    case .plain: return encoding(Self.plain, &random)
    case .copy: return copy(&random)
    case .any: return encoding(Self.rows, &random)
    case .access:
      // Addresses in registers are near page borders already; a far offset would leave them.
      let word = bits(Self.accesses, &random)
      return bytes(random.isOne(in: 4) ? word : word & ~0x7e00_0000 | fixed(word) & 0x7e00_0000)
    case .jump: return encoding(Self.jumps, &random)
    case .system: return encoding(Self.systems, &random)
    case .csr:
      let number = random.isOne(in: 6) ? UInt16(random.below(4096)) : random.pick(Self.numbers)
      return bytes(bits(Self.csrs, &random) & 0xf_ffff | UInt32(number) << 20)
    case .parcel:
      let parcel = UInt16(truncatingIfNeeded: random.next())
      return [UInt8(truncatingIfNeeded: parcel & 3 == 3 ? parcel ^ 1 : parcel), UInt8(parcel >> 8)]
    case .garbage: return bytes(UInt32(truncatingIfNeeded: random.next()))
    }
  }

  /// Copies an instruction or two from nearby over others nearby: `auipc`, a load, a store.
  private func copy(_ random: inout Xoshiro256) -> [UInt8] {
    let base = UInt32(1 + random.below(15))
    let value = base ^ 16
    let width = UInt32(1 + random.below(3))
    let (from, to) = (UInt32(random.below(256)) * 2 &- 256 & 0xfff, UInt32(random.below(128)) * 2 &- 128 & 0xfff)
    let load = from << 20 | base << 15 | width << 12 | value << 7 | 0x03
    let store = (to >> 5) << 25 | value << 20 | base << 15 | width << 12 | (to & 31) << 7 | 0x23
    return bytes(base << 7 | 0x17) + bytes(load) + bytes(store)
  }

  /// Fills `count` bytes with instructions one behind the other, so that some lie across page borders.
  func fill(_ count: Int, _ random: inout Xoshiro256) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += instruction(&random) }
    return Array(bytes.prefix(count))
  }

  private func encoding(_ rows: [Int], _ random: inout Xoshiro256) -> [UInt8] { bytes(bits(rows, &random)) }

  private func bits(_ rows: [Int], _ random: inout Xoshiro256) -> UInt32 {
    let (mask, value) = InstructionSet.shared.fixedBits(ofRow: random.pick(rows))
    return UInt32(truncatingIfNeeded: random.next()) & ~mask | value
  }

  /// The fixed bits of the row that `word` is of; zero for none.
  private func fixed(_ word: UInt32) -> UInt32 {
    guard let decoded = InstructionSet.shared.decode(word) else { return word }
    return InstructionSet.shared.fixedBits(ofRow: decoded.index).value
  }

  private func bytes(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
}
