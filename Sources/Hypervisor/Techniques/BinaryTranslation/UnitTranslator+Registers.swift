import RISCV

// CSR accesses that the cache does itself, in line: those of registers that a trap handler reads and writes, of which the context
// has the values while translated code runs.
extension UnitTranslator {
  /// What an access does to the register.
  private enum Change {
    case none, write, set, clear
  }

  /// Does an access in line; false where it cannot be done so.
  mutating func access(_ register: TrapRegister, _ decoded: InstructionSet.Decoded, next: UInt64) -> Bool {
    let fields = decoded.fields
    let isImmediate = decoded.row.name.hasSuffix("i")
    let operand = isImmediate ? Operand.immediate(fields.zimm) : .register(fields.rs1)
    let change: Change =
      switch decoded.row.name.prefix(5) {
      case "csrrw": .write
      case "csrrs": operand.isNone ? .none : .set
      default: operand.isNone ? .none : .clear
      }
    let slot = ContextSlot(register).address
    if change == .none {
      guard fields.rd != 0 else { return false }
      emit(Self.addi(rd: fields.rd, imm: slot), .inline)
      emit(Self.hlv(rd: fields.rd, rs1: fields.rd), .inline, completes: true, register: register)
      return true
    }
    guard fields.rd != Self.first, fields.rd != Self.second else { return false }
    spillBoth(.inline)
    // The old value comes to the first register, the new one to the second.
    let needsOld = change != .write || fields.rd != 0
    if needsOld || register == .status { load(Self.first, slot) }
    combine(change, operand)
    switch register {
    case .exceptionPC: emit(Self.andi(rd: Self.second, rs1: Self.second, imm: ~1), .inline)
    case .vector: emit(Self.andi(rd: Self.second, rs1: Self.second, imm: ~2), .inline)
    case .status:
      check(change, operand)
      if fields.rd != 0 { load(Self.first, slot) }
    default: break
    }
    // Until it is overwritten itself, the guest's register is good for an address.
    let address = fields.rd != 0 ? fields.rd : Self.first
    emit(Self.addi(rd: address, imm: slot), .inline)
    emit(Self.hsv(rs1: address, rs2: Self.second), .inline, completes: fields.rd == 0, register: register)
    if fields.rd != 0 { emit(Self.addi(rd: fields.rd, rs1: Self.first), .inline, completes: true) }
    place = .target(next)
    restoreBoth()
    return true
  }

  private enum Operand {
    case register(Int)
    case immediate(Int)

    /// Nothing is written (Unprivileged ISA, "Zicsr": `x0`, or a zero).
    var isNone: Bool {
      switch self {
      case .register(let number): number == 0
      case .immediate(let value): value == 0
      }
    }
    /// The value, where it is known.
    var value: UInt64? { if case .immediate(let value) = self { UInt64(value) } else { nil } }
  }

  /// Makes the value to be written.
  private mutating func combine(_ change: Change, _ operand: Operand) {
    var source = Self.second
    switch operand {
    case .immediate(let value): emit(Self.addi(rd: Self.second, imm: Int64(value)), .inline)
    case .register(Self.first): emit(Self.hlv(rd: Self.second), .inline)
    case .register(let number): source = number
    }
    switch change {
    case .set: emit(Self.or(rd: Self.second, rs1: source, rs2: Self.first), .inline)
    case .clear: emit(Self.andn(rd: Self.second, rs1: Self.first, rs2: source), .inline)
    case .write, .none:
      if source != Self.second { emit(Self.addi(rd: Self.second, rs1: source), .inline) }
    }
  }

  /// Leaves to the monitor what changes more of the status register than plain bits and FS, or FS from dirty or to it, and what would let
  /// a pending interrupt through.
  private mutating func check(_ change: Change, _ operand: Operand) {
    let plain = TrapRegister.plainStatus(in: mode)
    let bits = operand.value
    let isPlain = change != .write && bits.map { $0 & ~plain == 0 } ?? false
    if !isPlain {
      emit(Self.xor(rd: Self.first, rs1: Self.first, rs2: Self.second), .inline)
      emit(Self.andi(rd: Self.first, rs1: Self.first, imm: Int64(bitPattern: ~plain)), .inline)
      let skip = emit(Self.beq(rs1: Self.first, imm: 0), .inline)
      checkFloatStatus()
      patch(skip, Self.beq(rs1: Self.first, imm: Int64(size - skip)))
    }
    let isDisabling = change == .clear && bits.map { $0 & TrapRegister.interruptEnable(in: mode) != 0 } ?? false
    if !isDisabling {
      load(Self.first, ContextSlot.pending.address)
      emit(Self.and(rd: Self.first, rs1: Self.first, rs2: Self.second), .inline)
      retreat(unlessZero: Self.first)
    }
  }

  /// Leaves to the monitor a change, in the first register, of more than FS, and one in which FS is dirty before or behind it. As long as it
  /// is not, the physical hart has it off, whatever the guest says. (Clean to initial and back are left to the monitor, too: the bits of
  /// both are those of dirty.)
  private mutating func checkFloatStatus() {
    let shift = Int64(TrapRegister.floatStatus.trailingZeroBitCount)
    emit(Self.rori(rd: Self.first, rs1: Self.first, imm: shift), .inline)
    emit(Self.srli(rd: Self.first, rs1: Self.first, imm: 2), .inline)
    retreat(unlessZero: Self.first)
    load(Self.first, ContextSlot.status.address)
    emit(Self.or(rd: Self.first, rs1: Self.first, rs2: Self.second), .inline)
    emit(Self.rori(rd: Self.first, rs1: Self.first, imm: shift), .inline)
    // Behind FS comes XS, which is zero: there is room for a carry.
    emit(Self.addi(rd: Self.first, rs1: Self.first, imm: 1), .inline)
    emit(Self.andi(rd: Self.first, rs1: Self.first, imm: 4), .inline)
    retreat(unlessZero: Self.first)
  }

  /// Goes to a call of the monitor for the instruction, of which nothing has been done yet.
  private mutating func retreat(unlessZero register: Int) {
    retreats.append((emit(Self.bne(rs1: register, imm: 0), .inline), place))
  }

  /// The calls to which ``retreats`` go, one for each instruction.
  mutating func emitRetreats() {
    var start = size
    for (index, (site, place)) in retreats.enumerated() {
      if index == 0 || place != retreats[index - 1].place {
        start = size
        self.place = place
        spilled = [.first, .second]
        restoreBoth()
        callOut()
      }
      patch(site, Self.withTarget(Self.bne(rs1: Self.first), Int64(start - site)))
    }
  }

  private mutating func load(_ rd: Int, _ slot: Int64) {
    emit(Self.addi(rd: rd, imm: slot), .inline)
    emit(Self.hlv(rd: rd, rs1: rd), .inline)
  }

  private mutating func restoreBoth() {
    load(Self.second, ContextSlot.second.address)
    spilled = .first
    emit(Self.hlv(rd: Self.first), .inline)
    spilled = []
  }
}
