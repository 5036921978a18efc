/// Computes expressions as gdb does for C on a 64-bit target: the usual arithmetic conversions, wrapping integers,
/// pointers that count in elements.
struct Evaluator {
  let context: any EvaluationContext

  func value(of expression: Expression) throws(EvaluationError) -> Value {
    switch expression {
    case .value(let value): return value
    case .dollar(let name): return try dollar(name)
    case .history(let absolute, let back): return try history(absolute, back)
    case .symbol(let name): return try symbol(name)
    case .dotted(let parts): return try dotted(parts)
    case .scoped(let scope, let name):
      guard let value = try context.variable(named: name, in: scope) else {
        throw .other("No symbol \"\(name)\" in function or file \"\(scope)\".")
      }
      return value
    case .member(let operand, let name): return try member(value(of: operand), name)
    case .subscripted(let operand, let index): return try subscripted(value(of: operand), value(of: index))
    case .unary(let operation, let operand): return try unary(operation, operand)
    case .binary(.and, let left, let right):
      guard try value(of: left).isTrue else { return .int(0) }
      return .int(try value(of: right).isTrue ? 1 : 0)
    case .binary(.or, let left, let right):
      if try value(of: left).isTrue { return .int(1) }
      return .int(try value(of: right).isTrue ? 1 : 0)
    case .binary(.comma, let left, let right):
      _ = try value(of: left)
      return try value(of: right)
    case .binary(let operation, let left, let right):
      return try binary(operation, value(of: left), value(of: right))
    case .conditional(let condition, let yes, let no):
      return try value(of: condition).isTrue ? value(of: yes) : value(of: no)
    case .assign(let target, let operation, let source): return try assign(target, operation, source)
    case .increment(let target, let amount, let isPrefix):
      let old = try value(of: target)
      let new = try assign(target, .add, .value(.int(amount)))
      return isPrefix ? new : old
    case .cast(let type, let operand):
      return try cast(value(of: operand), to: resolved(type))
    case .memory(let type, let operand):
      return try context.load(try resolved(type), at: try value(of: operand).address)
    case .space(let space, let operand):
      var result = try value(of: operand)
      result.space = space
      result.location = nil
      return result
    case .call(let name, let arguments):
      // What holds an address, such as `$pc`, is no function of the prompt's.
      if ConvenienceFunction.named(name) == nil, context.register(name) != nil || context.variables[name] != nil {
        throw .guestFunction
      }
      var values: [Value] = []
      for argument in arguments { values.append(try value(of: argument)) }
      return try context.call(name, values)
    case .sizeOfType(let type): return Value(UInt64(try resolved(type).size), .unsignedLong)
    case .sizeOf(let operand):
      let value = try value(of: operand)
      return Value(UInt64(value.type == .string ? value.string.utf8.count + 1 : value.type.size), .unsignedLong)
    }
  }

  private func symbol(_ name: String) throws(EvaluationError) -> Value {
    if let value = try context.variable(named: name, in: nil) { return value }
    guard let symbol = context.symbol(named: name) else { throw .unknownSymbol(name) }
    return Value(symbol.address, symbol.isCode ? .text : .data)
  }

  private func dotted(_ parts: [String]) throws(EvaluationError) -> Value {
    let whole = parts.joined(separator: ".")
    if let symbol = context.symbol(named: whole) { return Value(symbol.address, symbol.isCode ? .text : .data) }
    var result = try symbol(parts[0])
    for part in parts.dropFirst() { result = try member(result, part) }
    return result
  }

  /// A member of a structure, or of the one that a pointer points to.
  private func member(_ value: Value, _ name: String) throws(EvaluationError) -> Value {
    var value = value
    if let target = value.type.target {
      // Swift's word for what `*` is in C.
      if name == "pointee" { return try dereference(value) }
      if case .structure = target.resolved { value = try context.load(target, at: value.address) }
    }
    if case .variant(let type) = value.type.resolved {
      guard let payload = type.choose(value)?.value else {
        throw .other("It has no member \(name): it is \(ValueFormatter(symbolText: { _ in nil }).text(value)).")
      }
      return try member(payload, name)
    }
    guard case .structure(let type) = value.type.resolved else {
      throw .other("Attempt to extract a component of a value that is not a structure.")
    }
    if type.isReference { value = try context.object(value, type) }
    guard let member = type.member(named: name) else { throw .other("There is no member named \(name).") }
    if case .opaque = member.type { throw .other("The place of \(name) is not told by the debug information.") }
    return value.part(member)
  }

