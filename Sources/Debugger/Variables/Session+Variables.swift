import ObjectFile
import RISCV

/// A variable that can be seen at a place, with its value or why it has none.
package struct VisibleVariable {
  package var name: String
  package var isParameter: Bool
  package var value: Result<Value, EvaluationError>
}

// Variables of the selected frame and of the images, as debug information has them.
extension Session {
  /// The image that expressions are about, what it says, and the address in it as the file has it.
  private struct Scope {
    let image: DebugImage
    let information: DebugInformation
    let frame: Frame
    let address: UInt64
  }

  private func scope(_ frame: Frame) -> Scope? {
    guard let image = image(at: frame.codeAddress), let information = debugInformation(of: image) else { return nil }
    return Scope(image: image, information: information, frame: frame, address: image.linked(frame.codeAddress))
  }

  /// The frame that expressions are about. Where it is the innermost, conditions inside the engine need no backtrace.
  private var expressionFrame: Frame {
    if selectedFrame > 0 { return currentFrame }
    return Frame(
      level: 0, pc: hart.pc, how: nil, registers: (0..<32).map { hart.x($0) }, privilege: hart.privilege, isExact: true)
  }

  /// Arguments and local variables of a frame: of inner blocks first, as the source has them.
  package func variables(of frame: Frame) -> [VisibleVariable] {
    withFrame(frame) {
      guard let scope = scope(frame) else { return [] }
      let all = scope.information.variables(at: scope.address, inFrame: frame.source?.depth ?? 0)
      return all.filter { !$0.name.isEmpty && !($0.isArtificial && $0.name != "self") }.map { variable in
        let value: Result<Value, EvaluationError>
        do throws(EvaluationError) { value = .success(try self.value(of: variable, scope)) } catch {
          value = .failure(error)
        }
        return VisibleVariable(name: variable.name, isParameter: variable.kind == .parameter, value: value)
      }
    }
  }

  /// Arguments and local variables that can be seen at a place in code.
  package func variables(at place: CodeLocation) -> [(name: String, isParameter: Bool, type: ValueType)] {
    guard let image = place.program ?? image(at: place.address), let information = debugInformation(of: image) else {
      return []
    }
    let conversion = TypeConversion(information: information, image: image.name)
    return information.variables(at: image.linked(place.address)).filter { !$0.name.isEmpty }.map {
      ($0.name, $0.kind == .parameter, conversion.type($0.type))
    }
  }

  /// A type that an expression names, looked up.
  package func lookedUp(_ type: ValueType) throws(EvaluationError) -> ValueType { try resolved(type) }

  /// What stands between the brackets behind a frame's function: names and values, `...` for structures and arrays. The
  /// metatype that a static function of Swift has as `self` is left out: it has no bits.
  package func argumentText(_ frame: Frame, _ formatter: ValueFormatter) -> String {
    let arguments = variables(of: frame).filter(\.isParameter)
    return withFrame(frame) {
      arguments.compactMap { argument in
        switch argument.value {
        case .success(let value) where value.type.isThinMetatype: nil
        case .failure: "\(argument.name)=<optimized out>"
        case .success(let value) where value.type.isAggregate: "\(argument.name)=..."
        case .success(let value): "\(argument.name)=\(formatter.text(value, insideStructure: true))"
        }
      }.joined(separator: ", ")
    }
  }

  package func variable(named name: String, in wanted: String?) throws(EvaluationError) -> Value? {
    let frame = expressionFrame
    let here = scope(frame)
    if let wanted { return try variable(named: name, ofFunctionOrFile: wanted) }
    if let here {
      let depth = frame.source?.depth ?? 0
      let locals = here.information.variables(at: here.address, inFrame: depth)
      if let found = locals.first(where: { $0.name == name }) { return try value(of: found, here) }
    }
    for image in searchOrder(here?.image) {
      guard let information = debugInformation(of: image) else { continue }
      let near = image === here?.image ? here?.address : nil
      let scope = Scope(image: image, information: information, frame: frame, address: near ?? 0)
      if let found = information.globals(named: name, near: near).first { return try value(of: found, scope) }
      if let function = information.functions(named: name).first, let entry = function.entry {
        return Value(image.placed(entry), type(of: function, image))
      }
      if let value = enumerator(named: name, image) { return value }
    }
    return nil
  }

