import RISCV

/// What an expression can ask: the guest's registers and memory, symbols, and the prompt's own variables.
package protocol EvaluationContext: AnyObject {
  /// The value of `$name` when the guest has such a register, or an event such a field.
  func register(_ name: String) -> Value?
  /// Writes a register. Throws when the value is refused.
  func setRegister(_ name: String, _ bits: UInt64) throws(EvaluationError)
  func readMemory(_ address: SpacedAddress, count: Int) throws(EvaluationError) -> [UInt8]
  func writeMemory(_ address: SpacedAddress, _ bytes: [UInt8]) throws(EvaluationError)
  /// Address of a symbol, and whether it is code.
  func symbol(named name: String) -> (address: UInt64, isCode: Bool)?
  /// `<name+offset>` for an address inside a symbol, without the brackets.
  func symbolText(_ address: UInt64) -> String?
  var variables: [String: Value] { get set }
  /// The values printed so far; `$1` is the first.
  var valueHistory: [Value] { get }
  /// Something to tell the person beside the value, such as a shift that is too wide.
  func warn(_ text: String)
}

extension EvaluationContext {
  /// Parses and evaluates one expression.
  @discardableResult
  package func evaluate(_ text: String) throws(EvaluationError) -> Value {
    try evaluate(try ExpressionParser.parse(text))
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
    switch type {
    case .void: throw .other("Attempt to take contents of a non-pointer value.")
    case .text: return Value(address.value, .text)
    case .data:
      throw .other("Attempt to read a value of unknown type; cast the address, as in *(long *)\(address.text)")
    case .array(let element, let count):
      var value = Value(address.value, type, location: location)
      for index in 0..<count {
        value.elements.append(try load(element, at: address.advanced(by: index * element.size)).bits)
      }
      return value
    default:
      let bytes = try readMemory(address, count: type.size)
      return Value(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }, type, location: location)
    }
  }

  /// Writes a value back to where it came from.
  func store(_ value: Value, to location: Value.Location?) throws(EvaluationError) {
    switch location {
    case nil: throw .notAssignable
    case .variable(let name): variables[name] = value
    case .register(let name): try setRegister(name, value.bits)
    case .memory(let address):
      let size = min(value.type.size, 8)
      try writeMemory(address, (0..<size).map { UInt8(truncatingIfNeeded: value.bits >> UInt64(8 * $0)) })
    }
  }
}
