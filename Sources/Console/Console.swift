import Debugger

/// The prompt: reads lines, finds and runs commands, shows what they say and what the guest prints.
package final class Console {
  package private(set) var session: Session
  package var output: any Output { gate }
  let gate: OutputGate
  package internal(set) var surroundings: any Surroundings
  /// The lesson that the person goes through here.
  package var lesson: LessonPlayer?
  package var settings = Settings()
  package var style: Style

  /// Where the lines of the command that runs come from; multi-line commands read on here.
  var source: any LineSource
  var userCommands: [String: UserCommand] = [:]
  var userAliases: [String: String] = [:]
  var displays: [Display] = []
  var nextDisplay = 1
  /// Where and how `x` goes on.
  var examine = ExamineState()
  var selectedFrame: Int {
    get { session.selectedFrame }
    set { session.selectedFrame = newValue }
  }
  /// Commands of breakpoints that were hit, to be run when the present command is through.
  var waitingCommands: [String] = []
  private var isDraining = false
  private var depth = 0
  private var repeatable: String?
  private var guestColumn = 0
  private var linesOnPage = 0
  /// Nobody wants to read the rest of what the command shows.
  private var dropsRest = false
  /// A command that was typed where a full page waited.
  private var typedAhead: String?
  private var isPaging = false
  private var errorCount = 0

  package init(
    session: Session, output: any Output, surroundings: any Surroundings = NoSurroundings(), colours: Bool = false
  ) {
    self.session = session
    gate = OutputGate(output)
    self.surroundings = surroundings
    source = ScriptSource([])
    style = Style(isEnabled: colours)
    attach()
  }

  /// Takes another guest in place of the present one.
  func take(_ other: Session) {
    finishGuestLine()
    (displays, examine, waitingCommands, repeatable) = ([], ExamineState(), [], nil)
    let before = session
    session = other
    attach()
    withExtendedLifetime(before) {}
  }

  private func attach() {
    session.sources.read = { [unowned self] in try? surroundings.readFile($0) }
    session.sources.workingFolder = surroundings.workingFolder
    session.sources.modificationTime = { [unowned self] in surroundings.modificationTime($0) }
    session.onConsoleOutput = { [unowned self] byte in guestOutput(byte) }
    session.betweenSlices = { [unowned self] in flushGuest() }
    session.onPrintf = { [unowned self] stop in dynamicPrintf(stop) }
  }

  // MARK: Output

  /// Shows a line of our own.
  package func print(_ text: String = "") { write(text + "\n") }

  /// Shows text of our own, after an unfinished line of the guest has been ended.
  package func write(_ text: String) {
    finishGuestLine()
    if settings.isLogging { try? surroundings.writeFile(settings.logFile, Array(text.utf8), append: true) }
    if dropsRest { return }
    guard isPaging, gate.isOpen, settings.pagination, output.isTerminal, let height = output.height, height > 3 else {
      return output.write(text)
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      output.write(line + "\n")
      linesOnPage += 1
      if linesOnPage >= height - 1 { askForMore() }
      if dropsRest { return }
    }
    if !text.hasSuffix("\n") {
      output.write(String(text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""))
    }
  }

  private func askForMore() {
    linesOnPage = 0
    output.flush()
    switch source.readLine(prompt: "--Type <RET> for more, q to quit, c to continue without paging--") {
    case .line("c"): isPaging = false
    case .line("q"), .end, .interrupted: dropsRest = true
    case .line(let answer):
      // Somebody types on: the rest is shown, and then what was typed is done.
      guard !answer.trimmed.isEmpty else { return }
      isPaging = false
      typedAhead = answer
    }
  }

  func printError(_ text: String) {
    finishGuestLine()
    output.flush()
    output.writeError(style.paint(text, .error) + "\n")
  }

  /// The guest printed a byte: its lines are marked off from ours.
  private func guestOutput(_ byte: UInt8) {
    if isConsoleAttached {
      guestBytes.append(byte)
      if byte == 10 || guestBytes.count > 200 { flushGuest() }
      return
    }
    if byte == 13 { return }
    if guestColumn == 0 { guestBytes += Array(style.paint("| ", .guest).utf8) }
    guestColumn = byte == 10 ? 0 : guestColumn + 1
    guestBytes.append(byte)
    // A line is written when it ends; between slices of a run whatever is there.
    if byte == 10 || guestBytes.count > 200 { flushGuest() }
  }
  private var guestBytes: [UInt8] = []
  /// The terminal is the guest's: its output goes through as it is.
  var isConsoleAttached = false

  /// Shows what the guest has printed so far, also of an unfinished line.
  package func flushGuest() {
    guard !guestBytes.isEmpty else { return }
    output.write(String(decoding: guestBytes, as: UTF8.self))
    guestBytes.removeAll(keepingCapacity: true)
    output.flush()
  }

  func finishGuestLine() {
    flushGuest()
    if guestColumn > 0 {
      output.write("\n")
      guestColumn = 0
    }
  }

  /// Ends what the guest left on the line; the last thing to be called.
  package func finish() { finishGuestLine() }

  /// The first lines that a person sees.
  package func greet() {
    print("Vitrine: a RISC-V machine in a glass case.  `help` lists the commands, `run` lets the guest go.")
    if let line = session.specimenLine { print(line) }
    print(stopLine)
  }

  // MARK: Lines

  /// Reads and runs commands until the source ends or a command quits. Returns the exit status.
  package func interact(_ source: any LineSource) -> Int32 {
    let recorded = lesson.map { _ in RecordedLines(source) }
    let source: any LineSource = recorded ?? source
    self.source = source
    while true {
      output.flush()
      (linesOnPage, dropsRest) = (0, false)
      isPaging = source.isInteractive
      session.interruptFlag.clear()
      let prompt = session.manual?.draft == nil ? settings.prompt : "(monitor) "
      let ahead = typedAhead.map { LineRead.line($0) }
      if let line = typedAhead {
        output.write(prompt + line + "\n")
        recorded?.lineCame(line)
        typedAhead = nil
      }
      switch ahead ?? source.readLine(prompt: prompt) {
      case .end:
        if source.isInteractive { output.write("quit\n") }
        return 0
      case .interrupted: continue
      case .line(var line):
        if source.isInteractive { source.remember(line) }
        // A lesson shows commands behind the prompt; who copies one takes it along.
        if lesson != nil, line.hasPrefix(settings.prompt) { line.removeFirst(settings.prompt.count) }
        let inputsBefore = session.inputArrivals.count
        session.interruptedAt = nil
        do {
          try execute(line, allowsRepeat: source.isInteractive)
        } catch {
          if case .quit(let status) = error { return status }
          report(error)
          lesson?.advise(line, after: error)
        }
        if let recorded {
          lesson?.lineWasRun(recorded.take(), inputsBefore: inputsBefore, interruptedAt: session.interruptedAt)
        }
      }
    }
  }

  /// Runs all lines of a source; the first command that fails ends it with its error.
  package func runScript(_ script: any LineSource) throws(CommandError) {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 { throw .failed("Max user call depth exceeded -- command aborted.") }
    let previous = source
    source = script
    defer { source = previous }
    while case .line(let line) = script.readLine(prompt: "") {
      do { try execute(line) } catch {
        guard case .failed(let message) = error, let named = script as? ScriptSource, !named.name.isEmpty else {
          throw error
        }
        throw .failed("\(named.name):\(named.lineNumber): Error in sourced command file:\n\(message)")
      }
    }
  }

  /// Shows an error to the person.
  package func report(_ error: CommandError) {
    switch error {
    case .failed(let message): printError(message)
    case .loopBreak, .loopContinue: printError("This command works inside a while loop only.")
    case .quit: break
    }
  }

  /// Runs one line.
  package func execute(_ line: String, allowsRepeat: Bool = false) throws(CommandError) {
    var text = line.trimmed
    if text.isEmpty {
      guard allowsRepeat, let again = repeatable else { return }
      text = again
    }
    if text.hasPrefix("#") { return }
    if text.hasPrefix("!") { text = "shell " + text.dropFirst() }
    session.warnings = []
    defer {
      for warning in session.warnings { printError(warning) }
      session.warnings = []
    }
    let found = try resolve(text)
    switch found {
    case .user(let name, let arguments):
      if allowsRepeat { repeatable = nil }
      try runUser(name, arguments)
    case .command(let command, let arguments):
      try requireNoExit(command)
      if allowsRepeat {
        switch command.repetition {
        case .never: repeatable = nil
        case .same: repeatable = text
        case .withoutArguments: repeatable = command.name + (arguments.format.map { "/" + $0 } ?? "")
        }
      }
      try command.run(arguments, self)
    }
    try requireTrace()
    try drainWaitingCommands()
  }

  /// While the person is the monitor and has an exit to serve, the guest waits.
  private func requireNoExit(_ command: any Command.Type) throws(CommandError) {
    guard session.manual?.draft != nil, command.letsGuestRun else { return }
    throw .failed(
      "You are the monitor, and the guest waits for `enter`.  `hint` helps, `serve` has this exit served for you, "
        + "`continue` leaves.")
  }

  /// A trace that could not be written any more has ended.
  private func requireTrace() throws(CommandError) {
    guard session.trace?.error != nil else { return }
    do { try session.stopTrace() } catch { throw .failed("\(error)  The trace has ended.") }
  }

  /// Runs the commands of breakpoints that were hit. A command that lets the guest run brings its own, in place of the rest.
  private func drainWaitingCommands() throws(CommandError) {
    guard !isDraining else { return }
    isDraining = true
    defer { isDraining = false }
    while !waitingCommands.isEmpty {
      let script = ScriptSource(waitingCommands)
      waitingCommands = []
      let previous = source
      source = script
      defer { source = previous }
      while case .line(let line) = script.readLine(prompt: "") {
        try execute(line)
        if !waitingCommands.isEmpty { break }
      }
    }
  }
}
