extension LocationExpression {
  /// Computes where the value is. `initial` is on the stack at first.
  func location(_ context: FrameContext, initial: [UInt64] = []) throws(Unavailable) -> ValueLocation {
    var machine = ExpressionMachine(self, context, initial)
    return try machine.run()
  }

  /// Computes a number: an address of a frame, or the value of a register.
  func value(_ context: FrameContext, initial: [UInt64] = []) throws(Unavailable) -> UInt64 {
    switch try location(context, initial: initial) {
    case .memory(let value), .value(let value): return value
    case .register(let number):
      guard let value = context.register(number) else { throw .register(number) }
      return value
    default: throw .notUnderstood(.wrongForm(cursor.place, 0))
    }
  }
}

/// The stack machine of expressions. DWARF 5, "General Operations".
private struct ExpressionMachine {
  /// Expressions may jump back, so they are stopped at some time.
  private static let mostSteps = 10_000
  private static let deepestStack = 256

  private let expression: LocationExpression
  private let context: FrameContext
  private var cursor: DWARFCursor
  private var stack: [UInt64]
  /// A register or a value as the result, which a piece or the end takes.
  private var result: ValueLocation?
  private var pieces: [ValueLocation.Piece] = []

  init(_ expression: LocationExpression, _ context: FrameContext, _ initial: [UInt64]) {
    self.expression = expression
    self.context = context
    cursor = expression.cursor
    stack = initial
  }

  mutating func run() throws(Unavailable) -> ValueLocation {
    var steps = 0
    while !cursor.isAtEnd {
      steps += 1
      guard steps < Self.mostSteps, stack.count < Self.deepestStack else {
        throw .notUnderstood(.tooDeep(expression.cursor.place))
      }
      try step()
    }
    if !pieces.isEmpty { return .pieces(pieces) }
    if let result { return result }
    guard let address = stack.last else { throw .optimizedOut }
    return .memory(address)
  }

