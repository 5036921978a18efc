/// A parsed expression.
package indirect enum Expression: Equatable {
  case value(Value)
  /// `$name`: a register, a convenience variable or an event's field.
  case dollar(String)
  /// `$`, `$$`, `$N`, `$$N`: `absolute` counts from 1; `back` counts from the newest (0).
  case history(absolute: Int?, back: Int)
  case symbol(String)
  case unary(UnaryOperator, Expression)
  case binary(BinaryOperator, Expression, Expression)
  case conditional(Expression, Expression, Expression)
  /// `left = right`, or `left op= right`.
  case assign(Expression, BinaryOperator?, Expression)
  /// `++x`, `x++`, `--x`, `x--`.
  case increment(Expression, by: Int, isPrefix: Bool)
  case cast(ValueType, Expression)
  /// `{type} address`.
  case memory(ValueType, Expression)
  case space(SpacedAddress.Space, Expression)
  case sizeOfType(ValueType)
  case sizeOf(Expression)
  /// `left.name` and `left->name`, which are the same here.
  case member(Expression, String)
  case subscripted(Expression, Expression)
  /// A name with dots: a symbol of that name, or a variable and its members.
  case dotted([String])
  /// `scope::name`: a variable of a function or file.
  case scoped(String, String)
  /// `$_name(arguments)`: a convenience function.
  case call(String, [Expression])

  /// The expressions that it is made of.
  var operands: [Expression] {
    switch self {
    case .value, .dollar, .history, .symbol, .sizeOfType, .dotted, .scoped: []
    case .unary(_, let a), .cast(_, let a), .memory(_, let a), .space(_, let a), .sizeOf(let a),
      .increment(let a, _, _), .member(let a, _):
      [a]
    case .binary(_, let a, let b), .assign(let a, _, let b), .subscripted(let a, let b): [a, b]
    case .conditional(let a, let b, let c): [a, b, c]
    case .call(_, let arguments): arguments
    }
  }
}

package enum UnaryOperator: String, Sendable {
  case negate = "-"
  case plus = "+"
  case not = "!"
  case complement = "~"
  case dereference = "*"
  case addressOf = "&"
}

package enum BinaryOperator: String, Sendable, CaseIterable {
  case comma = ","
  case or = "||"
  case and = "&&"
  case bitOr = "|"
  case bitXor = "^"
  case bitAnd = "&"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case repeated = "@"
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"

  /// Binding strength; gdb puts `@` between comparison and shift.
  var precedence: Int {
    switch self {
    case .comma: 0
    case .or: 3
    case .and: 4
    case .bitOr: 5
    case .bitXor: 6
    case .bitAnd: 7
    case .equal, .notEqual: 8
    case .less, .lessEqual, .greater, .greaterEqual: 9
    case .repeated: 10
    case .shiftLeft, .shiftRight: 11
    case .add, .subtract: 12
    case .multiply, .divide, .remainder: 13
    }
  }
}

extension Expression {
  /// Whether its evaluation writes something: a register, memory, a variable.
  package var changesSomething: Bool {
    switch self {
    case .assign, .increment: true
    default: operands.contains(where: \.changesSomething)
    }
  }
}
