import FuzzDriver
import RISCV

/// Instructions as bits and as text. The first byte says which: even for bits; odd for text, of which the second byte may
/// choose the mnemonic, so that most inputs get as far as their operands.
@main
private enum FuzzAssembly {
  private static let pc: UInt64 = 0x8000_1000
  private static let mnemonics =
    InstructionRow.all.map(\.name) + CompressedRow.all.map(\.name)
    + (AliasRow.all + AliasRow.understood).map { String($0.spelling.prefix { $0 != " " }) }

  static func main() {
    let lines = [
      "addi sp, sp, -0x10", "beqz a0, .+8", "csrrw t0, mstatus, t1", "c.addi4spn a0, sp, 16",
      "amoadd.w.aqrl a0, a1, (a2)",
      "fmadd.d fa0, fa1, fa2, fa3, rne", "fence rw, iorw", "li a0, 'x' # one", "lui a0, 0xfffff", "jalr 8(ra)",
    ]
    var seeds = lines.map { [1] + Array($0.utf8) }
    seeds += lines.indices.map { [3, 0, UInt8($0)] + Array(lines[$0].utf8.drop { $0 != 0x20 }) }
    seeds.append([0, 0x13, 0x01, 0x01, 0xff, 0x73, 0x10, 0x05, 0x30, 0x2f, 0x26, 0xb5, 0x06, 0x53, 0x71, 0xc5, 0x02])
    let words =
      mnemonics + RegisterName.abiX + RegisterName.abiF + CSRName.all.map(\.name) + [
        ", ", "(", ")", "rne", "iorw", ".+",
      ]
    FuzzDriver.run(seeds: seeds, words: words) { start, count in
      let bytes = FuzzDriver.bytes(start, count)
      guard let kind = bytes.first else { return 0 }
      switch kind & 3 {
      case 0, 2: FuzzAssembly.useBits(bytes.dropFirst())
      case 1: FuzzAssembly.useText(String(decoding: bytes.dropFirst(), as: UTF8.self))
      default:
        let names = FuzzAssembly.mnemonics
        let number = bytes.dropFirst().prefix(2).reduce(0) { $0 << 8 | Int($1) }
        FuzzAssembly.useText("\(names[number % names.count]) \(String(decoding: bytes.dropFirst(3), as: UTF8.self))")
      }
      return 0
    }
  }

  /// A text that assembles is an instruction whose own spelling assembles to the same.
  private static func useText(_ text: String) {
    let bytes: [UInt8]
    do throws(AssemblerError) { bytes = try Assembler.assemble(text, at: pc) } catch {
      precondition(!error.description.isEmpty)
      return
    }
    precondition(bytes.count == 2 || bytes.count == 4)
    let bits = number(bytes)
    precondition(bits & 3 == 3 ? bytes.count == 4 : bytes.count == 2)
    let spelling = Disassembler.text(bits: bits, pc: pc, aliases: false)
    precondition(spelling != Disassembler.unknown, "\(text) assembles to what is no instruction")
    precondition(withoutIgnoredBits(number(assembled(spelling))) == withoutIgnoredBits(bits), "\(text): \(spelling)")
    if bits != 0 { precondition(Instruction(bits: bits) != nil) }
  }

  /// Each word that is an instruction has a text that assembles to it.
  private static func useBits(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while rest.count >= 4 {
      let bits = number(rest.prefix(4))
      rest = rest.dropFirst(bits & 3 == 3 ? 4 : 2)
      let own = Disassembler.text(bits: bits, pc: pc, aliases: false)
      let shown = Disassembler.text(bits: bits, pc: pc)
      guard let instruction = Instruction(bits: bits) else {
        precondition(own == Disassembler.unknown || bits & 0xffff == 0)
        continue
      }
      precondition(instruction.length == (bits & 3 == 3 ? 4 : 2))
      _ = (instruction.reads, instruction.writes, instruction.target(pc: pc), instruction.mnemonic)
      precondition(number(assembled(own)) == withoutIgnoredBits(instruction.bits), "\(own)")
      // A compressed instruction is shown as what it stands for; `mv` stands for `addi`, `c.mv` for `add`.
      let back = Instruction(bits: number(assembled(shown)))!
      let isSame = back.row.name == instruction.row.name && back.operands == instruction.operands
      precondition(isSame || shown.hasPrefix("mv ") && instruction.length == 2, "\(shown) is \(own)")
    }
  }

  private static func assembled(_ text: String) -> [UInt8] {
    do { return try Assembler.assemble(text, at: pc) } catch { preconditionFailure("\(text): \(error)") }
  }

  private static func number(_ bytes: some BidirectionalCollection<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Bits of `fence` and `fence.i` that are ignored are not written in assembly.
  private static func withoutIgnoredBits(_ word: UInt32) -> UInt32 {
    switch word & 0x707f {
    case 0x000f where word != 0x8330_000f: word & 0x0ff0_707f
    case 0x100f: word & 0x707f
    default: word
    }
  }
}
