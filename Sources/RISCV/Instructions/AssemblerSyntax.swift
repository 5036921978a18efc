/// An assembly form taken apart: what the disassembler prints and the assembler expects after the mnemonic.
struct AssemblySyntax: Sendable {
  /// What an operand is written as.
  enum Kind: Sendable, Equatable {
    case register, floatRegister, immediate, target, csr, fenceSet
    /// The high 20 bits of a value whose low 12 are zero (`lui`, `auipc`).
    case upper
    /// A rounding mode, left out where it is `unsaid`: `dyn` as a rule, `rne` where the result is always exact.
    case roundingMode(unsaid: Int64)
    /// A register that the form has in writing and the encoding has not, such as the `sp` of `c.addi16sp`.
    case fixedRegister(Int64)
  }

  struct Operand: Sendable, Equatable {
    let kind: Kind
    /// The field that it is the value of; without meaning for a fixed register.
    let field: Encoding.Field
  }

  enum Piece: Sendable, Equatable {
    /// `,`, `(` or `)`.
    case punctuation(UInt8)
    case operand(Operand)
  }

  let pieces: [Piece]

  var operands: [Operand] {
    pieces.compactMap { if case .operand(let operand) = $0 { operand } else { nil } }
  }

  /// - Precondition: every word of `syntax` names an operand; rows are ours.
  init(_ syntax: some StringProtocol) {
    var pieces: [Piece] = []
    var word: [UInt8] = []
    func endWord() {
      if !word.isEmpty { pieces.append(.operand(Self.operand(named: String(decoding: word, as: UTF8.self)))) }
      word = []
    }
    for byte in syntax.utf8 {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"):
        endWord()
        pieces.append(.punctuation(byte))
      case UInt8(ascii: " "): endWord()
      default: word.append(byte)
      }
    }
    endWord()
    self.pieces = pieces
  }

  private static func operand(named token: String) -> Operand {
    guard let field = InstructionSet.field(named: token) else {
      return Operand(kind: .fixedRegister(Int64(RegisterName.x(named: token)!)), field: .rs1)
    }
    let kind: Kind =
      switch token {
      case "target": .target
      case "upper": .upper
      case "rm": .roundingMode(unsaid: RoundingModeName.dynamic)
      case "rmExact": .roundingMode(unsaid: 0)
      default:
        switch field {
        case .rd, .rs1, .rs2, .rs3: token.hasPrefix("f") ? .floatRegister : .register
        case .csr: .csr
        case .pred, .succ: .fenceSet
        default: .immediate
        }
      }
    return Operand(kind: kind, field: field)
  }
}

/// The values that an operand can have which are written as names.
enum RoundingModeName {
  /// The mode in `frm` ("F" Extension, "Floating-Point Control and Status Register").
  static let dynamic: Int64 = 7
  static let all: [(value: Int64, name: String)] = [
    (0, "rne"), (1, "rtz"), (2, "rdn"), (3, "rup"), (4, "rmm"), (dynamic, "dyn"),
  ]
}

/// The sets of a `fence`: `i`, `o`, `r`, `w`, in this order, or `0` for none (RV32I, "Memory Ordering Instructions").
enum FenceSetName {
  private static let letters: [(mask: Int64, letter: Character)] = [(8, "i"), (4, "o"), (2, "r"), (1, "w")]

  static func name(of value: Int64) -> String {
    value == 0 ? "0" : String(letters.filter { value & $0.mask != 0 }.map(\.letter))
  }
  static func value(named name: some StringProtocol) -> Int64? { (0..<16).first { self.name(of: $0) == name } }
}