  /// The image at hand first; user programs that do not lie here have no variables here.
  private func searchOrder(_ first: DebugImage?) -> [DebugImage] {
    let others = images.all.filter { image in
      image !== first && (image.ownSymbols == nil || image === presentProgram)
    }
    return (first.map { [$0] } ?? []) + others
  }

  /// A static variable of a function, or a variable of a file's own.
  private func variable(named name: String, ofFunctionOrFile wanted: String) throws(EvaluationError) -> Value? {
    for image in searchOrder(nil) {
      guard let information = debugInformation(of: image) else { continue }
      for function in information.functions(named: wanted) {
        guard let entry = function.entry else { continue }
        var frame = expressionFrame
        let isHere = information.function(at: image.linked(frame.codeAddress))?.entry == entry
        if !isHere { frame.pc = image.placed(entry) }
        let scope = Scope(
          image: image, information: information, frame: frame, address: image.linked(frame.codeAddress))
        let address = isHere ? scope.address : entry
        if let found = information.variables(at: address).first(where: { $0.name == name }) {
          return try value(of: found, Scope(image: image, information: information, frame: frame, address: address))
        }
      }
      let globals = information.globals(named: name).filter { variable in
        variable.path == wanted || variable.path.hasSuffix("/" + wanted)
      }
      if let found = globals.first {
        return try value(
          of: found, Scope(image: image, information: information, frame: expressionFrame, address: 0))
      }
    }
    return nil
  }

  /// Whether a variable of that name can be seen at a place in code.
  func hasVariable(named name: String, at place: CodeLocation) -> Bool {
    guard let image = place.program ?? image(at: place.address), let information = debugInformation(of: image) else {
      return false
    }
    let address = image.linked(place.address)
    return information.variables(at: address).contains { $0.name == name }
      || !information.globals(named: name, near: address).isEmpty
  }

  /// The value that the function of a frame has just returned, by the calling convention; nil where it returns none or the
  /// debug information does not tell. `image` and `address` are of the function.
  package func returnedValue(_ image: DebugImage, _ address: UInt64) -> Value? {
    guard let information = debugInformation(of: image),
      let function = information.function(at: image.linked(address)),
      case .function(let type) = self.type(of: function, image)
    else { return nil }
    let result = type.result
    switch result.resolved {
    case .void, .opaque, .named, .text, .data: return nil
    case .float:
      return Value(usesFloatRegisters ? hart.f(10) : hart.x(10), result)
    case .variant, .structure, .array:
      guard result.isAggregate else { return Value(hart.x(10), result) }
      // What Swift returns in more registers than C does is not told here; nor what has parts of floating point.
      guard case .structure(let structure) = result.resolved, structure.kind != .swift, !structure.hasFloat else {
        return nil
      }
      if result.size <= 16 { return Value(bytes: hart.x(10).bytes + hart.x(11).bytes, result).cut }
      return try? load(result, at: SpacedAddress(hart.x(10)))
    default: return Value(hart.x(10), result)
    }
  }

  private var usesFloatRegisters: Bool { image(at: hart.pc)?.usesFloatRegisters ?? false }

  // MARK: Values

  private func value(of variable: DebugVariable, _ scope: Scope) throws(EvaluationError) -> Value {
    let type = TypeConversion(information: scope.information, image: scope.image.name).type(variable.type)
    let context = frameContext(scope.frame, of: scope.image)
    let place: ValueLocation
    do { place = try scope.information.location(of: variable, at: scope.address, context) } catch {
      throw .other("\(variable.name) is not available here: \(error)")
    }
    guard let value = try value(at: place, type, scope.frame) else {
      throw .other("\(variable.name) is not available here: a part of it was optimized away.")
    }
    return value
  }

