import Debugger

// How commands name breakpoints and displays: numbers, ranges such as `3-5`, and expressions such as `$bpnum`.
extension Console {
  func numbers(_ text: String) throws(CommandError) -> [Int] {
    var result: [Int] = []
    for word in Arguments(text).words {
      let parts = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2, let low = Int(parts[0]), let high = Int(parts[1]) {
        guard low <= high, high - low < 10_000 else { throw .failed("Inverted range: \(word).") }
        result += Array(low...high)
      } else if let number = Int(word) {
        result.append(number)
      } else if word.hasPrefix("$") {
        result.append(Int(truncatingIfNeeded: try evaluate(word).bits))
      } else {
        throw .failed("Bad breakpoint argument: '\(word)'")
      }
    }
    return result
  }

  func stop(_ text: String) throws(CommandError) -> StopPoint {
    let all = try stops(text)
    guard all.count == 1 else { throw .failed("One breakpoint number is expected, not \"\(text)\".") }
    return all[0]
  }

  func stops(_ text: String) throws(CommandError) -> [StopPoint] {
    var result: [StopPoint] = []
    for number in try numbers(text) {
      result.append(try checkSession { () throws(DebuggerError) in try session.stop(numbered: number) })
    }
    return result
  }

  /// Does something to the named stops, or to all when none is named.
  func forStops(_ text: String, _ body: (StopPoint) -> Void) throws(CommandError) {
    for stop in text.isEmpty ? session.stops : try stops(text) { body(stop) }
    session.updateHooks()
  }

  /// Handles `enable display…` and its kind. False when the arguments are not about displays.
  func forDisplays(_ arguments: Arguments, _ body: (inout Display) -> Void) throws(CommandError) -> Bool {
    let (first, rest) = arguments.splitFirst()
    guard first == "display" else { return false }
    let wanted = try numbers(rest)
    for number in wanted where !displays.contains(where: { $0.number == number }) {
      throw .failed("There is no display number \(number).  `info display` lists them.")
    }
    for index in displays.indices where wanted.isEmpty || wanted.contains(displays[index].number) {
      body(&displays[index])
    }
    return true
  }
}
