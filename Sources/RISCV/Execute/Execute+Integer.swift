/// What each instruction does: one function a row, named after it.
enum Execute {
  /// Sign-extends a word.
  @inline(__always) static func extend(_ word: UInt32) -> UInt64 { UInt64(bitPattern: Int64(Int32(bitPattern: word))) }
  @inline(__always) static func low(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }
}

typealias Op = DecodedOperation

extension Execute {
  @inline(__always) static func lui(_ h: HartPointer, _ op: Op) { h.rd(op, UInt64(bitPattern: op.imm)) }
  @inline(__always) static func auipc(_ h: HartPointer, _ op: Op, _ pc: UInt64) {
    h.rd(op, pc &+ UInt64(bitPattern: op.imm))
  }

  @inline(__always) static func beq(_ h: HartPointer, _ op: Op) -> Bool { h.rs1(op) == h.rs2(op) }
  @inline(__always) static func bne(_ h: HartPointer, _ op: Op) -> Bool { h.rs1(op) != h.rs2(op) }
  @inline(__always) static func blt(_ h: HartPointer, _ op: Op) -> Bool {
    Int64(bitPattern: h.rs1(op)) < Int64(bitPattern: h.rs2(op))
  }
  @inline(__always) static func bge(_ h: HartPointer, _ op: Op) -> Bool {
    Int64(bitPattern: h.rs1(op)) >= Int64(bitPattern: h.rs2(op))
  }
  @inline(__always) static func bltu(_ h: HartPointer, _ op: Op) -> Bool { h.rs1(op) < h.rs2(op) }
  @inline(__always) static func bgeu(_ h: HartPointer, _ op: Op) -> Bool { h.rs1(op) >= h.rs2(op) }

  @inline(__always) static func addi(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &+ UInt64(bitPattern: op.imm)) }
  @inline(__always) static func slti(_ h: HartPointer, _ op: Op) {
    h.rd(op, Int64(bitPattern: h.rs1(op)) < op.imm ? 1 : 0)
  }
  /// `slti x0, x0, imm`: a hint that marks a place for whoever observes the machine ("HINT Instructions"). The block loop
  /// passes over it; where markers are observed, the step path reports it.
  @inline(__always) static func marker(_ h: HartPointer, _ op: Op) throws(Departure) {
    guard h.s.pointee.eventMask.contains(.marker) else { return }
    guard h.s.pointee.isStepping else { throw .step }
    h.record(.marker(Int(op.imm)))
  }
  @inline(__always) static func sltiu(_ h: HartPointer, _ op: Op) {
    h.rd(op, h.rs1(op) < UInt64(bitPattern: op.imm) ? 1 : 0)
  }
  @inline(__always) static func xori(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) ^ UInt64(bitPattern: op.imm)) }
  @inline(__always) static func ori(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) | UInt64(bitPattern: op.imm)) }
  @inline(__always) static func andi(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) & UInt64(bitPattern: op.imm)) }
  @inline(__always) static func slli(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &<< UInt64(bitPattern: op.imm)) }
  @inline(__always) static func srli(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &>> UInt64(bitPattern: op.imm)) }
  @inline(__always) static func srai(_ h: HartPointer, _ op: Op) {
    h.rd(op, UInt64(bitPattern: Int64(bitPattern: h.rs1(op)) &>> op.imm))
  }

  @inline(__always) static func add(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &+ h.rs2(op)) }
  @inline(__always) static func sub(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &- h.rs2(op)) }
  @inline(__always) static func sll(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &<< h.rs2(op)) }
  @inline(__always) static func slt(_ h: HartPointer, _ op: Op) {
    h.rd(op, Int64(bitPattern: h.rs1(op)) < Int64(bitPattern: h.rs2(op)) ? 1 : 0)
  }
  @inline(__always) static func sltu(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) < h.rs2(op) ? 1 : 0) }
  @inline(__always) static func xor(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) ^ h.rs2(op)) }
  @inline(__always) static func srl(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &>> h.rs2(op)) }
  @inline(__always) static func sra(_ h: HartPointer, _ op: Op) {
    h.rd(op, UInt64(bitPattern: Int64(bitPattern: h.rs1(op)) &>> Int64(bitPattern: h.rs2(op))))
  }
  @inline(__always) static func or(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) | h.rs2(op)) }
  @inline(__always) static func and(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) & h.rs2(op)) }

  @inline(__always) static func addiw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: low(h.rs1(op)) &+ UInt32(truncatingIfNeeded: op.imm))
  }
  @inline(__always) static func slliw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: low(h.rs1(op)) &<< UInt32(truncatingIfNeeded: op.imm))
  }
  @inline(__always) static func srliw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: low(h.rs1(op)) &>> UInt32(truncatingIfNeeded: op.imm))
  }
  @inline(__always) static func sraiw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: UInt32(bitPattern: Int32(truncatingIfNeeded: h.rs1(op)) &>> Int32(truncatingIfNeeded: op.imm)))
  }
  @inline(__always) static func addw(_ h: HartPointer, _ op: Op) { h.rd(op, word: low(h.rs1(op)) &+ low(h.rs2(op))) }
  @inline(__always) static func subw(_ h: HartPointer, _ op: Op) { h.rd(op, word: low(h.rs1(op)) &- low(h.rs2(op))) }
  @inline(__always) static func sllw(_ h: HartPointer, _ op: Op) { h.rd(op, word: low(h.rs1(op)) &<< low(h.rs2(op))) }
  @inline(__always) static func srlw(_ h: HartPointer, _ op: Op) { h.rd(op, word: low(h.rs1(op)) &>> low(h.rs2(op))) }
  @inline(__always) static func sraw(_ h: HartPointer, _ op: Op) {
    h.rd(op, word: UInt32(bitPattern: Int32(truncatingIfNeeded: h.rs1(op)) &>> Int32(truncatingIfNeeded: h.rs2(op))))
  }

  // Memory is sequentially consistent here: harts take turns.
  @inline(__always) static func fence(_ h: HartPointer, _ op: Op) {}
  @inline(__always) static func fenceTso(_ h: HartPointer, _ op: Op) {}

  @inline(__always) static func czeroEqz(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs2(op) == 0 ? 0 : h.rs1(op)) }
  @inline(__always) static func czeroNez(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs2(op) != 0 ? 0 : h.rs1(op)) }
}

