import RISCV

/// What an expression can ask: the guest's registers and memory, symbols, and the prompt's own variables.
package protocol EvaluationContext: AnyObject {
  /// The value of `$name` when the guest has such a register, or an event such a field.
  func register(_ name: String) -> Value?
  /// Why there is no such register now, for a name that can be one only; nil for others, which are the prompt's own variables.
  func obstacle(toRegister name: String) -> String?
  /// Writes a register. Throws when the value is refused.
  func setRegister(_ name: String, _ bits: UInt64) throws(EvaluationError)
  func readMemory(_ address: SpacedAddress, count: Int) throws(EvaluationError) -> [UInt8]
  func writeMemory(_ address: SpacedAddress, _ bytes: [UInt8]) throws(EvaluationError)
  /// Address of a symbol, and whether it is code.
  func symbol(named name: String) -> (address: UInt64, isCode: Bool)?
  /// `<name+offset>` for an address inside a symbol, without the brackets.
  func symbolText(_ address: UInt64) -> String?
  /// A variable, function or enumerator of that name as debug information has it, at the place that expressions are about; nil
  /// where it has none. `scope` is the function or file that it is to be of.
  func variable(named name: String, in scope: String?) throws(EvaluationError) -> Value?
  /// A type by its name, `keyword` being `struct`, `union`, `enum` or nothing.
  func type(keyword: String, named name: String) -> ValueType?
  /// Calls a convenience function; `name` is without the dollar.
  func call(_ name: String, _ arguments: [Value]) throws(EvaluationError) -> Value
  var variables: [String: Value] { get set }
  /// The values printed so far; `$1` is the first.
  var valueHistory: [Value] { get }
  /// Something to tell the person beside the value, such as a shift that is too wide.
  func warn(_ text: String)
}

extension EvaluationContext {
  package func obstacle(toRegister name: String) -> String? { nil }
  package func variable(named name: String, in scope: String?) throws(EvaluationError) -> Value? { nil }
  package func type(keyword: String, named name: String) -> ValueType? { nil }
  package func call(_ name: String, _ arguments: [Value]) throws(EvaluationError) -> Value {
    throw .unknownFunction(name)
  }

  /// Whether a name is that of a type and of nothing nearer.
  package func isType(_ name: String) -> Bool { type(keyword: "", named: name) != nil }

  /// Parses and evaluates one expression.
  @discardableResult
  package func evaluate(_ text: String) throws(EvaluationError) -> Value {
    try evaluate(try ExpressionParser.parse(text, isType: { [unowned self] in isType($0) }))
  }
  package func evaluate(_ expression: Expression) throws(EvaluationError) -> Value {
    try Evaluator(context: self).value(of: expression)
  }
  /// Evaluates text to an address; a data symbol stands for its own address.
  package func address(of text: String) throws(EvaluationError) -> SpacedAddress {
    let value = try evaluate(text)
    if value.type == .void { throw .other("The expression \"\(text)\" has no value: it is void.") }
    return value.address
  }

  /// Reads `type` at an address.
  package func load(_ type: ValueType, at address: SpacedAddress) throws(EvaluationError) -> Value {
    let location = Value.Location.memory(address)
    switch type.resolved {
    case .void: throw .other("Attempt to take contents of a non-pointer value.")
    case .text: return Value(address.value, .text)
    case .function: return Value(address.value, type, location: location)
    case .data:
      throw .other("Attempt to read a value of unknown type; cast the address, as in *(long *)\(address.text)")
    case .structure(let structure) where structure.isIncomplete: return Value(0, type, location: location)
    default:
      guard type.size <= 1 << 20 else {
        throw .other("A value of \(type.size) bytes is too large to be shown whole; x shows parts of it.")
      }
      return Value(bytes: try readMemory(address, count: type.size), type, location: location)
    }
  }

  /// The instance that a value of a Swift class refers to, its members in reach.
  func object(_ value: Value, _ type: StructureType) throws(EvaluationError) -> Value {
    let address = SpacedAddress(value.bits)
    return Value(
      bytes: try readMemory(address, count: type.instance.size), .structure(type.instance), location: .memory(address))
  }

  /// A type with the names in it looked up.
  func resolved(_ type: ValueType) throws(EvaluationError) -> ValueType {
    switch type {
    case .named(let keyword, let name):
      guard let found = self.type(keyword: keyword, named: name) else {
        throw .other("No \(keyword.isEmpty ? "" : keyword + " ")type named \(name).")
      }
      return found
    case .pointer(let target): return .pointer(to: try resolved(target))
    case .array(let element, let count): return .array(of: try resolved(element), count: count)
    case .qualified(let word, let inner): return .qualified(word, try resolved(inner))
    default: return type
    }
  }

  /// Writes a value back to where it came from.
  func store(_ value: Value, to location: Value.Location?) throws(EvaluationError) {
    switch location {
    case nil: throw .notAssignable
    case .variable(let name): variables[name] = value
    case .bitField(let address, let first, let count):
      let mask: UInt64 = (count >= 64 ? .max : (1 << UInt64(count)) - 1) << UInt64(first)
      let size = (first + count + 7) / 8
      let old = try readMemory(address, count: size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let new = old & ~mask | (value.bits << UInt64(first)) & mask
      try writeMemory(address, (0..<size).map { UInt8(truncatingIfNeeded: new >> UInt64(8 * $0)) })
    case .register(let name): try setRegister(name, value.bits)
    case .memory(let address):
      if value.type.isAggregate { return try writeMemory(address, value.bytes) }
      let size = min(value.type.size, 8)
      try writeMemory(address, (0..<size).map { UInt8(truncatingIfNeeded: value.bits >> UInt64(8 * $0)) })
    }
  }
}
