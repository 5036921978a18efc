// "F" and "D" Extensions. Registers hold 64 bits; a single is NaN-boxed: all ones above its 32 bits.
extension Execute {
  /// Floating point is on. It becomes dirty where a register is written or a flag is raised, and nowhere else.
  @inline(__always) private static func require(_ h: HartPointer) throws(Departure) {
    if h.isFloatOff { throw .trap(Trap(.illegalInstruction)) }
  }

  /// The rounding mode of an instruction: its own, or the dynamic one; reserved modes are illegal.
  @inline(__always) private static func rounding(_ h: HartPointer, _ op: Op) throws(Departure) -> RoundingMode {
    let own = UInt8(truncatingIfNeeded: op.imm) & 7
    guard let mode = RoundingMode(rawValue: own == 7 ? h.s.pointee.frm : own) else {
      throw .trap(Trap(.illegalInstruction))
    }
    return mode
  }

  /// A single as operand: what is not properly boxed reads as the canonical NaN.
  @inline(__always) private static func single(_ h: HartPointer, _ register: UInt8) -> UInt32 {
    let value = h.f[Int(register)]
    return value &>> 32 == 0xffff_ffff ? low(value) : 0x7fc0_0000
  }
  @inline(__always) private static func double(_ h: HartPointer, _ register: UInt8) -> UInt64 { h.f[Int(register)] }
  @inline(__always) private static func third(_ op: Op) -> UInt8 { UInt8(truncatingIfNeeded: op.imm &>> 3) }
  @inline(__always) private static func set(_ h: HartPointer, _ op: Op, single: UInt32) {
    set(h, op, double: UInt64(single) | 0xffff_ffff_0000_0000)
  }
  @inline(__always) private static func set(_ h: HartPointer, _ op: Op, double: UInt64) {
    h.f[Int(op.rd)] = double
    h.dirtyFloat()
  }

  /// Runs an operation whose result goes to an integer register, and accrues the flags that it raises.
  @inline(__always) private static func toInteger<Value>(
    _ h: HartPointer, _ body: (inout FloatFlags) -> Value
  ) -> Value {
    var raised = FloatFlags(rawValue: 0)
    let value = body(&raised)
    if raised.rawValue != 0 {
      h.s.pointee.fflags |= raised.rawValue
      h.dirtyFloat()
    }
    return value
  }

  /// Runs an operation whose result goes to a floating-point register, and accrues the flags that it raises.
  @inline(__always) private static func accruing<Value>(
    _ h: HartPointer, _ body: (inout FloatFlags) -> Value
  ) -> Value {
    var flags = FloatFlags(rawValue: h.s.pointee.fflags)
    let value = body(&flags)
    h.s.pointee.fflags = flags.rawValue
    return value
  }

  @inline(__always) static func flw(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, single: try h.load(h.rs1(op) &+ UInt64(bitPattern: op.imm), as: UInt32.self))
  }
  @inline(__always) static func fsw(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    try h.store(low(h.f[Int(op.rs2)]), to: h.rs1(op) &+ UInt64(bitPattern: op.imm))
  }
  @inline(__always) static func fld(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, double: try h.load(h.rs1(op) &+ UInt64(bitPattern: op.imm), as: UInt64.self))
  }
  @inline(__always) static func fsd(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    try h.store(h.f[Int(op.rs2)], to: h.rs1(op) &+ UInt64(bitPattern: op.imm))
  }
  @inline(__always) static func fmvXW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, word: low(h.f[Int(op.rs1)]))
  }
  @inline(__always) static func fmvWX(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, single: low(h.rs1(op)))
  }
  @inline(__always) static func fmvXD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, h.f[Int(op.rs1)])
  }
  @inline(__always) static func fmvDX(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, double: h.rs1(op))
  }
  @inline(__always) static func fcvtSD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.convertToSingle(double(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fcvtDS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    _ = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.convertToDouble(single(h, op.rs1), &$0) })
  }
}

