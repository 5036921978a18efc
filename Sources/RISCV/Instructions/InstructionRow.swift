/// One instruction of the architecture: the single source of its decoding, encoding, assembly syntax, disassembly and its case
/// in the generated run loops. Its meaning is the function of the same name in `Execute`.
package struct InstructionRow: Sendable {
  /// How an instruction leaves its place in the stream; it fixes the shape of its function in `Execute`.
  package enum Flow: Sendable {
    /// Goes on to the next instruction, always: `(hart, operation)`.
    case next
    /// Goes on, and needs its own address: `(hart, operation, pc)`.
    case usesPC
    /// Goes on unless it departs (traps, or asks for the step path): `(hart, operation) throws(Departure)`.
    case mayDepart
    /// A conditional branch by `imm` bytes: `(hart, operation) -> Bool`, whether it is taken.
    case branch
    /// `jal`: known target.
    case jump
    /// `jalr`: computed target.
    case indirectJump
    /// May change anything (CSRs, privilege, translation): ends a block. `(hart, operation) throws(Departure)`.
    case system
  }

  /// The mnemonic as the assembler spells it, such as `amoadd.w`.
  package let name: String
  /// The encoding from the most significant bit down: binary digits, field names, and immediates as bit slices such as
  /// `imm[12|10:5]`, in the notation of the specification's instruction tables.
  package let pattern: String
  /// Operands in assembly order, such as `rd, imm(rs1)`.
  package let syntax: String
  package let flow: Flow
  package let section: SpecificationSection

  init(_ name: String, _ pattern: String, _ syntax: String, _ section: SpecificationSection, _ flow: Flow = .next) {
    self.name = name
    self.pattern = pattern
    self.syntax = syntax
    self.section = section
    self.flow = flow
  }

  /// The name of its case in `OperationCode` and of its function in `Execute`: `amoadd.w` is `amoaddW`.
  package var identifier: String {
    let parts = name.split(separator: ".")
    return parts[0] + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}

/// A compressed instruction: an encoding of 16 bits that stands for a row of 32.
package struct CompressedRow: Sendable {
  package let name: String
  package let pattern: String
  /// Operands in assembly order.
  package let syntax: String
  /// What it stands for, in terms of its own fields, such as `addi rd, rd, imm`.
  package let expansion: String

  init(_ name: String, _ pattern: String, _ syntax: String, is expansion: String) {
    self.name = name
    self.pattern = pattern
    self.syntax = syntax
    self.expansion = expansion
  }
}

/// Another spelling of an instruction with some operands fixed, such as `ret` for `jalr zero, 0(ra)`.
package struct AliasRow: Sendable {
  package let spelling: String
  package let meaning: String

  init(_ spelling: String, _ meaning: String) {
    self.spelling = spelling
    self.meaning = meaning
  }
}

/// Where the specification defines an instruction.
package enum SpecificationSection: String, Sendable {
  case rv32i = "RV32I Base Integer Instruction Set"
  case rv64i = "RV64I Base Integer Instruction Set"
  case zifencei = "\"Zifencei\" Extension for Instruction-Fetch Fence"
  case zicsr = "\"Zicsr\" Extension for Control and Status Register (CSR) Instructions"
  case zicond = "\"Zicond\" Extension for Integer Conditional Operations"
  case m = "\"M\" Extension for Integer Multiplication and Division"
  case a = "\"A\" Extension for Atomic Instructions"
  case zawrs = "\"Zawrs\" Extension for Wait-on-Reservation-Set instructions"
  case f = "\"F\" Extension for Single-Precision Floating-Point"
  case d = "\"D\" Extension for Double-Precision Floating-Point"
  case zba = "\"Zba\" Extension for Address generation"
  case zbb = "\"Zbb\" Extension for Basic bit-manipulation"
  case zbs = "\"Zbs\" Extension for Single-bit instructions"
  case cmo = "\"CMO\" Extensions for Base Cache Management Operation ISA"
  case machine = "Machine-Level ISA, Privileged Instructions"
  case supervisor = "Supervisor-Level ISA, Supervisor Instructions"
  case hypervisor = "\"H\" Extension for Hypervisor Support"
  case svinval = "\"Svinval\" Extension for Fine-Grained Address-Translation Cache Invalidation"
}
