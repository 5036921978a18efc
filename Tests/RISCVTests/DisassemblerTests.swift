import Lockstep
import RISCV
import Testing

@Suite("Disassembler, with llvm-objdump as the oracle")
struct DisassemblerTests {
  static let base: UInt64 = 0x8000_0000

  @Test(
    "Every 16-bit pattern is spelled as by llvm-objdump",
    .enabled(if: Toolchain.directory != nil, Toolchain.whySkipped), arguments: [true, false])
  func everyParcel(aliases: Bool) throws {
    let parcels = (0...UInt16.max).filter { $0 & 3 != 3 }
    try compare(parcels.map(UInt32.init), aliases: aliases)
  }

  @Test(
    "Every row with random fields is spelled as by llvm-objdump",
    .enabled(if: Toolchain.directory != nil, Toolchain.whySkipped), arguments: [true, false])
  func everyRow(aliases: Bool) throws {
    var generator = SeededGenerator(state: 1)
    var words: [UInt32] = []
    for index in InstructionRow.all.indices {
      words += RandomInstructions.encodings(ofRow: index, count: 200, using: &generator)
    }
    try compare(words, aliases: aliases)
  }

  @Test(
    "An encoding with one fixed bit flipped is spelled, or refused, as by llvm-objdump",
    .enabled(if: Toolchain.directory != nil, Toolchain.whySkipped), arguments: [true, false])
  func nearMisses(aliases: Bool) throws {
    var generator = SeededGenerator(state: 9)
    var words: [UInt32] = []
    for index in InstructionRow.all.indices {
      let mask = InstructionSet.shared.fixedBits(ofRow: index).mask
      for bit in 2..<UInt32(32) where mask >> bit & 1 == 1 {
        words += RandomInstructions.encodings(ofRow: index, count: 4, using: &generator).map { $0 ^ 1 << bit }
      }
    }
    try compare(words.filter { $0 & 0x1c != 0x1c }, aliases: aliases)
  }

  @Test(
    "Random words are spelled, or refused, as by llvm-objdump",
    .enabled(if: Toolchain.directory != nil, Toolchain.whySkipped), arguments: [true, false])
  func randomWords(aliases: Bool) throws {
    var generator = SeededGenerator(state: 2)
    let words = (0..<40_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) | 3 }
    try compare(words.filter { $0 & 0x1c != 0x1c }, aliases: aliases)
  }

  @Test(
    "Every CSR number is spelled as by llvm-objdump",
    .enabled(if: Toolchain.directory != nil, Toolchain.whySkipped), arguments: [true, false])
  func everyCSR(aliases: Bool) throws {
    let words = (0..<4096).flatMap { number in
      [0x1073, 0x2573, 0x3873, 0x9573, 0xa073, 0x5073, 0xd573, 0xe073, 0x7073].map { UInt32(number << 20 | $0) }
    }
    try compare(words, aliases: aliases)
  }

  /// Where we differ from llvm-objdump on purpose.
  private static func isDeliberate(_ bits: UInt32, expected: String, aliases: Bool) -> Bool {
    // A fence with reserved fields executes as a normal fence (RV32I, "Memory Ordering Instructions"; "Zifencei"), so it is
    // shown as one; llvm-objdump does not know it.
    if bits & 0x707f == 0x000f || bits & 0x707f == 0x100f { return expected == Disassembler.unknown }
    // LLVM counts the hypervisor's part of Svinval in; this machine has no H extension.
    if expected.hasPrefix("hinval.") { return Disassembler.text(bits: bits, pc: 0) == Disassembler.unknown }
    // An instruction of its own for LLVM, an alias of `csrrw zero, cycle, zero` for us.
    if !aliases, expected == "unimp" { return bits == 0xc000_1073 }
    return false
  }

  private func compare(_ encodings: [UInt32], aliases: Bool) throws {
    var code: [UInt8] = []
    var places: [(address: UInt64, bits: UInt32)] = []
    for bits in encodings {
      places.append((Self.base + UInt64(code.count), bits))
      let length: UInt32 = bits & 3 == 3 ? 4 : 2
      for byte in 0..<length { code.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
    }
    let expected = try Toolchain.disassemble(code, at: Self.base, options: aliases ? [] : ["-M", "no-aliases"])
    var differences: [String] = []
    for (address, bits) in places {
      let text = Disassembler.text(bits: bits, pc: address, aliases: aliases)
      if text != expected[address], !Self.isDeliberate(bits, expected: expected[address] ?? "", aliases: aliases) {
        differences.append("\(String(bits, radix: 16)): \(text), should be \(expected[address] ?? "nothing")")
      }
    }
    #expect(
      differences.isEmpty,
      "\(differences.count) of \(places.count): \n\(differences.prefix(60).joined(separator: "\n"))")
  }
}
