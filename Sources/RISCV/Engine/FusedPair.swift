/// Two instructions that the block loop executes in one dispatch. Both keep their operations; the first one's code says that
/// the second follows, so that traps, counts and shortened blocks see two instructions as ever.
struct FusedPair: Sendable {
  /// Positions in `InstructionRow.all`.
  let first: Int
  let second: Int
  let identifier: String

  init(_ first: String, _ second: String) {
    let rows = InstructionRow.all
    self.first = rows.firstIndex { $0.name == first }!
    self.second = rows.firstIndex { $0.name == second }!
    let name = rows[self.second].identifier
    identifier = "fused\(Self.capitalized(rows[self.first].identifier))\(Self.capitalized(name))"
  }

  private static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

  /// MEASURED: the pairs that retire most often in the boot of OpenSBI and U-Boot, and the pairs of simple arithmetic, which
  /// loops are made of.
  static let all: [FusedPair] = {
    let simple = ["add", "addi", "sub", "xor", "or", "and", "slli", "srli", "addw", "addiw"]
    var pairs = simple.flatMap { first in simple.map { FusedPair(first, $0) } }
    for name in ["addi", "add", "addiw", "and", "andi", "lbu", "lw", "ld", "slli"] {
      for branch in ["beq", "bne"] { pairs.append(FusedPair(name, branch)) }
    }
    for name in ["addi", "addiw", "addw"] {
      for branch in ["blt", "bltu", "bge", "bgeu"] { pairs.append(FusedPair(name, branch)) }
    }
    let others = [
      "lbu lbu", "sd sd", "ld ld", "lw lw", "sw sw", "ld addi", "addi ld", "sd addi", "addi sd", "addi sw", "addi sb",
      "lbu slliw", "slliw or", "or slliw", "slliw slliw", "lbu addi", "addi lbu",
      "ld add", "add ld", "lw add", "add lw", "ld slli", "add sd", "lui addi",
      "lui addiw", "auipc addi", "auipc ld", "mul add", "mul or", "sltu add", "xor sltu", "sub mul", "slli ld",
      "and slliw", "srliw slliw", "andi slliw",
    ]
    for pair in others {
      let names = pair.split(separator: " ").map(String.init)
      pairs.append(FusedPair(names[0], names[1]))
    }
    return pairs
  }()

  private static let firstCode = OperationCode.header.rawValue + 1

  /// The fused code of two operations by their own codes, as `first << 8 | second`; zero where there is none.
  private static let codes: [UInt16] = {
    var codes = [UInt16](repeating: 0, count: 1 << 16)
    for (index, pair) in all.enumerated() { codes[pair.first << 8 | pair.second] = firstCode + UInt16(index) }
    return codes
  }()

  static func code(_ first: OperationCode, _ second: OperationCode) -> OperationCode? {
    guard first.rawValue < 256, second.rawValue < 256 else { return nil }
    let code = codes[Int(first.rawValue) << 8 | Int(second.rawValue)]
    return code == 0 ? nil : OperationCode(rawValue: code)
  }

  /// The code of a pair's first instruction alone.
  static func first(of code: OperationCode) -> OperationCode {
    guard code.rawValue >= firstCode else { return code }
    return OperationCode(rawValue: UInt16(all[Int(code.rawValue - firstCode)].first))!
  }
}
