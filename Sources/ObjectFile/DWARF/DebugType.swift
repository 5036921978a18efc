/// A type of the source: its entry in `.debug_info`. Types refer to one another, so each is read when asked for.
package struct TypeReference: Hashable, Sendable {
  let offset: UInt64
}

/// A type, one level of it.
package struct DebugType: Sendable {
  package indirect enum Kind: Sendable {
    case base(Encoding)
    /// Nil stands for C's `void`.
    case pointer(TypeReference?)
    /// Of C++: a reference.
    case reference(TypeReference?)
    case aggregate(Aggregate)
    /// The number of elements for each dimension; nil where not said.
    case array(TypeReference?, counts: [UInt64?])
    case typedef(TypeReference?)
    case qualified(Qualifier, TypeReference?)
    case enumeration([Enumerator])
    case function(result: TypeReference?, parameters: [TypeReference?], isVariadic: Bool, isPrototyped: Bool)
    case swiftEnumeration(SwiftEnumeration)
    /// A reference to an object of a Swift class, with its stored properties.
    case swiftClass([Member])
    /// What it is made of cannot be told.
    case opaque(Opacity)
  }

  /// How the bytes of a number are to be understood.
  package enum Encoding: Hashable, Sendable {
    case boolean, signed, unsigned, floatingPoint, signedCharacter, unsignedCharacter
    /// Another of `DW_ATE_…`.
    case other(UInt64)
  }

  package enum Qualifier: String, Hashable, Sendable {
    case const, volatile, restrict
    case atomic = "_Atomic"
  }

  /// A structure, a union or a class.
  package struct Aggregate: Sendable {
    package enum Keyword: String, Hashable, Sendable {
      case structure = "struct"
      case union
      case `class`
    }

    package let keyword: Keyword
    package let members: [Member]
    /// False where only the name is known.
    package let isComplete: Bool
  }

  package struct Member: Sendable {
    /// Empty for an anonymous structure or union, whose members are used as if they were here.
    package let name: String
    package let type: TypeReference?
    /// From the beginning; nil where not known.
    package let byteOffset: UInt64?
    /// For a bit field, its size, and where its least significant bit is, from the beginning.
    package let bitField: BitField?
    /// Whether it is a base class.
    package let isBase: Bool
  }

  package struct BitField: Hashable, Sendable {
    package let bitOffset: UInt64
    package let bitSize: UInt64
  }

  package struct Enumerator: Hashable, Sendable {
    package let name: String
    package let value: Int64
  }

  /// An enum of Swift, `Optional` included.
  package struct SwiftEnumeration: Sendable {
    /// How to find out which case a value is.
    package enum Tag: Hashable, Sendable {
      /// No case has a value: all the bytes are the case's number.
      case number
      /// One case has a value, and the byte behind it is 0 for that case. Else the bytes of the value are the number of
      /// the case, counted without the one that has a value.
      case byteBehindValue
      /// One case has a value, which is never 0, and 0 is the other case.
      case zero
      /// Not written in the debugging information.
      case unknown
    }

    package struct Case: Hashable, Sendable {
      package let name: String
      package let type: TypeReference?
    }

    package let cases: [Case]
    package let tag: Tag

    package init(cases: [Case], tag: Tag) {
      self.cases = cases
      self.tag = tag
    }
  }

  /// Why a type cannot be shown. The doc comment is the message.
  package enum Opacity: Hashable, Sendable {
    /// The debugging information has its name and size only.
    case nameOnly
    /// A kind of type that is not read here: gdb may show it.
    case kind(UInt64)
    /// It cannot be read.
    case damaged(DWARFError)
  }

  /// As the source or the compiler spells it, Swift's types with all that they are part of; nil where it has none.
  package let name: String?
  /// Nil where not said.
  package let byteSize: UInt64?
  package let kind: Kind
  /// Whether the type is Swift's, and so its name needs no `struct`.
  package let isSwift: Bool
}

extension DebugType.Opacity: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nameOnly: "the debugging information has its name and size only."
    case .kind(let tag): "a kind of type (0x\(String(tag, radix: 16))) that is not read here; gdb may show it."
    case .damaged(let error): error.description
    }
  }
}