// "M" Extension for Integer Multiplication and Division: division by zero and overflow have results, not traps.
extension Execute {
  @inline(__always) static func mul(_ h: HartPointer, _ op: Op) { h.rd(op, h.rs1(op) &* h.rs2(op)) }
  @inline(__always) static func mulh(_ h: HartPointer, _ op: Op) {
    h.rd(
      op, UInt64(bitPattern: Int64(bitPattern: h.rs1(op)).multipliedFullWidth(by: Int64(bitPattern: h.rs2(op))).high))
  }
  @inline(__always) static func mulhu(_ h: HartPointer, _ op: Op) {
    h.rd(op, h.rs1(op).multipliedFullWidth(by: h.rs2(op)).high)
  }
  @inline(__always) static func mulhsu(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    let high = a.multipliedFullWidth(by: b).high
    h.rd(op, Int64(bitPattern: a) < 0 ? high &- b : high)
  }
  @inline(__always) static func div(_ h: HartPointer, _ op: Op) {
    let (a, b) = (Int64(bitPattern: h.rs1(op)), Int64(bitPattern: h.rs2(op)))
    h.rd(op, b == 0 ? .max : b == -1 ? UInt64(bitPattern: 0 &- a) : UInt64(bitPattern: a / b))
  }
  @inline(__always) static func divu(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    h.rd(op, b == 0 ? .max : a / b)
  }
  @inline(__always) static func rem(_ h: HartPointer, _ op: Op) {
    let (a, b) = (Int64(bitPattern: h.rs1(op)), Int64(bitPattern: h.rs2(op)))
    h.rd(op, UInt64(bitPattern: b == 0 ? a : b == -1 ? 0 : a % b))
  }
  @inline(__always) static func remu(_ h: HartPointer, _ op: Op) {
    let (a, b) = (h.rs1(op), h.rs2(op))
    h.rd(op, b == 0 ? a : a % b)
  }
  @inline(__always) static func mulw(_ h: HartPointer, _ op: Op) { h.rd(op, word: low(h.rs1(op)) &* low(h.rs2(op))) }
  @inline(__always) static func divw(_ h: HartPointer, _ op: Op) {
    let (a, b) = (Int32(truncatingIfNeeded: h.rs1(op)), Int32(truncatingIfNeeded: h.rs2(op)))
    h.rd(op, word: b == 0 ? .max : UInt32(bitPattern: b == -1 ? 0 &- a : a / b))
  }
  @inline(__always) static func divuw(_ h: HartPointer, _ op: Op) {
    let (a, b) = (low(h.rs1(op)), low(h.rs2(op)))
    h.rd(op, word: b == 0 ? .max : a / b)
  }
  @inline(__always) static func remw(_ h: HartPointer, _ op: Op) {
    let (a, b) = (Int32(truncatingIfNeeded: h.rs1(op)), Int32(truncatingIfNeeded: h.rs2(op)))
    h.rd(op, word: UInt32(bitPattern: b == 0 ? a : b == -1 ? 0 : a % b))
  }
  @inline(__always) static func remuw(_ h: HartPointer, _ op: Op) {
    let (a, b) = (low(h.rs1(op)), low(h.rs2(op)))
    h.rd(op, word: b == 0 ? a : a % b)
  }
}
