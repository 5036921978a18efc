import Debugger
import Hypervisor

enum ListCommand: Command {
  static let name = "list"
  static let aliases = ["l"]
  static let category = CommandCategory.source
  static let summary = "Show source lines"
  static let help = """
    list [LINE | FIRST,LAST | FUNCTION | FILE:LINE | *ADDRESS | monitor:PHASE | -]
    Shows ten lines around LINE, around the beginning of FUNCTION or around pc; without arguments it goes on behind the lines
    shown last, with - before them. FIRST, shows ten lines from FIRST on; ,LAST ten lines up to LAST.
    Where the monitor is at work, its own Swift is shown: that of the phase that ran last; monitor:PHASE shows any other's.
    Example: list kernel.c:40
    """
  static let repetition = Repetition.withoutArguments
  static let completion = CompletionKind.location
  private static let count = 10

  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    if arguments.isEmpty || arguments.text == "-" || arguments.text == "+" {
      guard let shown = session.listPosition else {
        if console.selectedFrame == 0, let phase = session.monitorPhase { return try show(phase, console) }
        let frame = console.currentFrame
        guard let source = frame.source, source.line > 0, let image = session.image(at: frame.codeAddress) else {
          throw .failed("No line number is known for pc \(session.place(frame.pc)).")
        }
        return try show(around: (image, source.path, source.line), console)
      }
      if arguments.text == "-" {
        guard shown.first > 1 else {
          throw .failed("Already at the start of \(session.sources.name(of: shown.path, in: shown.image)).")
        }
        return try show(shown.image, shown.path, max(1, shown.first - count)...(shown.first - 1), console)
      }
      return try show(shown.image, shown.path, (shown.last + 1)...(shown.last + count), console)
    }
    if arguments.text.hasPrefix("monitor:") {
      let name = String(arguments.text.dropFirst("monitor:".count))
      guard let phase = VirtualCPU.Phase(rawValue: name) else {
        let names = VirtualCPU.Phase.allCases.map(\.rawValue).joined(separator: ", ")
        throw .failed("The monitor has no phase \"\(name)\".  Its phases are: \(names).")
      }
      return try show(phase, console)
    }
    if let comma = arguments.text.firstIndex(of: ",") {
      return try range(arguments.text[..<comma], arguments.text[arguments.text.index(after: comma)...], console)
    }
    try show(around: try place(arguments.text, console), console)
  }

  /// The monitor's own code.
  private static func show(_ phase: VirtualCPU.Phase, _ console: Console) throws(CommandError) {
    let (image, path, line) = console.session.monitorSource(of: phase)
    let name = console.session.sources.name(of: path, in: image)
    guard console.session.sources.text(path, of: image, warn: { _ in }) != nil else {
      throw .failed(
        "The monitor's source \(name):\(line) is not here, as in a copy without it: `directory FOLDER` says where it lies."
      )
    }
    console.print("the monitor's source of the phase `\(phase.rawValue)`:  \(name):\(line)")
    // With the line above, which says what it is for.
    let first = max(1, line - 1)
    try show(image, path, first...(first + count - 1), console)
  }

  private static func range(_ first: Substring, _ last: Substring, _ console: Console) throws(CommandError) {
    let (first, last) = (String(first).trimmed, String(last).trimmed)
    guard !first.isEmpty else {
      let end = try place(last, console)
      return try show(end.image, end.path, max(1, end.line - count + 1)...max(1, end.line), console)
    }
    let start = try place(first, console)
    guard !last.isEmpty else {
      return try show(start.image, start.path, start.line...(start.line + count - 1), console)
    }
    let end = last.allSatisfy(\.isNumber) ? Int(last) ?? 0 : try place(last, console).line
    guard start.line <= end else { throw .failed("Second line \(end) comes before the first, \(start.line).") }
    try show(start.image, start.path, start.line...end, console)
  }

  /// A line that a location names; one without code counts too.
  private static func place(
    _ text: String, _ console: Console
  ) throws(CommandError) -> (image: DebugImage, path: String, line: Int) {
    try console.checkSession { () throws(DebuggerError) in try console.session.line(named: text) }
  }

  private static func show(
    around place: (image: DebugImage, path: String, line: Int), _ console: Console
  ) throws(CommandError) {
    let first = max(1, place.line - count / 2)
    try show(place.image, place.path, first...(first + count - 1), console)
  }

  private static func show(
    _ image: DebugImage, _ path: String, _ range: ClosedRange<Int>, _ console: Console
  ) throws(CommandError) {
    let session = console.session
    let name = session.sources.name(of: path, in: image)
    guard let text = session.sources.text(path, of: image, warn: { _ in }) else {
      throw .failed("\(name): the file is not found.  `directory FOLDER` says where sources lie.")
    }
    guard range.lowerBound <= text.lines.count else {
      throw .failed("Line number \(range.lowerBound) out of range; \"\(name)\" has \(text.lines.count) lines.")
    }
    let last = min(range.upperBound, text.lines.count)
    for number in range.lowerBound...last { console.print("\(number)\t\(text.lines[number - 1])".trimmedEnd) }
    session.listPosition = ListPosition(image: image, path: path, first: range.lowerBound, last: last)
  }
}
