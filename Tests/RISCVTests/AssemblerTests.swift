import Lockstep
import RISCV
import Testing

@Suite("Assembler")
struct AssemblerTests {
  static let pc: UInt64 = 0x8000_1000

  @Test("What is disassembled assembles to the same bits, for every row", arguments: [true, false])
  func everyRowBack(aliases: Bool) throws {
    var generator = SeededGenerator(state: 3)
    var count = 0
    for index in InstructionRow.all.indices {
      for word in RandomInstructions.encodings(ofRow: index, count: 100, using: &generator) {
        guard InstructionSet.shared.decode(word) != nil else { continue }
        let bits = RandomInstructions.withoutIgnoredBits(word)
        let text = Disassembler.text(bits: bits, pc: Self.pc, aliases: aliases)
        let back = try Assembler.assemble(text, at: Self.pc)
        #expect(back == RandomInstructions.bytes(bits, count: 4), "\(text)")
        count += 1
      }
    }
    #expect(count > 15_000)
  }

  @Test("What is disassembled assembles to the same bits, for every compressed instruction")
  func everyParcelBack() throws {
    for parcel in UInt32(0)...0xffff where parcel & 3 != 3 {
      guard let decoded = InstructionSet.shared.decode(parcel) else { continue }
      let own = Disassembler.text(bits: parcel, pc: Self.pc, aliases: false)
      #expect(try Assembler.assemble(own, at: Self.pc) == RandomInstructions.bytes(parcel, count: 2), "\(own)")

      let shown = Disassembler.text(bits: parcel, pc: Self.pc)
      let back = try Assembler.assemble(shown, at: Self.pc)
      // `mv` is short for `addi`; `c.mv` stands for an `add` all the same.
      if back.count == 4, !shown.hasPrefix("mv ") {
        let bits = back.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        let expanded = InstructionSet.shared.decode(bits)
        #expect(expanded?.index == decoded.index && expanded?.fields == decoded.fields, "\(shown)")
      }
    }
  }

  @Test(
    "Every mnemonic assembles to the bits that clang gives it",
    .enabled(if: Toolchain.directory != nil, Toolchain.whySkipped))
  func everyMnemonic() throws {
    var generator = SeededGenerator(state: 4)
    var lines: [String] = []
    for index in InstructionRow.all.indices {
      for word in RandomInstructions.encodings(ofRow: index, count: 24, using: &generator)
      where InstructionSet.shared.decode(word) != nil {
        let bits = RandomInstructions.withoutIgnoredBits(word)
        lines += [true, false].map { Self.text(bits, aliases: $0) }
      }
    }
    for alias in AliasRow.all + AliasRow.understood where !alias.meaning.hasPrefix("c.") {
      for _ in 0..<8 { lines.append(Self.example(of: alias.spelling, using: &generator)) }
    }
    try compare(lines, option: "norvc")

    let compressed = (UInt32(0)...0xffff).filter { $0 & 3 != 3 && InstructionSet.shared.decode($0) != nil }
    try compare(
      compressed.shuffled(using: &generator).prefix(6000).map { Self.text($0, aliases: false) }, option: "rvc")
  }

  private func compare(_ lines: [String], option: String) throws {
    let expected = try Toolchain.assemble([".option \(option)"] + lines)
    var position = 0
    for line in lines {
      let bytes = try Assembler.assemble(line, at: Self.pc)
      let slice = expected[min(position, expected.count)..<min(position + bytes.count, expected.count)]
      try #require(bytes == Array(slice), "\(line)")
      position += bytes.count
    }
    #expect(position == expected.count)
  }

  /// The disassembly with targets by their distance: clang takes a number for one.
  private static func text(_ bits: UInt32, aliases: Bool) -> String {
    let text = Disassembler.text(bits: bits, pc: 0, aliases: aliases)
    guard let target = Instruction(bits: bits)?.target(pc: 0) else { return text }
    let distance = Int64(bitPattern: target)
    let start = text.lastIndex { $0 == " " }!
    return text[...start] + (distance < 0 ? ".\(distance)" : ".+\(distance)")
  }

  /// A spelling with operands for the fields.
  private static func example(of spelling: String, using generator: inout SeededGenerator) -> String {
    var result = ""
    var word = ""
    for character in spelling + " " {
      if character.isLetter && character.isASCII || character.isNumber || character == "." {
        word.append(character)
        continue
      }
      let x = RegisterName.abiX.randomElement(using: &generator)!
      let f = RegisterName.abiF.randomElement(using: &generator)!
      switch word {
      case "rd", "rs1", "rs2": result += x
      case "frd", "frs1", "frs2": result += f
      case "imm": result += "\(Int.random(in: -2048...2047, using: &generator))"
      case "uimm", "zimm": result += "\(Int.random(in: 0...31, using: &generator))"
      case "target": result += ".+\(2 * Int.random(in: -2048...2047, using: &generator))".replacing("+-", with: "-")
      case "csr": result += ["mstatus", "0x5c0", "hgatp", "pmpaddr15"].randomElement(using: &generator)!
      default: result += word
      }
      word = ""
      result.append(character)
    }
    return result
  }
}
