/// The registers that a function will return to its caller.
package struct CallerFrame: Sendable {
  /// The stack pointer before the call (CFA).
  package let callFrameAddress: UInt64
  /// Where the caller goes on; nil at the outermost frame.
  package let returnAddress: UInt64?
  /// The caller's values of registers that the function saved, by DWARF's number, the stack pointer included. Others are
  /// still in their registers, unless the function may change them.
  package let registers: [Int: UInt64]
  /// The saved registers whose values are lost.
  package let unknown: Set<Int>
}

extension UnwindRules {
  /// The caller's frame, from the registers and memory of this one.
  package func caller(_ context: FrameContext) throws(Unavailable) -> CallerFrame {
    var context = context
    let address: UInt64
    switch callFrameAddress {
    case .register(let number, let offset):
      guard let base = context.register(number) else { throw .register(number) }
      address = base &+ UInt64(bitPattern: offset)
    case .expression(let expression): address = try expression.value(context)
    }
    context.callFrameAddress = address
    // The stack pointer's rule is nearly never written: it is the call frame address.
    var values: [Int: UInt64] = [2: address]
    var unknown: Set<Int> = []
    for (number, rule) in registers {
      do throws(Unavailable) { values[number] = try value(rule, of: number, address, context) } catch {
        values[number] = nil
        unknown.insert(number)
      }
    }
    var returnAddress = values[returnAddressRegister]
    if returnAddress == nil, !unknown.contains(returnAddressRegister) {
      returnAddress = context.register(returnAddressRegister)
    }
    return CallerFrame(
      callFrameAddress: address, returnAddress: returnAddress, registers: values, unknown: unknown)
  }

  private func value(
    _ rule: Rule, of number: Int, _ frame: UInt64, _ context: FrameContext
  ) throws(Unavailable) -> UInt64 {
    func read(_ address: UInt64) throws(Unavailable) -> UInt64 {
      guard let value = context.memory(address, 8) else { throw .memory(address) }
      return value
    }
    func read(register number: Int) throws(Unavailable) -> UInt64 {
      guard let value = context.register(number) else { throw .register(number) }
      return value
    }
    switch rule {
    case .undefined: throw .register(number)
    case .sameValue: return try read(register: number)
    case .offset(let offset): return try read(frame &+ UInt64(bitPattern: offset))
    case .valueOffset(let offset): return frame &+ UInt64(bitPattern: offset)
    case .register(let other): return try read(register: other)
    case .expression(let expression): return try read(try expression.value(context, initial: [frame]))
    case .valueExpression(let expression): return try expression.value(context, initial: [frame])
    }
  }
}
