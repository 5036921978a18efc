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
    if let condition { stop.condition = try self.condition(condition, at: stop.locations) }
    nextStopNumber += 1
    stops.append(stop)
    variables["bpnum"] = .int(stop.number)
    updateHooks()
    return stop
  }

  /// Parses a condition; its symbols are looked up at once, so that a typing error shows here and not inside a run.
  package func condition(
    _ text: String, at places: [CodeLocation] = []
  ) throws(DebuggerError) -> (text: String, expression: Expression) {
    do {
      let expression = try ExpressionParser.parse(text, isType: { [unowned self] in isType($0) })
      try requireSymbols(expression, places)
      return (text, expression)
    } catch { throw .expression(error) }
  }

  private func requireSymbols(_ expression: Expression, _ places: [CodeLocation]) throws(EvaluationError) {
    func require(_ name: String) throws(EvaluationError) {
      if symbol(named: name) != nil || places.contains(where: { hasVariable(named: name, at: $0) }) { return }
      // A variable that is there and has no value now is a name all the same.
      do throws(EvaluationError) { if try variable(named: name, in: nil) != nil { return } } catch { return }
      throw .unknownSymbol(name)
    }
    switch expression {
    case .symbol(let name): try require(name)
    case .dotted(let parts): if symbol(named: parts.joined(separator: ".")) == nil { try require(parts[0]) }
    case .call(let name, _): if ConvenienceFunction.named(name) == nil { throw .unknownFunction(name) }
    default: break
    }
    for operand in expression.operands { try requireSymbols(operand, places) }
  }

  /// The first place that a location names; see ``locations(_:)``.
  package func resolve(location text: String) throws(DebuggerError) -> UInt64 { try locations(text)[0].address }

  /// The places that a location names: a function (in each image that has one of the name, behind its prologue),
  /// `IMAGE:FUNCTION`, `FILE:LINE`, `LINE`, `+N`, `*EXPRESSION`, an expression. Empty is the present pc. Never empty.
  ///
  /// Only breakpoints may be `inCache`, at a place of the translation cache.
  package func locations(_ text: String, inCache: Bool = false) throws(DebuggerError) -> [CodeLocation] {
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
      if value.space == .translationCache {
        guard inCache else {
          throw EvaluationError.other(
            "\(value.address.text) is a place in the translation cache: break, tbreak and dprintf stop there.")
        }
        return [try cacheLocation(value.address)]
      }
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
      guard let colon, SpacedAddress.Space(rawValue: String(text[..<colon])) == nil, !text.hasPrefix("{") else {
        return nil
      }
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

  /// The functions of a name, in every image, or in the image or the source file before a colon.
  private func functions(named text: String) -> [CodeLocation] {
    let colon = text.lastIndex(of: ":")
    let name = colon.map { String(text[text.index(after: $0)...]) } ?? text
    // Addresses and sums are no names.
    guard let first = name.utf8.first, first >= 65 || first == 0x2e, !name.contains("+") else { return [] }
    var places: [CodeLocation] = []
    func add(_ place: CodeLocation, of home: DebugImage?) {
      guard colon == nil || isPart(place.address, of: String(text[..<colon!]), home), !places.contains(place) else {
        return
      }
      places.append(place)
    }
    for (entry, program) in symbols(named: name) where isCode(entry.symbol, in: program) {
      let start = entry.symbol.address & ~1
      let home = program ?? images.all.last { $0.ownSymbols == nil && $0.covers(start) }
      add(CodeLocation(home.map { prologueEnd(start, $0) } ?? start, in: program), of: home)
    }
    for (image, address) in functionsInSource(named: name) { add(CodeLocation(address, of: image), of: image) }
    return places
  }

  /// Whether code is of the image or the source file of a name.
  private func isPart(_ address: UInt64, of name: String, _ image: DebugImage?) -> Bool {
    guard let image else { return false }
    if image.name == name || image.name == name + ".elf" { return true }
    guard let path = sourcePlace(at: address, in: image)?.path else { return false }
    return path == name || path.hasSuffix("/" + name)
  }

  /// What only debug information knows: functions whose names symbols spell in another way, Swift's, with or without what they
  /// are part of; and copies that the compiler inlined.
  private func functionsInSource(named name: String) -> [(DebugImage, UInt64)] {
    guard let last = name.split(separator: ".").last else { return [] }
    let plain = String(last.prefix { $0 != "(" })
    return images.all.flatMap { image -> [(DebugImage, UInt64)] in
      guard let information = debugInformation(of: image) else { return [] }
      let whole = information.functions(named: plain).compactMap { function -> UInt64? in
        let short = shortSwiftName(function.displayName)
        let path = short.prefix { $0 != "(" }
        guard let entry = function.entry, short == name || path == name || path.hasSuffix("." + name) else {
          return nil
        }
        return prologueEnd(image.placed(entry), image)
      }
      let isWhole = !plain.isEmpty && plain == name
      let copies = isWhole ? information.inlinedCopies(ofFunctionNamed: plain).map(image.placed) : []
      return (whole + copies).map { (image, $0) }
    }
  }

  /// Works out what a watch expression covers.
  package func watch(_ text: String, _ access: Watch.Access) throws(DebuggerError) -> Watch {
    do {
      let expression = try ExpressionParser.parse(text, isType: { [unowned self] in isType($0) })
      try requireCheap(expression)
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
      if case .register(let name) = value.location {
        // A variable in a register: what the register holds, whoever has it.
        watched = .cast(value.type, .dollar(name))
        guard access == .write else {
          throw EvaluationError.other("\(text) is in the register \(name), where reads cannot be watched.")
        }
        return Watch(access: access, text: text, expression: watched, range: nil, oldValue: value)
      }
      if case .bitField(let address, let first, let count) = value.location {
        return Watch(
          access: access, text: text, expression: expression, range: (address, (first + count + 7) / 8), oldValue: value
        )
      }
      if case .memory(let address) = value.location {
        // The place is fixed now, as with `watch -location`.
        watched = .memory(value.type, place(address))
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
    case .dollar, .call: true
    default: expression.operands.contains(where: readsRegister)
    }
  }

  /// A value that is computed after every instruction cannot be one that takes a replay.
  private func requireCheap(_ expression: Expression) throws(EvaluationError) {
    if case .call(let name, _) = expression, ConvenienceFunction.named(name)?.replays ?? false {
      throw .other(
        "$\(name) is found by running again beside, too slow to watch.  A condition of a breakpoint may ask it.")
    }
    for operand in expression.operands { try requireCheap(operand) }
  }
}
