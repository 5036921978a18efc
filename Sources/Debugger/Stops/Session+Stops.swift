import RISCV

// Making and finding the stops of a session.
extension Session {
  package func stop(numbered number: Int) throws(DebuggerError) -> StopPoint {
    guard let stop = stops.first(where: { $0.number == number }) else { throw .noStop(number) }
    return stop
  }

  /// Adds a stop and gives it the next number.
  @discardableResult
  package func addStop(_ kind: StopPoint.Kind, isTemporary: Bool = false, condition: String? = nil)
    throws(DebuggerError) -> StopPoint
  {
    let stop = StopPoint(number: nextStopNumber, kind: kind, isTemporary: isTemporary)
    if let condition { stop.condition = try self.condition(condition) }
    nextStopNumber += 1
    stops.append(stop)
    variables["bpnum"] = .int(stop.number)
    updateHooks()
    return stop
  }

  /// Parses a condition; its symbols are looked up at once, so that a typing error shows here and not inside a run.
  package func condition(_ text: String) throws(DebuggerError) -> (text: String, expression: Expression) {
    do {
      let expression = try ExpressionParser.parse(text)
      try requireSymbols(expression)
      return (text, expression)
    } catch { throw .expression(error) }
  }

  private func requireSymbols(_ expression: Expression) throws(EvaluationError) {
    switch expression {
    case .symbol(let name): if symbol(named: name) == nil { throw .unknownSymbol(name) }
    case .unary(_, let a), .cast(_, let a), .memory(_, let a), .space(_, let a), .sizeOf(let a),
      .increment(let a, _, _):
      try requireSymbols(a)
    case .binary(_, let a, let b), .assign(let a, _, let b):
      try requireSymbols(a)
      try requireSymbols(b)
    case .conditional(let a, let b, let c):
      try requireSymbols(a)
      try requireSymbols(b)
      try requireSymbols(c)
    case .value, .dollar, .history, .sizeOfType: break
    }
  }

  /// The first place that a location names; see ``locations(_:)``.
  package func resolve(location text: String) throws(DebuggerError) -> UInt64 { try locations(text)[0].address }

  /// The places that a location names: a function (in each image that has one of the name, behind its prologue),
  /// `IMAGE:FUNCTION`, `FILE:LINE`, `LINE`, `+N`, `*EXPRESSION`, an expression. Empty is the present pc. Never empty.
  package func locations(_ text: String) throws(DebuggerError) -> [CodeLocation] {
    if text.isEmpty { return [CodeLocation(hart.pc, in: program(at: hart.pc))] }
    let functions = functions(named: text)
    if !functions.isEmpty { return functions }
    var expression = text
    if text.hasPrefix("*") {
      expression = String(text.dropFirst())
    } else if let request = try lineRequest(text) {
      return try lines(request)
    }
    do {
      let value = try evaluate(expression)
      guard value.space == .guestVirtual else {
        throw EvaluationError.other(
          "A breakpoint stands at a guest-virtual address; \(value.address.text) is physical.")
      }
      guard value.type != .void else { throw EvaluationError.other("\"\(expression)\" has no value.") }
      return [CodeLocation(value.bits & ~1)]
    } catch let error as EvaluationError {
      if case .unknownSymbol(let name) = error { throw .other("Function \"\(name)\" not defined.") }
      throw .expression(error)
    } catch { throw .other("\(error)") }
  }

