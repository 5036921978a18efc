/// A function of the prompt's own, such as `$_exits("device")`: a fact about the run so far that an expression can ask for.
///
/// A new one is a line in ``all`` and the function behind it. Facts change nothing of the guest (OBSERVATION-IS-FREE).
package struct ConvenienceFunction: Sendable {
  /// What a call gives between the brackets.
  package struct Parameter: Sendable {
    package enum Kind: Sendable {
      /// A text in quotes, or a string of the guest's.
      case text
      /// A number or a pointer.
      case address
    }
    package var kind: Kind
    package var name: String
    package var isOptional = false

    static func text(_ name: String, isOptional: Bool = false) -> Self {
      Self(kind: .text, name: name, isOptional: isOptional)
    }
    static let address = Self(kind: .address, name: "ADDRESS")

    fileprivate var spelling: String { kind == .text ? "\"\(name)\"" : name }
  }

  /// Without the dollar: `_exits`.
  package var name: String
  package var parameters: [Parameter]
  /// One line for lists.
  package var meaning: String
  /// It runs the guest again beside, which takes as long as its run so far.
  package var replays: Bool
  let body: @Sendable (FactCall) throws(EvaluationError) -> Value

  init(
    _ name: String, _ parameters: [Parameter], _ meaning: String, replays: Bool = false,
    _ body: @escaping @Sendable (FactCall) throws(EvaluationError) -> Value
  ) {
    (self.name, self.parameters, self.meaning, self.replays, self.body) = (name, parameters, meaning, replays, body)
  }

  /// The function of a name without the dollar.
  package static func named(_ name: String) -> ConvenienceFunction? { all.first { $0.name == name } }

  /// `$_walk(ADDRESS [, "ACCESS"])`.
  package var usage: String {
    var text = ""
    for (index, parameter) in parameters.enumerated() {
      let part = (index == 0 ? "" : ", ") + parameter.spelling
      text += parameter.isOptional ? (index == 0 ? "" : " ") + "[\(part)]" : part
    }
    return "$\(name)(\(text))"
  }

  /// A line for lists.
  package var line: String { "\(usage) -- \(meaning)\(replays ? " (runs again beside)" : "")" }
}

/// One call of a function, its arguments counted and of the right kinds.
struct FactCall {
  let session: Session
  /// As many as there are parameters; nil where an optional one is not given.
  private let texts: [String?]
  private let values: [Value]

  init(_ function: ConvenienceFunction, _ values: [Value], _ session: Session) throws(EvaluationError) {
    let parameters = function.parameters
    let least = parameters.count { !$0.isOptional }
    guard (least...parameters.count).contains(values.count) else {
      let most = parameters.count
      let wanted = most == 0 ? "no" : least == most ? "\(least)" : "\(least) to \(most)"
      let noun = parameters.count == 1 ? "argument" : "arguments"
      throw .other("\(function.usage) takes \(wanted) \(noun), not \(values.count).")
    }
    var texts: [String?] = []
    for (index, parameter) in parameters.enumerated() {
      guard index < values.count else {
        texts.append(nil)
        continue
      }
      switch parameter.kind {
      case .text:
        guard let text = try session.string(values[index]) else {
          throw .other("\(function.usage): \(parameter.name) is a text in double quotes.")
        }
        texts.append(text)
      case .address:
        let type = values[index].type
        guard !type.isFloat, type != .void, type != .string else {
          throw .other("\(function.usage): \(parameter.name) is an address.")
        }
        texts.append(nil)
      }
    }
    (self.session, self.texts, self.values) = (session, texts, values)
  }

  /// A text that has to be there.
  func text(_ index: Int) -> String { texts[index] ?? "" }
  /// A text that may be left out.
  func optionalText(_ index: Int) -> String? { texts[index] }
  /// An address of any space.
  func address(_ index: Int) -> SpacedAddress { values[index].address }
}

extension Session {
  package func call(_ name: String, _ arguments: [Value]) throws(EvaluationError) -> Value {
    guard let function = ConvenienceFunction.named(name) else { throw .unknownFunction(name) }
    return try function.body(try FactCall(function, arguments, self))
  }

  /// The text that a value is, or points to in the guest; nil where it is no text.
  fileprivate func string(_ value: Value) throws(EvaluationError) -> String? {
    var bytes = value.bytes[...]
    switch value.type.resolved {
    case .string: return value.string
    case .array(let element, _) where element.isCharacter: break
    case .pointer(let target) where target.isCharacter:
      while bytes.count < 65536, let byte = try readMemory(value.address.advanced(by: bytes.count), count: 1).first,
        byte != 0
      {
        bytes.append(byte)
      }
    default: return nil
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
