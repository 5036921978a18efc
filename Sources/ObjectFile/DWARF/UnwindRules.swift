/// How to find the caller's registers at an address: one row of the table that call frame information stands for.
/// DWARF 5, "Call Frame Information".
package struct UnwindRules: Sendable {
  /// The caller's stack pointer before the call.
  package enum CallFrameAddress: Sendable {
    /// A register, by DWARF's number, and a distance from it.
    case register(Int, offset: Int64)
    case expression(LocationExpression)
  }

  /// Where the caller's value of a register is.
  package enum Rule: Sendable {
    /// Nowhere. For the return address: there is no caller.
    case undefined
    /// Still in the register.
    case sameValue
    /// In memory, this far from the call frame address.
    case offset(Int64)
    /// It is the call frame address plus this.
    case valueOffset(Int64)
    /// In another register.
    case register(Int)
    /// In memory where the expression says.
    case expression(LocationExpression)
    /// It is what the expression says.
    case valueExpression(LocationExpression)
  }

  package fileprivate(set) var callFrameAddress: CallFrameAddress
  /// By DWARF's number; registers without a rule have the caller's value still, or nobody cares.
  package fileprivate(set) var registers: [Int: Rule]
  /// The column of the return address; 1, `ra`, unless a trap handler says otherwise.
  package let returnAddressRegister: Int
  /// The addresses that the rules hold for.
  package fileprivate(set) var addresses: Range<UInt64>
  /// Whether the frame was entered by a trap or signal, so that its return address was not reached by a call.
  package let isSignalFrame: Bool
}

extension DebugInformation {
  /// How to leave the frame of the instruction at an address. Nil where the file has no frame information for it, or one
  /// that cannot be read. For a caller's frame ask with the return address minus 1: the call itself.
  package func unwindRules(at address: UInt64) -> UnwindRules? {
    guard let entry = callFrames.entries.entry(at: address)?.value else { return nil }
    do throws(DWARFError) { return try CallFrameProgram.run(entry, to: address) } catch {
      warn(error)
      return nil
    }
  }
}

/// Runs the instructions of an entry up to an address. DWARF 5, "Call Frame Instructions".
private struct CallFrameProgram {
  private static let deepestStack = 64
  /// Registers of higher numbers (the control and status registers) are left out.
  private static let registerCount: UInt64 = 128

  private let common: CallFrameCommon
  private let address: UInt64
  private var location: UInt64
  private var callFrameAddress: UnwindRules.CallFrameAddress?
  private var registers: [Int: UnwindRules.Rule] = [:]
  private var initial: [Int: UnwindRules.Rule] = [:]
  private var stack: [(UnwindRules.CallFrameAddress?, [Int: UnwindRules.Rule])] = []
  /// Where the next row begins, if the program says so before it ends.
  private var next: UInt64?

  static func run(_ entry: CallFrameEntry, to address: UInt64) throws(DWARFError) -> UnwindRules? {
    var program = CallFrameProgram(entry, address)
    try program.run(entry.common.instructions)
    program.initial = program.registers
    try program.run(entry.instructions)
    guard let callFrameAddress = program.callFrameAddress else { return nil }
    let end = min(program.next ?? .max, entry.addresses.upperBound)
    return UnwindRules(
      callFrameAddress: callFrameAddress, registers: program.registers,
      returnAddressRegister: Int(clamping: entry.common.returnAddressRegister),
      addresses: min(program.location, end)..<end, isSignalFrame: entry.common.isSignalFrame)
  }

  private init(_ entry: CallFrameEntry, _ address: UInt64) {
    common = entry.common
    location = entry.addresses.lowerBound
    self.address = address
  }

  private mutating func run(_ start: DWARFCursor) throws(DWARFError) {
    var cursor = start
    while !cursor.isAtEnd, next == nil {
      let place = cursor.place
      let code = try cursor.byte()
      let low = UInt64(code & 0x3f)
      switch code {
      case 0x40...0x7f: advance(by: low)
      case 0x80...0xbf: set(low, .offset(factored(try cursor.unsigned())))
      case 0xc0...0xff: restore(low)
      case 0x01:
        let target = try cursor.double()
        if target > address { next = target } else { location = target }
      case 0x02: advance(by: UInt64(try cursor.byte()))
      case 0x03: advance(by: UInt64(try cursor.half()))
      case 0x04: advance(by: UInt64(try cursor.word()))
      case 0x0a:
        guard stack.count < Self.deepestStack else { throw .tooDeep(place) }
        stack.append((callFrameAddress, registers))
      case 0x0b:
        guard let top = stack.popLast() else { throw .truncated(place) }
        (callFrameAddress, registers) = top
      case 0x0c...0x0f, 0x12, 0x13: try setCallFrameAddress(code, &cursor, place)
      default: try setRule(code, &cursor, place)
      }
    }
  }