  private mutating func step() throws(Unavailable) {
    let place = cursor.place
    let code = try byte()
    switch code {
    case 0x03: stack.append(try number(8) &+ context.loadOffset)
    case 0x08, 0x0a, 0x0c, 0x0e: stack.append(try number(1 << (Int(code - 8) / 2)))
    case 0x09: stack.append(UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: try number(1)))))
    case 0x0b: stack.append(UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: try number(2)))))
    case 0x0d: stack.append(UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: try number(4)))))
    case 0x0f: stack.append(try number(8))
    case 0x10: stack.append(try unsigned())
    case 0x11: stack.append(try signed())
    case 0x12...0x17: try rearrange(code)
    case 0x06: stack.append(try read(try pop(), 8))
    case 0x94:
      let size = Int(try byte())
      guard (1...8).contains(size) else { throw .notUnderstood(.unknownOperation(place, UInt64(code))) }
      stack.append(try read(try pop(), size))
    case 0x19...0x27: try compute(code, place)
    case 0x29...0x2e: try compare(code)
    case 0x28, 0x2f: try jump(code)
    case 0x30...0x4f: stack.append(UInt64(code - 0x30))
    case 0x50...0x6f: result = .register(Int(code - 0x50))
    case 0x90: result = .register(Int(clamping: try unsigned()))
    case 0x70...0x8f: try push(register: Int(code - 0x70))
    case 0x92: try push(register: Int(clamping: try unsigned()))
    case 0x91:
      let offset = try signed()
      guard let base = context.frameBase else { throw .frameBase }
      stack.append(base &+ offset)
    case 0x93: try endPiece(bits: try unsigned().multipliedReportingOverflow(by: 8).partialValue, offset: 0)
    case 0x9d: try endPiece(bits: try unsigned(), offset: try unsigned())
    case 0x96: break
    case 0x9c:
      guard let address = context.callFrameAddress else { throw .frameBase }
      stack.append(address)
    case 0x9e: result = .bytes(try block())
    case 0x9f: result = .value(try pop())
    case 0xa1, 0xfb: stack.append(try address() &+ context.loadOffset)
    case 0xa2, 0xfc: stack.append(try address())
    case 0xa3, 0xf3: throw .entryValue
    case 0xe0, 0x9b: throw .threadLocal
    case 0xa0, 0xf2: throw .optimizedOut  // A pointer to something that is nowhere.
    default: throw .notUnderstood(.unknownOperation(place, UInt64(code)))
    }
  }

  private mutating func rearrange(_ code: UInt8) throws(Unavailable) {
    switch code {
    case 0x12: stack.append(try peek(0))
    case 0x13: _ = try pop()
    case 0x14: stack.append(try peek(1))
    case 0x15: stack.append(try peek(Int(try byte())))
    case 0x16:
      _ = try peek(1)
      stack.swapAt(stack.count - 1, stack.count - 2)
    default:
      _ = try peek(2)
      stack.insert(stack.removeLast(), at: stack.count - 2)
    }
  }

  private mutating func compute(_ code: UInt8, _ place: DWARFPlace) throws(Unavailable) {
    switch code {
    case 0x19:
      let value = Int64(bitPattern: try pop())
      stack.append(value.magnitude)
      return
    case 0x1f: return stack.append(0 &- (try pop()))
    case 0x20: return stack.append(~(try pop()))
    case 0x23: return stack.append(try pop() &+ (try unsigned()))
    default: break
    }
    let right = try pop()
    let left = try pop()
    switch code {
    case 0x1a: stack.append(left & right)
    case 0x1b:
      guard right != 0 else { throw .notUnderstood(.unknownOperation(place, UInt64(code))) }
      stack.append(
        UInt64(bitPattern: Int64(bitPattern: left).dividedReportingOverflow(by: Int64(bitPattern: right)).partialValue))
    case 0x1c: stack.append(left &- right)
    case 0x1d:
      guard right != 0 else { throw .notUnderstood(.unknownOperation(place, UInt64(code))) }
      stack.append(left % right)
    case 0x1e: stack.append(left &* right)
    case 0x21: stack.append(left | right)
    case 0x22: stack.append(left &+ right)
    case 0x24: stack.append(left << right)
    case 0x25: stack.append(left >> right)
    case 0x26: stack.append(UInt64(bitPattern: Int64(bitPattern: left) >> right))
    default: stack.append(left ^ right)
    }
  }

  private mutating func compare(_ code: UInt8) throws(Unavailable) {
    let right = Int64(bitPattern: try pop())
    let left = Int64(bitPattern: try pop())
    let holds =
      switch code {
      case 0x29: left == right
      case 0x2a: left >= right
      case 0x2b: left > right
      case 0x2c: left <= right
      case 0x2d: left < right
      default: left != right
      }
    stack.append(holds ? 1 : 0)
  }

  private mutating func jump(_ code: UInt8) throws(Unavailable) {
    let distance = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: try number(2))))
    if code == 0x28, try pop() == 0 { return }
    let target = cursor.offset &+ distance
    guard target >= expression.cursor.offset else { throw .notUnderstood(.outside(cursor.place, size: target)) }
    try damaged { cursor throws(DWARFError) in try cursor.seek(target) }
  }

  private mutating func push(register number: Int) throws(Unavailable) {
    let offset = try signed()
    guard let value = context.register(number) else { throw .register(number) }
    stack.append(value &+ offset)
  }

  private mutating func endPiece(bits: UInt64, offset: UInt64) throws(Unavailable) {
    let location = result ?? stack.popLast().map(ValueLocation.memory)
    result = nil
    pieces.append(ValueLocation.Piece(location: location, bitSize: bits, bitOffset: offset))
  }

  private mutating func address() throws(Unavailable) -> UInt64 {
    let index = try unsigned()
    guard let unit = expression.unit else { throw .notUnderstood(.noEntry(cursor.place)) }
    return try damaged { _ throws(DWARFError) in try unit.address(index: index) }
  }

  private func read(_ address: UInt64, _ size: Int) throws(Unavailable) -> UInt64 {
    guard let value = context.memory(address, size) else { throw .memory(address) }
    return value
  }

  private mutating func pop() throws(Unavailable) -> UInt64 {
    guard let value = stack.popLast() else { throw .notUnderstood(.truncated(cursor.place)) }
    return value
  }

  private func peek(_ depth: Int) throws(Unavailable) -> UInt64 {
    guard depth < stack.count else { throw .notUnderstood(.truncated(cursor.place)) }
    return stack[stack.count - 1 - depth]
  }

  private mutating func byte() throws(Unavailable) -> UInt8 { UInt8(try number(1)) }

  private mutating func number(_ count: Int) throws(Unavailable) -> UInt64 {
    try damaged { cursor throws(DWARFError) in try cursor.integer(bytes: count) }
  }

  private mutating func unsigned() throws(Unavailable) -> UInt64 {
    try damaged { cursor throws(DWARFError) in try cursor.unsigned() }
  }

  /// With the sign in all 64 bits.
  private mutating func signed() throws(Unavailable) -> UInt64 {
    UInt64(bitPattern: try damaged { cursor throws(DWARFError) in try cursor.signed() })
  }

  private mutating func block() throws(Unavailable) -> [UInt8] {
    try damaged { cursor throws(DWARFError) in
      let count = try cursor.unsigned()
      return Array(try cursor.part(count).rest)
    }
  }

  private mutating func damaged<Value>(
    _ read: (inout DWARFCursor) throws(DWARFError) -> Value
  ) throws(Unavailable) -> Value {
    do throws(DWARFError) { return try read(&cursor) } catch { throw .notUnderstood(error) }
  }
}