  /// Reads a value from where debug information says that it is.
  private func value(at place: ValueLocation, _ type: ValueType, _ frame: Frame) throws(EvaluationError) -> Value? {
    switch place {
    case .memory(let address): return try load(type, at: SpacedAddress(address))
    case .register(let number):
      guard let bits = register(number, of: frame) else { return nil }
      let isInnermost = frame.physicalLevel == 0
      let name = number < 32 ? RegisterName.abiX[number] : number < 64 ? RegisterName.abiF[number - 32] : ""
      return Value(bytes: bits.bytes, type, location: isInnermost && !type.isAggregate ? .register(name) : nil)
    case .value(let bits): return Value(bytes: bits.bytes, type)
    case .bytes(let bytes): return Value(bytes: bytes, type)
    case .pieces(let pieces):
      var bits: [Bool] = []
      for piece in pieces {
        guard let location = piece.location, piece.bitSize <= 1 << 16 else { return nil }
        let last = piece.bitOffset + piece.bitSize
        let whole = ValueType.opaque("", size: Int((last + 7) / 8))
        guard let part = try value(at: location, whole, frame) else { return nil }
        for bit in piece.bitOffset..<last {
          let index = Int(bit / 8)
          bits.append(index < part.bytes.count && part.bytes[index] >> UInt8(bit % 8) & 1 == 1)
        }
      }
      var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
      for (index, bit) in bits.enumerated() where bit { bytes[index / 8] |= UInt8(1) << UInt8(index % 8) }
      return Value(bytes: bytes, type)
    }
  }

  // MARK: Types

  package func type(keyword: String, named name: String) -> ValueType? {
    let here = scope(expressionFrame)
    for image in searchOrder(here?.image) {
      guard let information = debugInformation(of: image) else { continue }
      let near = image === here?.image ? here?.address : nil
      let conversion = TypeConversion(information: information, image: image.name)
      for reference in information.types(named: name, near: near) {
        let type = conversion.type(reference)
        switch (keyword, type) {
        case ("struct", .structure(let found)) where found.kind != .union: return type
        case ("union", .structure(let found)) where found.kind == .union: return type
        case ("enum", .enumeration): return type
        case ("", .alias), ("", .integer), ("", .boolean), ("", .float): return type
        case ("", .structure(let found)) where found.kind == .swift: return type
        default: continue
        }
      }
    }
    return nil
  }

  /// The type of a function: its parameters, and its result.
  func type(of function: DebugFunction, _ image: DebugImage) -> ValueType {
    guard let information = debugInformation(of: image) else { return .text }
    return TypeConversion(information: information, image: image.name).type(function.type)
  }

  /// A name of a value of an enumeration.
  private func enumerator(named name: String, _ image: DebugImage) -> Value? {
    guard let information = debugInformation(of: image), let found = information.enumerator(named: name),
      !information.type(found.type).isSwift
    else {
      return nil
    }
    let type = TypeConversion(information: information, image: image.name).type(found.type)
    return Value(UInt64(bitPattern: found.value), type)
  }

  /// Shows values with the symbols and strings of the selected frame.
  package var formatter: ValueFormatter {
    ValueFormatter(
      symbolText: { [unowned self] in symbolText($0) },
      string: { [unowned self] address in
        var bytes: [UInt8] = []
        while bytes.count < 200 {
          guard let byte = try? readMemory(address.advanced(by: bytes.count), count: 1)[0] else {
            return bytes.isEmpty ? nil : (bytes, false)
          }
          if byte == 0 { return (bytes, true) }
          bytes.append(byte)
        }
        return (bytes, false)
      })
  }
}

extension Value {
  /// An aggregate with no more bytes than its type has.
  fileprivate var cut: Value {
    var value = self
    value.bytes = Array(bytes.prefix(type.size))
    return value
  }
}

extension StructureType {
  fileprivate var hasFloat: Bool {
    members.contains { member in
      if case .structure(let inner) = member.type.resolved { return inner.hasFloat }
      return member.type.isFloat
    }
  }
}

extension UInt64 {
  /// The eight bytes, the lowest first.
  fileprivate var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(8 * $0)) } }
}
