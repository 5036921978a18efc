/// Reads C-like expressions: `$a0 + 4`, `{long}$sp`, `*(int *)&counter`, `gpa:0x80000000`, `$cause == 2 && $pc > main`.
package struct ExpressionParser {
  private let lexer: Lexer
  private let tokens: [Token]
  private var index = 0
  private var depth = 0
  private static let maximumDepth = 200
  /// Operators, members and stars so far. A chain of them is read in a loop, and makes a tree as high as it is long.
  private var links = 0
  private static let maximumLinks = 400

  private let isType: (String) -> Bool

  private init(_ text: String, _ isType: @escaping (String) -> Bool) throws(EvaluationError) {
    self.isType = isType
    var lexer = Lexer(text)
    tokens = try lexer.tokens()
    self.lexer = lexer
  }

  /// Parses the whole text as one expression. `isType` tells the names of the guest's types, which C cannot tell from those
  /// of variables.
  package static func parse(
    _ text: String, isType: @escaping (String) -> Bool = { _ in false }
  ) throws(EvaluationError) -> Expression {
    var parser = try ExpressionParser(text, isType)
    let expression = try parser.binary(0)
    guard parser.current.kind == .end else { throw parser.syntaxError() }
    return expression
  }

  /// Parses expressions separated by commas, as `printf` and `dprintf` take them.
  package static func parseList(
    _ text: String, isType: @escaping (String) -> Bool = { _ in false }
  ) throws(EvaluationError) -> [Expression] {
    var parser = try ExpressionParser(text, isType)
    var list: [Expression] = []
    if parser.current.kind == .end { return list }
    repeat { list.append(try parser.assignment()) } while parser.take(",")
    guard parser.current.kind == .end else { throw parser.syntaxError() }
    return list
  }

  /// Reads a text that is the name of a type and nothing else; nil where it is not.
  package static func parseType(
    _ text: String, isType: @escaping (String) -> Bool = { _ in false }
  ) -> ValueType? {
    guard var parser = try? ExpressionParser(text, isType), let type = parser.typeName(), parser.current.kind == .end
    else { return nil }
    return type
  }

  private var current: Token { tokens[index] }
  private func syntaxError() -> EvaluationError { .syntax(near: lexer.text(from: current.start)) }

  private mutating func take(_ symbol: String) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    index += 1
    return true
  }
  private mutating func expect(_ symbol: String) throws(EvaluationError) {
    guard take(symbol) else { throw syntaxError() }
  }

  /// Counts one more level of the tree.
  private mutating func link(_ count: Int = 1) throws(EvaluationError) {
    links += count
    if links > ExpressionParser.maximumLinks { throw .tooDeep }
  }

  private mutating func binary(_ minimum: Int) throws(EvaluationError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    if depth > ExpressionParser.maximumDepth { throw .tooDeep }
    if minimum == 0 {
      var left = try assignment()
      while take(",") {
        try link()
        left = .binary(.comma, left, try assignment())
      }
      return left
    }
    var left = try unary()
    while case .symbol(let text) = current.kind, let operation = BinaryOperator(rawValue: text),
      operation != .comma, operation.precedence >= minimum
    {
      index += 1
      try link()
      left = .binary(operation, left, try binary(operation.precedence + 1))
    }
    return left
  }

  private mutating func assignment() throws(EvaluationError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    if depth > ExpressionParser.maximumDepth { throw .tooDeep }
    let left = try binary(3)
    if take("?") {
      let yes = try binary(0)
      try expect(":")
      return .conditional(left, yes, try assignment())
    }
    guard case .symbol(let text) = current.kind else { return left }
    if text == "=" {
      index += 1
      return .assign(left, nil, try assignment())
    }
    if text.count >= 2, text.last == "=", let operation = BinaryOperator(rawValue: String(text.dropLast())),
      !["<=", ">=", "==", "!="].contains(text)
    {
      index += 1
      return .assign(left, operation, try assignment())
    }
    return left
  }

  private mutating func unary() throws(EvaluationError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    if depth > ExpressionParser.maximumDepth { throw .tooDeep }
    let token = current
    switch token.kind {
    case .symbol("++"), .symbol("--"):
      index += 1
      return .increment(try unary(), by: token.kind == .symbol("++") ? 1 : -1, isPrefix: true)
    case .symbol("&&"):
      throw syntaxError()
    case .symbol("{"):
      index += 1
      guard let type = typeName() else { throw syntaxError() }
      try expect("}")
      return .memory(type, try unary())
    case .symbol("("):
      let start = index
      index += 1
      if let type = typeName(), take(")") { return .cast(type, try unary()) }
      index = start
      return try postfix()
    case .symbol(let text):
      guard let operation = UnaryOperator(rawValue: text) else { throw syntaxError() }
      index += 1
      return .unary(operation, try unary())
    case .space(let name):
      guard let space = SpacedAddress.Space(rawValue: name) else { throw .unknownSpace(name) }
      index += 1
      return .space(space, try unary())
    case .name("sizeof"):
      index += 1
      let start = index
      if take("("), let type = typeName(), take(")") { return .sizeOfType(type) }
      index = start
      return .sizeOf(try unary())
    default:
      return try postfix()
    }
  }

  private mutating func postfix() throws(EvaluationError) -> Expression {
    var expression = try primary()
    while true {
      if take("++") {
        expression = .increment(expression, by: 1, isPrefix: false)
      } else if take("--") {
        expression = .increment(expression, by: -1, isPrefix: false)
      } else if take("[") {
        let subscripted = try binary(0)
        try expect("]")
        expression = .subscripted(expression, subscripted)
      } else if current.kind == .symbol("(") {
        throw .guestFunction
      } else if take("->") {
        guard case .name(let name) = current.kind else { throw syntaxError() }
        index += 1
        expression = try members(expression, name)
      } else if case .name(let name) = current.kind, name.hasPrefix(".") {
        index += 1
        expression = try members(expression, name)
      } else {
        return expression
      }
      try link()
    }
  }

  /// `.where.x` behind an expression; the lexer takes dots for parts of names.
  private mutating func members(_ expression: Expression, _ names: String) throws(EvaluationError) -> Expression {
    let names = names.split(separator: ".")
    try link(names.count)
    return names.reduce(expression) { .member($0, String($1)) }
  }

  private mutating func primary() throws(EvaluationError) -> Expression {
    let token = current
    switch token.kind {
    case .number(let value):
      index += 1
      return .value(value)
    case .string(let text):
      index += 1
      return .value(.text(text))
    case .dollar(let name):
      index += 1
      if !name.isEmpty, !name.hasPrefix("$"), Int(name) == nil, take("(") { return .call(name, try arguments()) }
      return ExpressionParser.dollar(name)
    case .name(let name):
      index += 1
      if take("::") {
        guard case .name(let inner) = current.kind else { throw syntaxError() }
        index += 1
        let parts = inner.split(separator: ".").map(String.init)
        guard let first = parts.first else { throw syntaxError() }
        try link(parts.count)
        return parts.dropFirst().reduce(.scoped(name, first)) { .member($0, $1) }
      }
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      return parts.count > 1 && !parts.contains("") ? .dotted(parts) : .symbol(name)
    case .symbol("("):
      index += 1
      let inner = try binary(0)
      try expect(")")
      return inner
    default:
      throw syntaxError()
    }
  }

  /// What stands between the brackets of a call, and the closing one.
  private mutating func arguments() throws(EvaluationError) -> [Expression] {
    var list: [Expression] = []
    if take(")") { return list }
    repeat { list.append(try assignment()) } while take(",")
    try expect(")")
    return list
  }

  private static func dollar(_ name: String) -> Expression {
    if name.isEmpty { return .history(absolute: nil, back: 0) }
    if name == "$" { return .history(absolute: nil, back: 1) }
    if name.hasPrefix("$") {
      if let back = Int(name.dropFirst()) { return .history(absolute: nil, back: back) }
      return .dollar(name)
    }
    if let number = Int(name) { return .history(absolute: number, back: 0) }
    return .dollar(name)
  }

  /// Reads a type name if one stands here, with stars, array bounds and a function's shape; leaves the position alone where
  /// none does.
  private mutating func typeName() -> ValueType? {
    let start = index
    guard var type = baseType() else {
      index = start
      return nil
    }
    while take("*") {
      links += 1
      guard links <= ExpressionParser.maximumLinks else { return nil }
      type = .pointer(to: type)
      while case .name(let word) = current.kind, word == "const" || word == "volatile" {
        index += 1
        type = .qualified(word, type)
      }
    }
    while current.kind == .symbol("["), case .number(let count) = tokens[index + 1].kind,
      tokens[index + 2].kind == .symbol("]"), count.bits < 1 << 32
    {
      index += 3
      links += 1
      guard links <= ExpressionParser.maximumLinks else { return nil }
      type = .array(of: type, count: Int(count.bits))
    }
    return type
  }

  private mutating func baseType() -> ValueType? {
    var words: [String] = []
    while case .name(let word) = current.kind {
      if ["struct", "union", "enum"].contains(word), case .name(let tag) = tokens[index + 1].kind {
        index += 2
        return .named(keyword: word, tag)
      }
      guard TypeNames.words.contains(word) else {
        if words.allSatisfy({ $0 == "const" || $0 == "volatile" }), isType(word) {
          index += 1
          return .named(keyword: "", word)
        }
        break
      }
      words.append(word)
      index += 1
    }
    return TypeNames.type(words)
  }
}