  private var hasCallFrameAddress: Bool { if case nil = callFrameAddress { false } else { true } }

  private mutating func setCallFrameAddress(
    _ code: UInt8, _ cursor: inout DWARFCursor, _ place: DWARFPlace
  ) throws(DWARFError) {
    switch code {
    case 0x0c:
      let register = Int(clamping: try cursor.unsigned())
      callFrameAddress = .register(register, offset: Int64(truncatingIfNeeded: try cursor.unsigned()))
    case 0x12:
      let register = Int(clamping: try cursor.unsigned())
      callFrameAddress = .register(register, offset: factored(signed: try cursor.signed()))
    case 0x0f: callFrameAddress = .expression(try expression(&cursor))
    case 0x0d where !hasCallFrameAddress:
      // GNU's assembler for RISC-V begins with this and means a distance of 0.
      callFrameAddress = .register(Int(clamping: try cursor.unsigned()), offset: 0)
    default:
      guard case .register(let register, let offset) = callFrameAddress else { throw .wrongForm(place, UInt64(code)) }
      switch code {
      case 0x0d: callFrameAddress = .register(Int(clamping: try cursor.unsigned()), offset: offset)
      case 0x0e: callFrameAddress = .register(register, offset: Int64(truncatingIfNeeded: try cursor.unsigned()))
      default: callFrameAddress = .register(register, offset: factored(signed: try cursor.signed()))
      }
    }
  }

  private mutating func setRule(
    _ code: UInt8, _ cursor: inout DWARFCursor, _ place: DWARFPlace
  ) throws(DWARFError) {
    switch code {
    case 0x00: return
    case 0x2e:  // The size of arguments pushed, which GNU's exceptions use.
      _ = try cursor.unsigned()
      return
    case 0x05...0x09, 0x10, 0x11, 0x14...0x16, 0x2f: break
    default: throw .unknownOperation(place, UInt64(code))
    }
    let register = try cursor.unsigned()
    switch code {
    case 0x05: set(register, .offset(factored(try cursor.unsigned())))
    case 0x06: restore(register)
    case 0x07: set(register, .undefined)
    case 0x08: set(register, .sameValue)
    case 0x09: set(register, .register(Int(clamping: try cursor.unsigned())))
    case 0x10: set(register, .expression(try expression(&cursor)))
    case 0x11: set(register, .offset(factored(signed: try cursor.signed())))
    case 0x14: set(register, .valueOffset(factored(try cursor.unsigned())))
    case 0x15: set(register, .valueOffset(factored(signed: try cursor.signed())))
    case 0x16: set(register, .valueExpression(try expression(&cursor)))
    default: set(register, .offset(0 &- factored(try cursor.unsigned())))
    }
  }

  private mutating func advance(by delta: UInt64) {
    let (target, overflow) = location.addingReportingOverflow(delta &* common.codeAlignment)
    if overflow || target > address { next = overflow ? .max : target } else { location = target }
  }

  private mutating func set(_ register: UInt64, _ rule: UnwindRules.Rule) {
    if register < Self.registerCount { registers[Int(register)] = rule }
  }

  private mutating func restore(_ register: UInt64) {
    if register < Self.registerCount { registers[Int(register)] = initial[Int(register)] }
  }

  private func factored(_ value: UInt64) -> Int64 { Int64(truncatingIfNeeded: value) &* common.dataAlignment }
  private func factored(signed value: Int64) -> Int64 { value &* common.dataAlignment }

  private func expression(_ cursor: inout DWARFCursor) throws(DWARFError) -> LocationExpression {
    LocationExpression(cursor: try cursor.part(try cursor.unsigned()), unit: nil)
  }
}
