import RISCV

/// Where the code at a trap vector has put the interrupted registers, found by following that code with symbols in place of
/// values. So no layout of a trap frame need be known beforehand.
struct TrapEntry {
  /// What a value came from.
  enum Origin: Hashable {
    /// A register as it was when the trap was taken.
    case register(Int)
    case csr(UInt16)
    case constant
    /// Nothing that is followed.
    case other(Int)
  }
  /// `origin` + `offset`.
  struct Symbolic: Hashable {
    var origin: Origin
    var offset: UInt64 = 0
  }

  struct State {
    var registers: [Symbolic] = (0..<32).map { $0 == 0 ? Symbolic(origin: .constant) : Symbolic(origin: .register($0)) }
    var csrs: [UInt16: Symbolic] = [:]
    /// What was stored, by address; double words alone.
    var memory: [Symbolic: Symbolic] = [:]

    func csr(_ number: UInt16) -> Symbolic { csrs[number] ?? Symbolic(origin: .csr(number)) }
  }

  /// Reads the instruction at an address.
  let instruction: (UInt64) -> InstructionSet.Decoded?
  private var next = 0
  private var steps = 0
  private var found: [State] = []
  private static let stepLimit = 4000

  init(instruction: @escaping (UInt64) -> InstructionSet.Decoded?) { self.instruction = instruction }

  /// What is known at `target` on the ways there from `start`, at most eight of them. `isReturn` says that `target` is where
  /// a call is to come back to: the state is then that at the call.
  static func states(
    from start: UInt64, to target: UInt64, isReturn: Bool,
    instruction: @escaping (UInt64) -> InstructionSet.Decoded?
  ) -> [State] {
    var entry = TrapEntry(instruction: instruction)
    entry.follow(start, State(), target, isReturn, depth: 0)
    return entry.found
  }

  private mutating func unknown() -> Symbolic {
    next += 1
    return Symbolic(origin: .other(next))
  }

  private mutating func follow(
    _ start: UInt64, _ first: State, _ target: UInt64, _ isReturn: Bool, depth: Int
  ) {
    var (pc, state) = (start, first)
    while steps < Self.stepLimit, found.count < 8 {
      if pc == target, !isReturn {
        found.append(state)
        return
      }
      steps += 1
      guard let decoded = instruction(pc) else { return }
      let (name, fields) = (decoded.row.name, decoded.fields)
      let after = pc &+ UInt64(decoded.length)
      if (name == "jal" || name == "jalr") && fields.rd != 0 {
        if isReturn, after == target {
          found.append(state)
          return
        }
        for register in [1, 5, 6, 7] + Array(10...17) + Array(28...31) { state.registers[register] = unknown() }
        pc = after
        continue
      }
      if name == "jal" {
        pc = pc &+ UInt64(bitPattern: fields.imm)
        continue
      }
      if name == "jalr" || name == "mret" || name == "sret" { return }
      if case .branch = decoded.row.flow {
        if depth < 8 { follow(pc &+ UInt64(bitPattern: fields.imm), state, target, isReturn, depth: depth + 1) }
        pc = after
        continue
      }
      execute(name, fields, pc, &state)
      state.registers[0] = Symbolic(origin: .constant)
      pc = after
    }
  }

  private mutating func execute(_ name: String, _ fields: InstructionFields, _ pc: UInt64, _ state: inout State) {
    let (first, second) = (state.registers[fields.rs1], state.registers[fields.rs2])
    let immediate = UInt64(bitPattern: fields.imm)
    func moved(_ value: Symbolic, _ distance: UInt64) -> Symbolic {
      Symbolic(origin: value.origin, offset: value.offset &+ distance)
    }
    switch name {
    case "addi": state.registers[fields.rd] = moved(first, immediate)
    case "add" where first.origin == .constant: state.registers[fields.rd] = moved(second, first.offset)
    case "add" where second.origin == .constant: state.registers[fields.rd] = moved(first, second.offset)
    case "sub" where second.origin == .constant: state.registers[fields.rd] = moved(first, 0 &- second.offset)
    case "lui": state.registers[fields.rd] = Symbolic(origin: .constant, offset: immediate)
    case "auipc": state.registers[fields.rd] = Symbolic(origin: .constant, offset: pc &+ immediate)
    case "csrrw":
      let old = state.csr(fields.csr)
      state.csrs[fields.csr] = first
      state.registers[fields.rd] = old
    case "csrrs", "csrrc":
      let old = state.csr(fields.csr)
      if fields.rs1 != 0 { state.csrs[fields.csr] = unknown() }
      state.registers[fields.rd] = old
    case "sd": state.memory[moved(first, immediate)] = second
    case "ld": state.registers[fields.rd] = state.memory[moved(first, immediate)] ?? unknown()
    default:
      if fields.rd != 0, !name.hasPrefix("f"), !["sb", "sh", "sw"].contains(name) {
        state.registers[fields.rd] = unknown()
      }
    }
  }
}

extension TrapEntry.State {
  /// Finds values of what was there at the trap, from what registers and CSRs hold now and from memory.
  struct Solution {
    let state: TrapEntry.State
    private var values: [TrapEntry.Origin: UInt64] = [:]
    private let read: (UInt64) -> UInt64?

    /// `registers` and `csr` give values of now, `read` a double word of memory.
    init(
      _ state: TrapEntry.State, registers: [UInt64?], csr: (UInt16) -> UInt64?, read: @escaping (UInt64) -> UInt64?
    ) {
      self.state = state
      self.read = read
      for number in 1..<32 {
        guard let value = registers[number] else { continue }
        let symbolic = state.registers[number]
        if symbolic.origin != .constant { values[symbolic.origin] = value &- symbolic.offset }
      }
      // What a CSR was exchanged for is there as long as nobody has exchanged it back.
      for (number, symbolic) in state.csrs where symbolic.origin != .constant && values[symbolic.origin] == nil {
        values[symbolic.origin] = csr(number).map { $0 &- symbolic.offset }
      }
    }

    /// The value that something had when the trap was taken.
    func value(_ origin: TrapEntry.Origin) -> UInt64? {
      if let known = values[origin] { return known }
      for (place, stored) in state.memory where stored.origin == origin {
        let base = place.origin == .constant ? 0 : values[place.origin]
        if let base, let value = read(base &+ place.offset) { return value &- stored.offset }
      }
      return nil
    }
  }
}
