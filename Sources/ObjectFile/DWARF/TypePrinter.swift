extension DebugInformation {
  /// A type as a declaration in C would spell it, such as `int (*)(const struct node *)`; Swift's types by their names.
  package func name(of reference: TypeReference?) -> String {
    var printer = TypePrinter(debug: self)
    return printer.declaration(reference, "")
  }

  /// A variable of a type as C would declare it, such as `int matrix[2][3]`; in Swift `matrix: Matrix`.
  package func declaration(of name: String, _ reference: TypeReference?) -> String {
    if let reference, type(reference).isSwift { return "\(name): \(self.name(of: reference))" }
    var printer = TypePrinter(debug: self)
    return printer.declaration(reference, name)
  }

  /// A type with what it is made of, on several lines as gdb's `ptype` prints it: names given by `typedef` are followed,
  /// and a structure has its members.
  package func definition(of reference: TypeReference?) -> String {
    var printer = TypePrinter(debug: self)
    return printer.definition(reference)
  }
}

/// Writes types. A type may be made of itself, which costs a limited number of steps.
private struct TypePrinter {
  let debug: DebugInformation
  private var budget = 2000

  /// Whether structures are written with their members.
  enum Body {
    case none
    /// Those without a name, with this indentation.
    case nameless(indentation: Int)
    /// All that are not behind a parameter, as `ptype` does.
    case every
  }

  init(debug: DebugInformation) { self.debug = debug }

  /// The declaration of something with this declarator (`name`, `*name`, `(*name)(int)`), without a name if empty.
  mutating func declaration(_ reference: TypeReference?, _ declarator: String, depth: Int = 0, body: Body = .none)
    -> String
  {
    budget -= 1
    guard budget > 0, depth < 64 else { return joined("...", declarator) }
    guard let reference else { return joined("void", declarator) }
    let type = debug.type(reference)
    let inner = depth + 1
    if type.isSwift, let name = type.name { return joined(name, declarator) }
    switch type.kind {
    case .pointer(let target):
      return declaration(target, parenthesized("*", target, declarator), depth: inner, body: body)
    case .reference(let target):
      return declaration(target, parenthesized("&", target, declarator), depth: inner, body: body)
    case .array(let element, let counts):
      let bounds = counts.map { "[\($0.map(String.init) ?? "")]" }.joined()
      return declaration(element, declarator + (counts.isEmpty ? "[]" : bounds), depth: inner, body: body)
    case .function(let result, let parameters, let isVariadic, let isPrototyped):
      var list = parameters.map { declaration($0, "", depth: inner) }
      if isVariadic, isPrototyped { list.append("...") }
      if list.isEmpty, isPrototyped { list = ["void"] }
      return declaration(result, "\(declarator)(\(list.joined(separator: ", ")))", depth: inner, body: body)
    case .qualified(let qualifier, let target):
      return qualified(qualifier, target, declarator, depth: inner, body: body)
    case .typedef(let target?) where isEvery(body):
      return declaration(target, declarator, depth: inner, body: body)
    case .aggregate(let aggregate):
      switch body {
      case .nameless(let indentation) where type.name == nil:
        return joined(self.body(type, aggregate, indentation: indentation, depth: inner), declarator)
      case .every: return joined(self.body(type, aggregate, indentation: 0, depth: inner), declarator)
      default: return joined("\(aggregate.keyword.rawValue) \(type.name ?? "{...}")", declarator)
      }
    case .enumeration(let enumerators):
      let name = type.name.map { "enum \($0)" }
      switch body {
      case .nameless where type.name == nil: return joined("enum \(list(enumerators))", declarator)
      case .every: return joined("\(name ?? "enum") \(list(enumerators))", declarator)
      default: return joined(name ?? "enum {...}", declarator)
      }
    default: return joined(type.name ?? "<unnamed>", declarator)
    }
  }

