/// A structure, union or class as debug information has it. Its members are found when asked for, because it may point to
/// itself.
package final class StructureType: Equatable {
  package enum Kind: String {
    case structure = "struct"
    case union
    /// A Swift structure or class has no keyword when it is named; see `isReference`.
    case swift = ""
  }
  package struct Member {
    /// Empty for a member without a name.
    package var name: String
    package var type: ValueType
    /// In bytes.
    package var offset: Int
    /// A bit field: from the least significant bit at `offset`, and how many bits.
    package var bits: (first: Int, count: Int)?

    package init(name: String, type: ValueType, offset: Int, bits: (first: Int, count: Int)? = nil) {
      (self.name, self.type, self.offset, self.bits) = (name, type, offset, bits)
    }
  }

  package let kind: Kind
  /// Nil without a tag.
  package let name: String?
  package let size: Int
  /// Declared and nowhere defined.
  package let isIncomplete: Bool
  /// A value is the address of an instance: a Swift class.
  package let isReference: Bool
  /// Tells it from others: image and place in its debug information.
  private let identity: String
  private let find: () -> [Member]
  package private(set) lazy var members: [Member] = find()

  package init(
    kind: Kind, name: String?, size: Int, isIncomplete: Bool = false, isReference: Bool = false, identity: String,
    members: @escaping () -> [Member]
  ) {
    (self.kind, self.name, self.size, self.identity) = (kind, name, size, identity)
    (self.isIncomplete, self.isReference, find) = (isIncomplete, isReference, members)
  }

  package static func == (left: StructureType, right: StructureType) -> Bool { left.identity == right.identity }

  /// What a reference to an object refers to.
  private(set) lazy var instance = StructureType(
    kind: kind, name: name, size: members.map { $0.offset + $0.type.size }.max() ?? 0, identity: identity + " object",
    members: find)

  /// `struct node`, or `struct {...}`.
  var spelling: String {
    let keyword = kind.rawValue
    return kind == .swift ? name ?? "{...}" : "\(keyword) \(name ?? "{...}")"
  }

  /// A member by name, with those of members without a name; the offset counts from the whole.
  func member(named wanted: String) -> Member? {
    for member in members {
      if member.name == wanted { return member }
      if member.name.isEmpty, case .structure(let inner) = member.type.resolved, var found = inner.member(named: wanted)
      {
        found.offset += member.offset
        return found
      }
    }
    return nil
  }
}

/// An enumeration and its values.
package struct EnumerationType: Equatable {
  package struct Case: Equatable {
    package var name: String
    package var value: Int64
    package init(name: String, value: Int64) { (self.name, self.value) = (name, value) }
  }
  package var name: String?
  package var size: Int
  package var isSigned: Bool
  /// Named without the keyword.
  package var isSwift: Bool
  package var cases: [Case]

  package init(name: String?, size: Int, isSigned: Bool, isSwift: Bool = false, cases: [Case]) {
    (self.name, self.size, self.isSigned, self.cases) = (name, size, isSigned, cases)
    self.isSwift = isSwift
  }

  var spelling: String { isSwift ? name ?? "enum" : "enum \(name ?? "{...}")" }
  /// Every value has bits of its own, so that a number can be several of them.
  var isFlags: Bool {
    if isSwift { return false }
    var seen: Int64 = 0
    for entry in cases where entry.value != 0 {
      if entry.value < 0 || seen & entry.value != 0 { return false }
      seen |= entry.value
    }
    return seen != 0
  }

  /// The value as gdb writes it: a name, names joined by `|`, or the number.
  func text(_ bits: UInt64) -> String {
    let value = Int64(bitPattern: bits)
    if let entry = cases.first(where: { $0.value == value }) { return entry.name }
    guard isFlags, value != 0 else { return String(value) }
    var names: [String] = []
    var rest = value
    for entry in cases where entry.value != 0 && rest & entry.value == entry.value {
      names.append(entry.name)
      rest &= ~entry.value
    }
    if names.isEmpty { return "(unknown: 0x\(String(bits, radix: 16)))" }
    if rest != 0 { names.append("unknown: 0x\(String(rest, radix: 16))") }
    return "(\(names.joined(separator: " | ")))"
  }
}

/// A Swift enum some of whose cases have values, `Optional` included.
package struct VariantType: Equatable {
  package struct Case: Equatable {
    package var name: String
    /// Nil for a case without a value.
    package var type: ValueType?
    package init(name: String, type: ValueType?) { (self.name, self.type) = (name, type) }
  }
  /// How to tell which case a value is.
  package enum Tag: Equatable { case number, byteBehindValue, zero, unknown }

  package var name: String
  package var size: Int
  package var cases: [Case]
  package var tag: Tag

  package init(name: String, size: Int, cases: [Case], tag: Tag) {
    (self.name, self.size, self.cases, self.tag) = (name, size, cases, tag)
  }

  /// The case that some bytes are, and its value; nil where that is not known.
  func choose(_ value: Value) -> (name: String, value: Value?)? {
    let bytes = value.bytes
    func number(_ bytes: some Collection<UInt8>) -> Int {
      Int(truncatingIfNeeded: bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
    func chosen(_ entry: Case) -> (name: String, value: Value?) {
      guard let type = entry.type else { return (entry.name, nil) }
      return (entry.name, Value(bytes: bytes.prefix(type.size), type, location: value.location))
    }
    let others = cases.filter { $0.type == nil }
    let index: Int
    switch tag {
    case .unknown: return nil
    case .number: index = number(bytes)
    case .zero:
      guard bytes.allSatisfy({ $0 == 0 }) else { return cases.first { $0.type != nil }.map(chosen) }
      index = 0
    case .byteBehindValue:
      guard let entry = cases.first(where: { $0.type != nil }), let type = entry.type, type.size < bytes.count else {
        return nil
      }
      if bytes[type.size] == 0 { return chosen(entry) }
      index = number(bytes.prefix(type.size))
    }
    return others.indices.contains(index) ? (others[index].name, nil) : nil
  }
}

/// A function's type.
package struct FunctionType: Equatable {
  package var result: ValueType
  package var parameters: [ValueType]
  /// Whether the parameters are told at all: `(void)` for none.
  package var isPrototyped: Bool
  package var isVariadic: Bool

  package init(result: ValueType, parameters: [ValueType], isPrototyped: Bool = true, isVariadic: Bool = false) {
    (self.result, self.parameters) = (result, parameters)
    (self.isPrototyped, self.isVariadic) = (isPrototyped, isVariadic)
  }

  var parameterText: String {
    var texts = parameters.map(\.name)
    if isVariadic { texts.append("...") }
    if texts.isEmpty { return isPrototyped ? "(void)" : "()" }
    return "(\(texts.joined(separator: ", ")))"
  }
}