  private func subscripted(_ base: Value, _ index: Value) throws(EvaluationError) -> Value {
    if case .array(let element, _) = base.type.resolved {
      let number = Int(truncatingIfNeeded: try promoted(index).bits)
      if case .memory(let address) = base.location {
        return try context.load(element, at: address.advanced(by: number &* element.size))
      }
      guard let value = base.element(number, of: element) else { throw .other("no such vector element") }
      return value
    }
    return try dereference(binary(.add, base, index))
  }

  /// A type with the names in it looked up.
  private func resolved(_ type: ValueType) throws(EvaluationError) -> ValueType { try context.resolved(type) }

  private func dollar(_ name: String) throws(EvaluationError) -> Value {
    if let register = context.register(name) { return register }
    if let obstacle = context.obstacle(toRegister: name) { throw .other(obstacle) }
    var value = context.variables[name] ?? .void
    value.location = .variable(name)
    return value
  }

  private func history(_ absolute: Int?, _ back: Int) throws(EvaluationError) -> Value {
    let values = context.valueHistory
    if let absolute {
      guard absolute >= 1, absolute <= values.count else { throw .other("History has not yet reached $\(absolute).") }
      return values[absolute - 1]
    }
    guard !values.isEmpty else { return .void }
    guard back >= 0, back < values.count else { throw .other("History does not go back to $$\(back).") }
    return values[values.count - 1 - back]
  }

  private func unary(_ operation: UnaryOperator, _ operand: Expression) throws(EvaluationError) -> Value {
    let value = try value(of: operand)
    switch operation {
    case .dereference: return try dereference(value)
    case .addressOf:
      switch (value.type, value.location) {
      case (.text, _), (.data, _): return Value(value.bits, .pointer(to: value.type))
      case (.function, _): return Value(value.bits, .pointer(to: value.type))
      case (_, .memory(let address)):
        var result = Value(address.value, .pointer(to: value.type))
        result.space = address.space
        return result
      default: throw .other("Attempt to take address of value not located in memory.")
      }
    case .not: return .int(value.isTrue ? 0 : 1)
    case .plus: return try promoted(value)
    case .negate:
      if value.type.isFloat { return value.type.size == 4 ? .float(-Float(value.asDouble)) : .double(-value.asDouble) }
      let operand = try promoted(value)
      return Value(0 &- operand.bits, operand.type)
    case .complement:
      if value.type.isFloat { throw .other("Argument to complement operation not an integer, boolean.") }
      let operand = try promoted(value)
      return Value(~operand.bits, operand.type)
    }
  }

  private func dereference(_ value: Value) throws(EvaluationError) -> Value {
    switch value.type.resolved {
    case .pointer(let target):
      if target.resolved == .void { throw .other("Attempt to take contents of a non-pointer value.") }
      return try context.load(target, at: value.address)
    case .structure(let type) where type.isReference: return try context.object(value, type)
    case .variant(let type):
      guard let payload = type.choose(value)?.value else {
        throw .other("There is nothing behind it: it is \(ValueFormatter(symbolText: { _ in nil }).text(value)).")
      }
      return try dereference(payload)
    case .codePointer, .text: return Value(value.bits, .text)
    case .function: return value
    // gdb lets `*ADDRESS` through for an integer, and reads a long there.
    case .integer, .data: return try context.load(.long, at: value.address)
    case .array(let element, _): return try context.load(element, at: value.address)
    case .structure: throw .other("Structure has no component named operator*.")
    default: throw .other("Attempt to take contents of a non-pointer value.")
    }
  }

  /// A value as an operand of arithmetic: small integers become int, symbols of unknown type are refused.
  private func promoted(_ value: Value) throws(EvaluationError) -> Value {
    switch value.type.resolved {
    case .integer(let size, let signed, _):
      if size < 4 { return Value(value.bits, .int) }
      if size == 4 { return Value(value.bits, signed ? .int : .unsignedInt) }
      return Value(value.bits, signed ? .long : .unsignedLong)
    case .boolean: return Value(value.bits, .int)
    case .enumeration(let type):
      if type.size > 4 { return Value(value.bits, type.isSigned ? .long : .unsignedLong) }
      return Value(value.bits, type.isSigned ? .int : .unsignedInt)
    case .pointer, .codePointer, .text, .data, .function: return Value(value.bits, .long)
    case .float: return value
    case .array: return Value(value.address.value, .long)
    case .structure(let type) where type.isReference: return Value(value.bits, .long)
    case .void, .string, .structure, .opaque, .variant, .named, .alias, .qualified:
      throw .other("Argument to arithmetic operation not a number or boolean.")
    }
  }

