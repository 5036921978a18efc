import Debugger

/// The letters and the count of `x/NFU`, `print/F`, `display/NF`.
struct FormatSpecification: Equatable {
  var count: Int?
  var format: ValueFormat?
  /// Unit size in bytes: b h w g.
  var unit: Int?
  var isRaw = false

  /// Reads `4xw`. `command` is named in errors.
  init(_ text: String?, command: String) throws(CommandError) {
    guard let text else { return }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    if !digits.isEmpty {
      guard let number = Int(digits), number <= 1_000_000 else { throw .failed("Repeat count \(digits) is too large.") }
      count = number
    }
    for letter in text.dropFirst(digits.count) {
      switch letter {
      case "b": unit = 1
      case "h": unit = 2
      case "w": unit = 4
      case "g": unit = 8
      case "r": isRaw = true
      default:
        guard let known = ValueFormat(rawValue: letter) else { throw .failed("Undefined output format \"\(letter)\".") }
        format = known
      }
    }
  }
}

/// What `x` remembers: the next address, and the format and unit used last.
struct ExamineState {
  var next: SpacedAddress?
  var format: ValueFormat = .hexadecimal
  var unit = 4
}

/// One `display`.
struct Display {
  var number: Int
  var expression: String
  var format: String?
  var isEnabled = true
}

extension Console {
  /// Shows `count` units of memory as gdb's `x` does, and remembers where it stopped.
  func examineMemory(_ start: SpacedAddress, _ specification: FormatSpecification) throws(CommandError) {
    let format = specification.format ?? examine.format
    var unit = specification.unit ?? (format == .address ? 8 : examine.unit)
    if format == .float && unit < 4 { unit = 8 }
    if format == .character && specification.unit == nil { unit = 1 }
    examine.format = format
    if format != .string && format != .instruction && format != .address { examine.unit = unit }
    var address = start
    let count = specification.count ?? 1
    switch format {
    case .instruction: address = try examineInstructions(start, count)
    case .string:
      for _ in 0..<count { address = try examineString(address) }
    default: address = try examineUnits(start, count, unit, format)
    }
    examine.next = address
  }

  private func label(_ address: SpacedAddress) -> String {
    if address.space == .translationCache, let unit = session.unitText(address.value) {
      return "\(address.text) <\(unit)>"
    }
    if address.space != .guestVirtual { return address.text }
    guard let symbol = session.symbolText(address.value) else { return address.text }
    return "\(address.text) <\(symbol)>"
  }

  /// Whether an instruction is the next one: of the hart, or in the translation cache of the physical hart.
  func isNext(_ address: SpacedAddress) -> Bool {
    switch address.space {
    case .guestVirtual: address.value == session.hart.pc
    case .translationCache: address.value == session.virtualCPU?.cacheOffset.map(UInt64.init)
    case .guestPhysical, .hostPhysical: false
    }
  }

  private func examineInstructions(_ start: SpacedAddress, _ count: Int) throws(CommandError) -> SpacedAddress {
    var address = start
    for _ in 0..<count {
      if session.interruptFlag.isSet { break }
      let line = try check { () throws(EvaluationError) in try session.instruction(at: address) }
      let mark = isNext(address) ? "=> " : "   "
      print(style.symbols("\(mark)\(label(address)):\t\(line.text)"))
      session.variables["_"] = Value(address.value, .long)
      address = address.advanced(by: line.length)
    }
    return address
  }

  private func examineString(_ start: SpacedAddress) throws(CommandError) -> SpacedAddress {
    var bytes: [UInt8] = []
    var address = start
    while bytes.count < 200 {
      let byte = try check { () throws(EvaluationError) in try session.readMemory(address, count: 1) }[0]
      address = address.advanced(by: 1)
      if byte == 0 { break }
      bytes.append(byte)
    }
    print(style.symbols("\(label(start)):\t\(formatter.quoted(bytes: bytes))\(bytes.count == 200 ? "..." : "")"))
    session.variables["_"] = Value(start.value, .long)
    return address
  }

  private func examineUnits(
    _ start: SpacedAddress, _ count: Int, _ unit: Int, _ format: ValueFormat
  ) throws(CommandError) -> SpacedAddress {
    let perLine: Int
    switch format {
    case .address: perLine = 2
    case .binary: perLine = unit == 8 ? 1 : unit == 4 ? 2 : 8
    default: perLine = [1: 8, 2: 8, 4: 4, 8: 2][unit] ?? 4
    }
    var address = start
    var left = count
    while left > 0 {
      if session.interruptFlag.isSet { break }
      var line = label(address) + ":"
      for _ in 0..<min(left, perLine) {
        let bytes: [UInt8]
        do { bytes = try session.readMemory(address, count: unit) } catch {
          if line.contains("\t") { print(style.symbols(line)) }
          throw .failed(error.description)
        }
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let padded: ValueFormat = format == .hexadecimal ? .zeroPadded : format
        var text = formatter.scalar(bits, size: unit, signed: false, nil, padded)
        if format == .binary { text = String(repeating: "0", count: unit * 8 - text.count) + text }
        line += "\t" + text
        session.variables["_"] = Value(address.value, .long)
        session.variables["__"] = Value(bits, unit == 8 ? .long : .int)
        address = address.advanced(by: unit)
        left -= 1
      }
      print(style.symbols(line))
    }
    return address
  }

  /// Shows all displays, after a stop.
  func showDisplays() {
    for display in displays where display.isEnabled { show(display) }
  }

  func show(_ display: Display) {
    do {
      let specification = try FormatSpecification(display.format, command: "display")
      let suffix = display.format.map { "/" + $0 } ?? ""
      if specification.format == .instruction || specification.format == .string || specification.unit != nil {
        print("\(display.number): x\(suffix) \(display.expression)")
        let (state, history) = (examine, session.variables)
        defer {
          examine = state
          session.variables["_"] = history["_"]
        }
        try examineMemory(try address(display.expression), specification)
      } else {
        let value = try evaluate(display.expression)
        print(
          "\(display.number): \(suffix)\(suffix.isEmpty ? "" : " ")\(display.expression) = \(formatter.text(value, specification.format))"
        )
      }
    } catch {
      report(error)
    }
  }
}
