/// The type of a value at the prompt: C's types, those of debug information, and what symbols without it are.
package indirect enum ValueType: Equatable {
  case void
  case integer(size: Int, signed: Bool, name: String)
  case boolean(size: Int, name: String)
  /// `float` (4 bytes) or `double` (8 bytes).
  case float(size: Int)
  case pointer(to: ValueType)
  /// A register that holds a code address, as gdb prints `$pc`: `void (*)()`.
  case codePointer
  /// A code symbol without debug information; the value is its address.
  case text
  /// A data symbol without debug information; the value is its address.
  case data
  /// Values side by side in memory; also made with `@`. Nil where the number is not known.
  case array(of: ValueType, count: Int?)
  case string
  case structure(StructureType)
  case enumeration(EnumerationType)
  case variant(VariantType)
  /// The value is the address.
  case function(FunctionType)
  /// Another name for a type.
  case alias(String, of: ValueType)
  /// `const`, `volatile`.
  case qualified(String, ValueType)
  /// A type that an expression names, before it is looked up: `struct`, `union`, `enum` or nothing, and the name.
  case named(keyword: String, String)
  /// One that cannot be shown here, with what debug information calls it and its size.
  case opaque(String, size: Int)

  /// Unsigned, as in the RISC-V calling convention.
  package static var char: ValueType { .integer(size: 1, signed: false, name: "char") }
  package static var int: ValueType { .integer(size: 4, signed: true, name: "int") }
  package static var unsignedInt: ValueType { .integer(size: 4, signed: false, name: "unsigned int") }
  package static var long: ValueType { .integer(size: 8, signed: true, name: "long") }
  package static var unsignedLong: ValueType { .integer(size: 8, signed: false, name: "unsigned long") }

  /// The type behind other names and qualifiers.
  package var resolved: ValueType {
    switch self {
    case .alias(_, let type), .qualified(_, let type): type.resolved
    default: self
    }
  }

  /// The C spelling.
  package var name: String { declaration("") }

  /// The spelling of a declaration of `declarator`: `int table[5]`, `int (*)(int)`.
  package func declaration(_ declarator: String) -> String {
    switch self {
    case .pointer(let target):
      return target.declaration(target.bindsTighter ? "(*\(declarator))" : "*" + declarator)
    case .array(let element, let count): return element.declaration("\(declarator)[\(count.map { "\($0)" } ?? "")]")
    case .function(let type): return type.result.declaration(declarator + type.parameterText)
    case .qualified(let word, let type):
      if case .pointer(let target) = type {
        let gap = declarator.isEmpty || declarator.hasPrefix("[") ? "" : " "
        return target.declaration("* \(word)\(gap)\(declarator)")
      }
      // Of an array it is the elements that are so.
      if case .array = type.withoutAliases { return type.declaration(declarator) }
      if case .qualified(let other, let inner) = type {
        return inner.prefixed([other, word].sorted().joined(separator: " "), declarator)
      }
      return type.prefixed(word, declarator)
    default: return declarator.isEmpty ? base : "\(base) \(declarator)"
    }
  }

  private func prefixed(_ words: String, _ declarator: String) -> String { "\(words) \(declaration(declarator))" }

  private var bindsTighter: Bool {
    switch self {
    case .array, .function: true
    case .qualified(_, let type): type.bindsTighter
    default: false
    }
  }

  /// The spelling of a type without pointers, arrays and functions around it.
  private var base: String {
    switch self {
    case .void: "void"
    case .integer(_, _, let name), .boolean(_, let name), .alias(let name, _), .opaque(let name, _): name
    case .float(let size): size == 4 ? "float" : "double"
    case .codePointer: "void (*)()"
    case .text: "<text variable, no debug info>"
    case .data: "<data variable, no debug info>"
    case .string: "char *"
    case .structure(let type): type.spelling
    case .enumeration(let type): type.spelling
    case .variant(let type): type.name
    case .named(let keyword, let name): keyword.isEmpty ? name : "\(keyword) \(name)"
    case .pointer, .array, .function, .qualified: ""
    }
  }

  /// Bytes in memory; what pointer arithmetic counts in. One for `void` and code, as gdb has it.
  package var size: Int {
    switch self {
    case .void, .text, .function: 1
    case .integer(let size, _, _), .boolean(let size, _), .float(let size), .opaque(_, let size): size
    case .pointer, .codePointer, .data, .string: 8
    case .array(let element, let count): Self.product(element.size, count ?? 0)
    case .structure(let type): type.isReference ? 8 : type.size
    case .enumeration(let type): type.size
    case .variant(let type): type.size
    case .alias(_, let type), .qualified(_, let type): type.size
    case .named: 0
    }
  }

  private static func product(_ size: Int, _ count: Int) -> Int {
    let (product, overflow) = size.multipliedReportingOverflow(by: count)
    return overflow ? .max : product
  }

  var isSigned: Bool {
    switch resolved {
    case .integer(_, let signed, _): signed
    case .enumeration(let type): type.isSigned
    default: false
    }
  }
  var isInteger: Bool {
    switch resolved {
    case .integer, .boolean, .enumeration: true
    default: false
    }
  }
  package var isFloat: Bool { if case .float = resolved { true } else { false } }
  /// A metatype of Swift that stands in the program's text and therefore in no register, such as a static function's `self`.
  var isThinMetatype: Bool {
    if case .opaque(let name, _) = resolved { name.hasPrefix("@thin ") } else { false }
  }

  /// Whether a value is told by its bytes, not by 64 bits.
  package var isAggregate: Bool {
    switch resolved {
    case .array: true
    case .structure(let type): !type.isReference
    case .opaque, .variant: true
    default: false
    }
  }
  /// A character: one byte that counts as an integer, but in Swift.
  var isCharacter: Bool {
    if case .integer(1, _, let name) = resolved { name != "Int8" && name != "UInt8" } else { false }
  }
  /// What a pointer points to, nil for all else.
  var target: ValueType? {
    switch resolved {
    case .pointer(let target): target
    case .codePointer, .text: .text
    case .data: .data
    default: nil
    }
  }

  // MARK: ptype

  /// What `ptype` shows: names replaced by what they stand for, structures with their members.
  package var expanded: String {
    switch self {
    case .alias(_, let type): return type.expanded
    case .pointer, .array, .function, .qualified:
      let (inner, rest) = unwrapped("")
      let body = inner.body
      return rest.isEmpty ? body : "\(body) \(rest)"
    default: return body
    }
  }

  /// The innermost type, and the declarator around it.
  private func unwrapped(_ declarator: String) -> (ValueType, String) {
    switch self {
    case .alias(_, let type): return type.unwrapped(declarator)
    case .pointer(let target):
      let plain = target.withoutAliases
      return target.unwrapped(plain.bindsTighter ? "(*\(declarator))" : "*" + declarator)
    case .array(let element, let count): return element.unwrapped("\(declarator)[\(count.map { "\($0)" } ?? "")]")
    case .function(let type): return type.result.unwrapped(declarator + type.parameterText)
    case .qualified(let word, let type):
      if case .pointer(let target) = type.withoutAliases { return target.unwrapped("* \(word)\(declarator)") }
      if case .array = type.withoutAliases { return type.unwrapped(declarator) }
      let (inner, rest) = type.unwrapped(declarator)
      return (.qualified(word, inner), rest)
    default: return (self, declarator)
    }
  }

  private var withoutAliases: ValueType { if case .alias(_, let type) = self { type.withoutAliases } else { self } }

  private var body: String {
    switch self {
    case .qualified(let word, let type): return "\(word) \(type.body)"
    case .alias(_, let type): return type.body
    case .structure(let type): return type.body(indentation: "")
    case .enumeration(let type): return type.body
    default: return name
    }
  }
}