  /// An array in memory as an operand: a pointer to its first element.
  private func decayed(_ value: Value) -> Value {
    guard case .array(let element, _) = value.type.resolved, case .memory(let address) = value.location else {
      return value
    }
    var pointer = Value(address.value, .pointer(to: element))
    pointer.space = address.space
    return pointer
  }

  private func binary(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    if operation == .repeated { return try repeated(left, right) }
    let (left, right) = (decayed(left), decayed(right))
    if left.type == .string && right.type == .string, operation == .equal || operation == .notEqual {
      throw .other("Texts are compared by $_streq(A, B).")
    }
    if left.type == .void || right.type == .void || left.type == .string || right.type == .string {
      throw .other("Argument to arithmetic operation not a number or boolean.")
    }
    if left.type.isFloat || right.type.isFloat {
      let result = try float(operation, left.asDouble, right.asDouble)
      let isDouble = left.type.resolved == .float(size: 8) || right.type.resolved == .float(size: 8)
      return isDouble || !result.type.isFloat ? result : .float(Float(result.asDouble))
    }
    if operation == .add || operation == .subtract, let result = pointerArithmetic(operation, left, right) {
      return result
    }
    let (first, second) = (try promoted(left), try promoted(right))
    let wide = max(first.type.size, second.type.size) > 4
    let signed: Bool
    if first.type.size == second.type.size {
      signed = first.type.isSigned && second.type.isSigned
    } else {
      signed = (first.type.size > second.type.size ? first : second).type.isSigned
    }
    let type: ValueType = wide ? (signed ? .long : .unsignedLong) : (signed ? .int : .unsignedInt)
    // A shift takes its left operand's type alone.
    let shifts = operation == .shiftLeft || operation == .shiftRight
    let operandType = shifts ? first.type : type
    var result = try integer(operation, Value(first.bits, operandType), Value(second.bits, shifts ? second.type : type))
    result.space = left.space == .guestVirtual ? right.space : left.space
    return result
  }

  private func repeated(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    guard case .memory(let address) = left.location else {
      throw .other("Only values in memory can be extended with '@'.")
    }
    let count = Int64(bitPattern: right.bits)
    guard count > 0 else { throw .other("Invalid number \(count) of repetitions.") }
    guard count <= 65536 else { throw .other("At most 65536 values can be extended with '@'; use x for more.") }
    return try context.load(.array(of: left.type, count: Int(count)), at: address)
  }