  private mutating func qualified(
    _ qualifier: DebugType.Qualifier, _ target: TypeReference?, _ declarator: String, depth: Int, body: Body
  ) -> String {
    if let target, case .pointer(let pointee) = debug.type(target).kind {
      // Behind the star: the pointer itself is constant.
      let rest = declarator.isEmpty ? "" : " \(declarator)"
      return declaration(pointee, parenthesized("* \(qualifier.rawValue)", pointee, rest), depth: depth, body: body)
    }
    // The elements of a constant array are constant; GNU's compiler says both.
    if let target, case .array(let element?, _) = debug.type(target).kind,
      case .qualified(qualifier, _) = debug.type(element).kind
    {
      return declaration(target, declarator, depth: depth, body: body)
    }
    return "\(qualifier.rawValue) \(declaration(target, declarator, depth: depth, body: body))"
  }

  private func isEvery(_ body: Body) -> Bool { if case .every = body { true } else { false } }

  private func parenthesized(_ mark: String, _ target: TypeReference?, _ declarator: String) -> String {
    guard let target else { return mark + declarator }
    switch debug.type(target).kind {
    case .array, .function: return "(\(mark)\(declarator))"
    default: return mark + declarator
    }
  }

  private func joined(_ name: String, _ declarator: String) -> String {
    declarator.isEmpty ? name : "\(name) \(declarator)"
  }

  mutating func definition(_ reference: TypeReference?) -> String {
    guard let reference else { return "void" }
    let stripped = debug.stripped(reference) ?? reference
    let type = debug.type(stripped)
    guard type.isSwift else { return declaration(reference, "", body: .every) }
    switch type.kind {
    case .aggregate(let aggregate): return body("struct \(type.name ?? "")", aggregate.members)
    case .swiftEnumeration(let enumeration): return body(type, enumeration)
    case .enumeration(let cases):
      return body(type, .init(cases: cases.map { .init(name: $0.name, type: nil) }, tag: .number))
    case .swiftClass(let members): return body("class \(type.name ?? "")", members)
    case .opaque(let reason): return "\(type.name ?? "<unnamed>")  // \(reason)"
    default: return type.name ?? "<unnamed>"
    }
  }

  private mutating func body(
    _ type: DebugType, _ aggregate: DebugType.Aggregate, indentation: Int, depth: Int
  ) -> String {
    var text = aggregate.keyword.rawValue + (type.name.map { " \($0)" } ?? "") + " {\n"
    let margin = String(repeating: " ", count: indentation + 4)
    if !aggregate.isComplete { text += "\(margin)<incomplete type>\n" }
    for member in aggregate.members {
      var declarator = member.name
      if let bits = member.bitField { declarator += " : \(bits.bitSize)" }
      text +=
        "\(margin)\(declaration(member.type, declarator, depth: depth + 1, body: .nameless(indentation: indentation + 4)));\n"
    }
    return text + String(repeating: " ", count: indentation) + "}"
  }

  private mutating func body(_ head: String, _ members: [DebugType.Member]) -> String {
    let lines = members.map { member in
      "    var \(member.name): \(declaration(member.type, ""))"
        + (member.byteOffset == nil ? "  // where it is cannot be known from the debugging information" : "") + "\n"
    }
    return "\(head) {\n\(lines.joined())}"
  }

  private mutating func body(_ type: DebugType, _ enumeration: DebugType.SwiftEnumeration) -> String {
    let lines = enumeration.cases.map { one in
      "    case \(one.name)" + (one.type.map { "(\(declaration($0, "")))" } ?? "") + "\n"
    }
    let note =
      enumeration.tag == .unknown ? "    // which case it is cannot be known from the debugging information\n" : ""
    return "enum \(type.name ?? "") {\n\(lines.joined())\(note)}"
  }

  /// As gdb does, with the values that are not one more than those before.
  private func list(_ enumerators: [DebugType.Enumerator]) -> String {
    var next: Int64 = 0
    let items = enumerators.map { one in
      defer { next = one.value &+ 1 }
      return one.value == next ? one.name : "\(one.name) = \(one.value)"
    }
    return "{\(items.joined(separator: ", "))}"
  }
}