// Single precision.
extension Execute {
  @inline(__always) static func faddS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.add(single(h, op.rs1), single(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fsubS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.subtract(single(h, op.rs1), single(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fmulS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.multiply(single(h, op.rs1), single(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fdivS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.divide(single(h, op.rs1), single(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fsqrtS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.squareRoot(single(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fmaddS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (single(h, op.rs1), single(h, op.rs2), single(h, third(op)))
    set(h, op, single: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fmsubS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (single(h, op.rs1), single(h, op.rs2), single(h, third(op)) ^ 0x8000_0000)
    set(h, op, single: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fnmsubS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (single(h, op.rs1) ^ 0x8000_0000, single(h, op.rs2), single(h, third(op)))
    set(h, op, single: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fnmaddS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (single(h, op.rs1) ^ 0x8000_0000, single(h, op.rs2), single(h, third(op)) ^ 0x8000_0000)
    set(h, op, single: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fsgnjS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let (a, b) = (single(h, op.rs1), single(h, op.rs2))
    set(h, op, single: a & ~0x8000_0000 | b & 0x8000_0000)
  }
  @inline(__always) static func fsgnjnS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let (a, b) = (single(h, op.rs1), single(h, op.rs2))
    set(h, op, single: a & ~0x8000_0000 | ~b & 0x8000_0000)
  }
  @inline(__always) static func fsgnjxS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let (a, b) = (single(h, op.rs1), single(h, op.rs2))
    set(h, op, single: a ^ b & 0x8000_0000)
  }
  @inline(__always) static func fminS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, single: accruing(h) { SoftFloat.minimum(single(h, op.rs1), single(h, op.rs2), &$0) })
  }
  @inline(__always) static func fmaxS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, single: accruing(h) { SoftFloat.maximum(single(h, op.rs1), single(h, op.rs2), &$0) })
  }
  @inline(__always) static func feqS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, toInteger(h) { SoftFloat.isEqual(single(h, op.rs1), single(h, op.rs2), &$0) } ? 1 : 0)
  }
  @inline(__always) static func fltS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, toInteger(h) { SoftFloat.isLess(single(h, op.rs1), single(h, op.rs2), &$0) } ? 1 : 0)
  }
  @inline(__always) static func fleS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, toInteger(h) { SoftFloat.isLessOrEqual(single(h, op.rs1), single(h, op.rs2), &$0) } ? 1 : 0)
  }
  @inline(__always) static func fclassS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, SoftFloat.classify(single(h, op.rs1)))
  }
  @inline(__always) static func fcvtWS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, word: UInt32(bitPattern: toInteger(h) { SoftFloat.toInt32(single(h, op.rs1), mode, &$0) }))
  }
  @inline(__always) static func fcvtSW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.single(from: Int32(truncatingIfNeeded: h.rs1(op)), mode, &$0) })
  }
  @inline(__always) static func fcvtWuS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, word: toInteger(h) { SoftFloat.toUInt32(single(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fcvtSWu(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.single(from: low(h.rs1(op)), mode, &$0) })
  }
  @inline(__always) static func fcvtLS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, UInt64(bitPattern: toInteger(h) { SoftFloat.toInt64(single(h, op.rs1), mode, &$0) }))
  }
  @inline(__always) static func fcvtSL(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.single(from: Int64(bitPattern: h.rs1(op)), mode, &$0) })
  }
  @inline(__always) static func fcvtLuS(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, toInteger(h) { SoftFloat.toUInt64(single(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fcvtSLu(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, single: accruing(h) { SoftFloat.single(from: h.rs1(op), mode, &$0) })
  }
}

// Double precision.
extension Execute {
  @inline(__always) static func faddD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.add(double(h, op.rs1), double(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fsubD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.subtract(double(h, op.rs1), double(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fmulD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.multiply(double(h, op.rs1), double(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fdivD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.divide(double(h, op.rs1), double(h, op.rs2), mode, &$0) })
  }
  @inline(__always) static func fsqrtD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.squareRoot(double(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fmaddD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (double(h, op.rs1), double(h, op.rs2), double(h, third(op)))
    set(h, op, double: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fmsubD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (double(h, op.rs1), double(h, op.rs2), double(h, third(op)) ^ 0x8000_0000_0000_0000)
    set(h, op, double: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fnmsubD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (double(h, op.rs1) ^ 0x8000_0000_0000_0000, double(h, op.rs2), double(h, third(op)))
    set(h, op, double: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fnmaddD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    let (a, b, c) = (
      double(h, op.rs1) ^ 0x8000_0000_0000_0000, double(h, op.rs2), double(h, third(op)) ^ 0x8000_0000_0000_0000
    )
    set(h, op, double: accruing(h) { SoftFloat.fusedMultiplyAdd(a, b, c, mode, &$0) })
  }
  @inline(__always) static func fsgnjD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let (a, b) = (double(h, op.rs1), double(h, op.rs2))
    set(h, op, double: a & ~0x8000_0000_0000_0000 | b & 0x8000_0000_0000_0000)
  }
  @inline(__always) static func fsgnjnD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let (a, b) = (double(h, op.rs1), double(h, op.rs2))
    set(h, op, double: a & ~0x8000_0000_0000_0000 | ~b & 0x8000_0000_0000_0000)
  }
  @inline(__always) static func fsgnjxD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let (a, b) = (double(h, op.rs1), double(h, op.rs2))
    set(h, op, double: a ^ b & 0x8000_0000_0000_0000)
  }
  @inline(__always) static func fminD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, double: accruing(h) { SoftFloat.minimum(double(h, op.rs1), double(h, op.rs2), &$0) })
  }
  @inline(__always) static func fmaxD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    set(h, op, double: accruing(h) { SoftFloat.maximum(double(h, op.rs1), double(h, op.rs2), &$0) })
  }
  @inline(__always) static func feqD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, toInteger(h) { SoftFloat.isEqual(double(h, op.rs1), double(h, op.rs2), &$0) } ? 1 : 0)
  }
  @inline(__always) static func fltD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, toInteger(h) { SoftFloat.isLess(double(h, op.rs1), double(h, op.rs2), &$0) } ? 1 : 0)
  }
  @inline(__always) static func fleD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, toInteger(h) { SoftFloat.isLessOrEqual(double(h, op.rs1), double(h, op.rs2), &$0) } ? 1 : 0)
  }
  @inline(__always) static func fclassD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    h.rd(op, SoftFloat.classify(double(h, op.rs1)))
  }
  @inline(__always) static func fcvtWD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, word: UInt32(bitPattern: toInteger(h) { SoftFloat.toInt32(double(h, op.rs1), mode, &$0) }))
  }
  @inline(__always) static func fcvtDW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.double(from: Int32(truncatingIfNeeded: h.rs1(op)), mode, &$0) })
  }
  @inline(__always) static func fcvtWuD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, word: toInteger(h) { SoftFloat.toUInt32(double(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fcvtDWu(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.double(from: low(h.rs1(op)), mode, &$0) })
  }
  @inline(__always) static func fcvtLD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, UInt64(bitPattern: toInteger(h) { SoftFloat.toInt64(double(h, op.rs1), mode, &$0) }))
  }
  @inline(__always) static func fcvtDL(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.double(from: Int64(bitPattern: h.rs1(op)), mode, &$0) })
  }
  @inline(__always) static func fcvtLuD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    h.rd(op, toInteger(h) { SoftFloat.toUInt64(double(h, op.rs1), mode, &$0) })
  }
  @inline(__always) static func fcvtDLu(_ h: HartPointer, _ op: Op) throws(Departure) {
    try require(h)
    let mode = try rounding(h, op)
    set(h, op, double: accruing(h) { SoftFloat.double(from: h.rs1(op), mode, &$0) })
  }
}