  private func pointerArithmetic(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Value? {
    let leftTarget = left.type.target
    let rightTarget = right.type.target
    if let leftTarget, rightTarget != nil {
      guard operation == .subtract else { return nil }
      return .long(UInt64(bitPattern: Int64(bitPattern: left.bits &- right.bits) / Int64(pointeeSize(leftTarget))))
    }
    let (pointer, other, target) = leftTarget != nil ? (left, right, leftTarget) : (right, left, rightTarget)
    guard let target, operation == .add || leftTarget != nil, other.type.isInteger else { return nil }
    let distance = other.bits &* UInt64(pointeeSize(target))
    // A code symbol becomes a pointer into its code: `main+4`.
    let type: ValueType = pointer.type == .text || pointer.type == .data ? .pointer(to: pointer.type) : pointer.type
    var result = Value(operation == .add ? pointer.bits &+ distance : pointer.bits &- distance, type)
    result.space = pointer.space
    return result
  }

  private func pointeeSize(_ type: ValueType) -> Int {
    // A data symbol of unknown type counts in bytes: `&counter+8` is eight bytes on.
    if case .data = type { return 1 }
    if case .function = type.resolved { return 1 }
    return max(type.size, 1)
  }

  private func integer(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    let (a, b, type) = (left.bits, right.bits, left.type)
    let (signedA, signedB) = (Int64(bitPattern: a), Int64(bitPattern: b))
    let ordered = type.isSigned ? signedA < signedB : a < b
    switch operation {
    case .add: return Value(a &+ b, type)
    case .subtract: return Value(a &- b, type)
    case .multiply: return Value(a &* b, type)
    case .divide, .remainder:
      if b == 0 { throw .divisionByZero }
      if !type.isSigned { return Value(operation == .divide ? a / b : a % b, type) }
      if signedB == -1 { return Value(operation == .divide ? 0 &- a : 0, type) }
      return Value(UInt64(bitPattern: operation == .divide ? signedA / signedB : signedA % signedB), type)
    case .shiftLeft, .shiftRight:
      return shift(operation, left, right)
    case .bitAnd: return Value(a & b, type)
    case .bitOr: return Value(a | b, type)
    case .bitXor: return Value(a ^ b, type)
    case .equal: return .int(a == b ? 1 : 0)
    case .notEqual: return .int(a != b ? 1 : 0)
    case .less: return .int(ordered ? 1 : 0)
    case .greaterEqual: return .int(ordered ? 0 : 1)
    case .greater: return .int(!ordered && a != b ? 1 : 0)
    case .lessEqual: return .int(ordered || a == b ? 1 : 0)
    case .and, .or, .comma, .repeated: preconditionFailure("handled before")
    }
  }

  private func shift(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Value {
    let width = UInt64(left.type.size * 8)
    let side = operation == .shiftLeft ? "left" : "right"
    if right.type.isSigned && Int64(bitPattern: right.bits) < 0 {
      context.warn("warning: \(side) shift count is negative")
      return Value(0, left.type)
    }
    if right.bits >= width {
      context.warn("warning: \(side) shift count >= width of type")
      let negative = operation == .shiftRight && left.type.isSigned && Int64(bitPattern: left.bits) < 0
      return Value(negative ? .max : 0, left.type)
    }
    if operation == .shiftLeft { return Value(left.bits << right.bits, left.type) }
    if left.type.isSigned {
      return Value(UInt64(bitPattern: Int64(bitPattern: left.bits) >> Int64(right.bits)), left.type)
    }
    return Value(left.bits >> right.bits, left.type)
  }

  private func float(_ operation: BinaryOperator, _ left: Double, _ right: Double) throws(EvaluationError) -> Value {
    switch operation {
    case .add: return .double(left + right)
    case .subtract: return .double(left - right)
    case .multiply: return .double(left * right)
    case .divide: return .double(left / right)
    case .equal: return .int(left == right ? 1 : 0)
    case .notEqual: return .int(left != right ? 1 : 0)
    case .less: return .int(left < right ? 1 : 0)
    case .lessEqual: return .int(left <= right ? 1 : 0)
    case .greater: return .int(left > right ? 1 : 0)
    case .greaterEqual: return .int(left >= right ? 1 : 0)
    default: throw .other("Integer-only operation \(operation.rawValue) on a floating-point value.")
    }
  }

  private func cast(_ operand: Value, to type: ValueType) throws(EvaluationError) -> Value {
    var value = operand
    if value.type == .void && type != .void { throw .other("Invalid cast.") }
    if value.type == .string { throw .other("Invalid cast.") }
    // `(long)counter` reads the variable, as gdb does for a data symbol without debug information.
    if value.type == .data, type.isInteger || type.isFloat || type.target != nil {
      return try context.load(type, at: SpacedAddress(value.bits))
    }
    if case .array = value.type.resolved { value = Value(value.address.value, .long) }
    if value.type.isAggregate || type.isAggregate {
      guard value.type.resolved == type.resolved else { throw .other("Invalid cast.") }
      value.type = type
      return value
    }
    var result: Value
    switch type.resolved {
    case .float(let size):
      let number = value.asDouble
      result = size == 4 ? Value(UInt64(Float(number).bitPattern), type) : .double(number)
    case .boolean: result = Value(value.isTrue ? 1 : 0, type)
    case .integer where value.type.isFloat, .enumeration where value.type.isFloat:
      result = Value(value.clampedBits, type)
    default:
      result = Value(value.bits, type)
    }
    result.space = value.space
    return result
  }

  private func assign(
    _ target: Expression, _ operation: BinaryOperator?, _ source: Expression
  ) throws(EvaluationError) -> Value {
    let old = try value(of: target)
    guard let location = old.location else { throw .notAssignable }
    var new = try value(of: source)
    if let operation { new = try binary(operation, old, new) }
    switch location {
    case .variable:
      new.location = nil
    case .register, .memory, .bitField:
      if new.type == .void || new.type == .string { throw .other("Invalid cast.") }
      if case .array = old.type.resolved { throw .other("An array cannot be assigned; assign its elements.") }
      new = try cast(new, to: old.type)
    }
    try context.store(new, to: location)
    // A register may keep less than was written (WARL): what it holds now is the value.
    if case .register(let name) = location, old.type == new.type, let now = context.register(name) {
      return Value(now.bits, old.type, location: location)
    }
    new.location = location
    return new
  }
}