extension StructureType {
  fileprivate func body(indentation: String) -> String {
    var heading = kind == .swift ? (isReference ? "class" : "struct") : kind.rawValue
    if let name { heading += " \(name)" }
    if isIncomplete { return "\(heading) {\n\(indentation)    <incomplete type>\n\(indentation)}" }
    if members.isEmpty { return "\(heading) {\n\(indentation)    <no data fields>\n\(indentation)}" }
    let lines = members.map { member -> String in
      var text = "\(indentation)    "
      if case .structure(let inner) = member.type, inner.name == nil {
        text += inner.body(indentation: indentation + "    ") + (member.name.isEmpty ? "" : " \(member.name)")
      } else {
        text += member.type.declaration(member.name)
      }
      if let bits = member.bits { text += " : \(bits.count)" }
      return text + ";\n"
    }
    return "\(heading) {\n\(lines.joined())\(indentation)}"
  }
}

extension EnumerationType {
  fileprivate var body: String {
    var next: Int64 = 0
    let texts = cases.map { entry -> String in
      defer { next = entry.value &+ 1 }
      return entry.value == next ? entry.name : "\(entry.name) = \(entry.value)"
    }
    return "enum \(name.map { "\($0) " } ?? ""){\(texts.joined(separator: ", "))}"
  }
}
