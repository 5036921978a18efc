/// Why an expression has no value. The description is the message a person reads.
package enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text is no expression; `near` is the rest from the offending token on.
  case syntax(near: String)
  case invalidNumber(String)
  case numberTooLarge
  case divisionByZero
  case unknownSymbol(String)
  case unknownSpace(String)
  /// `name` is a data symbol, used where a value is needed.
  case unknownType(String)
  case cannotAccess(SpacedAddress)
  case notAssignable
  case tooDeep
  /// A call of something that is not the prompt's own.
  case guestFunction
  /// No convenience function has this name, which is without the dollar.
  case unknownFunction(String)
  case other(String)

  package var description: String {
    switch self {
    case .syntax(let near): "A syntax error in expression, near `\(near)'."
    case .invalidNumber(let text): "Invalid number \"\(text)\"."
    case .numberTooLarge: "Numeric constant too large."
    case .divisionByZero: "Division by zero"
    case .unknownSymbol(let name): "No symbol \"\(name)\" in current context."
    case .unknownSpace(let name):
      "No address space \"\(name)\": there are gva: (guest-virtual, the default), gpa: (guest-physical), hpa: (host-physical) and tc: "
        + "(bytes from the start of the translation cache)."
    case .unknownType(let name): "'\(name)' has unknown type; cast it to its declared type"
    case .cannotAccess(let address): "Cannot access memory at address \(address.text)"
    case .notAssignable: "Left operand of assignment is not an lvalue."
    case .tooDeep: "The expression is nested too deeply."
    case .guestFunction:
      "The guest's functions cannot be called from the prompt: that would change what the guest does.  Set a breakpoint "
        + "there, or gdb can."
    case .unknownFunction(let name):
      "There is no convenience function $\(name)"
        + (ConvenienceFunction.named("_" + name).map { ": it is $\($0.name)." } ?? ".  `help convenience` lists them.")
    case .other(let text): text
    }
  }
}