/// The C type names known at the prompt.
enum TypeNames {
  static let words: Set<String> = Set(single.keys).union(["unsigned", "signed", "const", "volatile"])
  private static var single: [String: ValueType] {
    [
      "void": .void, "char": .char, "bool": .integer(size: 1, signed: false, name: "bool"),
      "short": .integer(size: 2, signed: true, name: "short"), "int": .int, "long": .long,
      "float": .float(size: 4), "double": .float(size: 8),
      "int8_t": .alias("int8_t", of: .integer(size: 1, signed: true, name: "signed char")),
      "uint8_t": .alias("uint8_t", of: .integer(size: 1, signed: false, name: "unsigned char")),
      "int16_t": .alias("int16_t", of: .integer(size: 2, signed: true, name: "short")),
      "uint16_t": .alias("uint16_t", of: .integer(size: 2, signed: false, name: "unsigned short")),
      "int32_t": .alias("int32_t", of: .integer(size: 4, signed: true, name: "int")),
      "uint32_t": .alias("uint32_t", of: .integer(size: 4, signed: false, name: "unsigned int")),
      "int64_t": .alias("int64_t", of: .integer(size: 8, signed: true, name: "long")),
      "uint64_t": .alias("uint64_t", of: .integer(size: 8, signed: false, name: "unsigned long")),
      "size_t": .alias("size_t", of: .integer(size: 8, signed: false, name: "unsigned long")),
      "uintptr_t": .alias("uintptr_t", of: .integer(size: 8, signed: false, name: "unsigned long")),
    ]
  }

  static func type(_ all: [String]) -> ValueType? {
    let words = all.filter { $0 != "const" && $0 != "volatile" }
    if words.isEmpty { return nil }
    if words.count == 1, let type = single[words[0]] { return type }
    let unsigned = words.contains("unsigned")
    let rest = words.filter { $0 != "unsigned" && $0 != "signed" }
    let base: (size: Int, name: String)
    switch rest {
    case [], ["int"]: base = (4, "int")
    case ["char"]: base = (1, "char")
    case ["short"], ["short", "int"]: base = (2, "short")
    case ["long"], ["long", "int"]: base = (8, "long")
    case ["long", "long"], ["long", "long", "int"]: base = (8, "long long")
    default: return nil
    }
    if !unsigned && base.name == "char" { return .integer(size: 1, signed: true, name: "signed char") }
    return .integer(size: base.size, signed: !unsigned, name: (unsigned ? "unsigned " : "") + base.name)
  }
}