  /// Reads `LINE` (of the present file), `FILE:LINE`, `+N` and `-N` (from the present line); nil where it is none of these.
  func lineRequest(_ text: String) throws(DebuggerError) -> (file: String, line: Int)? {
    let colon = text.lastIndex(of: ":")
    let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
    if colon == nil, let sign = text.first, sign == "+" || sign == "-", let distance = Int(text.dropFirst()) {
      guard let here = defaultLine else { throw .other("No line number is known here, so none counts from it.") }
      return (here.path, max(1, here.line + (sign == "+" ? distance : -distance)))
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let line = Int(digits) else {
      guard let colon, !["gva", "gpa", "hpa"].contains(String(text[..<colon])), !text.hasPrefix("{") else { return nil }
      if sourceFiles(matching: String(text[..<colon])).isEmpty {
        throw .other("No source file and no image named \(text[..<colon]).")
      }
      throw .other("Function \"\(digits)\" not defined in \"\(text[..<colon])\".")
    }
    if let colon { return (String(text[..<colon]), line) }
    guard let here = defaultLine else {
      throw .other("No line number is known here, so there is no line \(text).  An address is written *\(text).")
    }
    return (here.path, line)
  }

  /// The places of a line; see ``locations(_:)``.
  private func lines(_ request: (file: String, line: Int)) throws(DebuggerError) -> [CodeLocation] {
    let found = places(ofLine: request.line, in: request.file)
    // The nearest line that has code, in whichever image it is nearest.
    guard let nearest = found.map(\.line).min() else {
      if sourceFiles(matching: request.file).isEmpty { throw .other("No source file named \(request.file).") }
      throw .other("There is no code at line \(request.line) of \"\(request.file)\", nor behind it.")
    }
    var places: [CodeLocation] = []
    for (place, line) in found where line == nearest && !places.contains(place) { places.append(place) }
    return places
  }

  /// The line that locations without a file count from: the one listed last, or that of the selected frame.
  var defaultLine: (path: String, line: Int)? {
    if let listed = listPosition { return (listed.path, listed.last) }
    return sourcePlace(at: hart.pc).map { ($0.path, $0.line) }
  }

  /// Code symbols of a name, in every image, or in the one before a colon.
  private func functions(named text: String) -> [CodeLocation] {
    let colon = text.lastIndex(of: ":")
    let name = colon.map { String(text[text.index(after: $0)...]) } ?? text
    let image = colon.map { text[..<$0] }
    var places: [CodeLocation] = []
    for (entry, program) in symbols(named: name) where isCode(entry.symbol, in: program) {
      guard image == nil || entry.image == image! || entry.image == image! + ".elf" else { continue }
      let start = entry.symbol.address & ~1
      let home = program ?? images.all.last { $0.ownSymbols == nil && $0.covers(start) }
      let place = CodeLocation(home.map { prologueEnd(start, $0) } ?? start, in: program)
      if !places.contains(where: { $0 == place }) { places.append(place) }
    }
    return places
  }

  /// Works out what a watch expression covers.
  package func watch(_ text: String, _ access: Watch.Access) throws(DebuggerError) -> Watch {
    do {
      let expression = try ExpressionParser.parse(text)
      var value = try evaluate(expression)
      var watched = expression
      if value.type == .data, let symbol = location(of: value.bits)?.symbol {
        // Without debug information a variable is as wide as its symbol.
        let type: ValueType =
          switch symbol.size {
          case 1: .char
          case 2: .integer(size: 2, signed: true, name: "short")
          case 4: .int
          default: .long
          }
        watched = .memory(type, .value(.long(value.bits)))
        value = try evaluate(watched)
      }
      if case .space = expression {
        // A bare physical address: the eight bytes there.
        watched = .memory(.long, expression)
        value = try evaluate(watched)
      }
      if case .memory(let address) = value.location {
        // The place is fixed now, as with `watch -location`.
        if case .array = value.type {} else { watched = .memory(value.type, place(address)) }
        return Watch(
          access: access, text: text, expression: watched, range: (address, value.type.size), oldValue: value)
      }
      guard readsRegister(expression) else { throw EvaluationError.other("Cannot watch constant value `\(text)'.") }
      guard access == .write else {
        throw EvaluationError.other(
          "Only memory can be watched for reads; `watch \(text)` stops when the value changes.")
      }
      return Watch(access: access, text: text, expression: expression, range: nil, oldValue: value)
    } catch let error as EvaluationError { throw .expression(error) } catch { throw .other("\(error)") }
  }

  private func place(_ address: SpacedAddress) -> Expression {
    let value = Expression.value(.long(address.value))
    return address.space == .guestVirtual ? value : .space(address.space, value)
  }

  private func readsRegister(_ expression: Expression) -> Bool {
    switch expression {
    case .dollar: true
    case .unary(_, let a), .cast(_, let a), .memory(_, let a), .space(_, let a), .sizeOf(let a),
      .increment(let a, _, _):
      readsRegister(a)
    case .binary(_, let a, let b), .assign(let a, _, let b): readsRegister(a) || readsRegister(b)
    case .conditional(let a, let b, let c): readsRegister(a) || readsRegister(b) || readsRegister(c)
    case .value, .history, .symbol, .sizeOfType: false
    }
  }
}
