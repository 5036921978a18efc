import ArgumentParser
import Console
import Debugger
import Hypervisor
import LessonKit
import Machine
import Trace

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the prompt starts, in gdb's words.
struct PromptOptions: ParsableArguments {
  @Option(
    name: .customShort("x"), help: ArgumentHelp("Run the commands of a file. Repeatable.", valueName: "file"),
    completion: .file())
  var scripts: [String] = []
  @Option(
    name: .customLong("ex", withSingleDash: true),
    help: ArgumentHelp("Run a command. Repeatable.", valueName: "command"))
  var commands: [String] = []
  @Flag(
    name: [.customLong("batch"), .customLong("batch", withSingleDash: true)],
    help: "Leave after -x and -ex; the first command that fails ends with status 1.")
  var batch = false
  @Flag(name: [.customShort("q"), .customLong("quiet")], help: "No greeting.")
  var quiet = false
  @Flag(name: .customLong("nx", withSingleDash: true), help: "Do not read ~/.vitrinerc.")
  var noInit = false

  /// Scripts and commands in the order in which they were typed.
  enum Step {
    case script(String)
    case command(String)
  }
  func steps(_ arguments: [String]) -> [Step] {
    var (scripts, commands) = (scripts[...], commands[...])
    var steps: [Step] = []
    for argument in arguments {
      if argument == "-x" || argument.hasPrefix("-x="), let script = scripts.popFirst() {
        steps.append(.script(script))
      } else if argument == "-ex" || argument.hasPrefix("-ex="), let command = commands.popFirst() {
        steps.append(.command(command))
      }
    }
    return steps + scripts.map { .script($0) } + commands.map { .command($0) }
  }
}

/// `vitrine debug`: the prompt on a guest.
final class PromptRunner: Surroundings {
  private let first: Session
  /// The guest that the prompt is on now.
  var session: Session { console?.session ?? first }
  private weak var console: Console?
  private let options: MachineOptions
  private let output = StandardOutput()
  /// Where commands of the shell run: in a lesson with tasks, where the student's files are.
  private var shellFolder: String?

  /// `trace` is asked for a recorder once the machine is there.
  init(
    _ configuration: MachineConfiguration, _ options: MachineOptions, costs: CostModel = .standard,
    choices: MonitorChoices = MonitorChoices(), trace: () throws -> TraceRecorder? = { nil }
  ) throws {
    first = try Self.session(configuration, options, costs: costs, choices: choices)
    self.options = options
    if let recorder = try trace() { first.startTrace(recorder) }
  }

  /// The prompt on a guest that has run already.
  init(_ virtualMachine: VirtualMachine, _ options: MachineOptions) {
    first = Session(virtualMachine)
    self.options = options
  }

  /// The prompt on a lesson's machine.
  init(lessonMachine: String) throws {
    do { first = try LessonMachine.session(lessonMachine) } catch { throw Failure(error.text) }
    options = try MachineOptions.parse([])
  }

  /// A session on the machine that the options describe.
  static func session(
    _ configuration: MachineConfiguration, _ options: MachineOptions, costs: CostModel, choices: MonitorChoices,
    interruptFlag: InterruptFlag = InterruptFlag()
  ) throws -> Session {
    let session: Session
    do {
      session = try Session(
        configuration, technique: options.chosenTechnique, costs: costs, choices: choices, interruptFlag: interruptFlag)
    } catch let error as DebuggerError { throw Failure("\(error)") }
    session.positionLimit = options.maxInstructions
    session.checksStaleTranslations = options.check.contains("stale-translation")
    for text in options.symbols {
      guard let (path, stage) = ImageStage.parse(text) else { continue }
      do { try session.addSymbolFile(try Files.read(path), path: path, stage: stage) } catch {
        throw Failure((error as? CommandError)?.message ?? "\(error)")
      }
    }
    return session
  }

  /// Opens a lesson where its student left it. Returns the exit status.
  static func lesson(
    _ lesson: Lesson, _ folder: LessonFolder, _ progress: LessonProgress, _ student: StudentFolder
  ) throws -> Int32 {
    let runner = try PromptRunner(lessonMachine: lesson.machine(ofStep: progress.step))
    let prompt = try PromptOptions.parse(["-nx"])
    if !lesson.tasks.isEmpty { runner.shellFolder = student.work(of: lesson.id) }
    return try runner.run(prompt) { console throws(CommandError) in
      let player = LessonPlayer(
        lesson, progress, console: console,
        workshop: StudentWorkshop(folder, student, interruptFlag: runner.first.interruptFlag))
      console.lesson = player
      try player.open()
    }
  }

  /// What is said before the first prompt, in place of the usual line.
  typealias Greeting = (Console) throws(CommandError) -> Void

  /// Runs scripts, then the prompt. Returns the exit status.
  func run(_ prompt: PromptOptions, greeting: Greeting? = nil) throws -> Int32 {
    let signals = Signals()
    let flag = session.interruptFlag
    signal(SIGPIPE, SIG_IGN)
    signals.on([SIGINT]) { _ in flag.raise() }
    signals.on([SIGTERM, SIGHUP]) { number in
      Terminal.leaveRawMode()
      _exit(128 + number)
    }
    let timer = options.timeout.map { DeadlineTimer(seconds: $0) { flag.raise() } }
    defer { timer?.cancel() }
    let console = Console(session: first, output: output, surroundings: self, colours: Terminal.wantsColours)
    self.console = console
    defer {
      console.finish()
      output.flush()
    }
    _ = signals
    let status = interact(prompt, console, greeting)
    do { try session.stopTrace() } catch {
      console.report(.failed("\(error)"))
      return max(status, 1)
    }
    return status
  }

  /// Scripts, commands, and the prompt.
  private func interact(_ prompt: PromptOptions, _ console: Console, _ greeting: Greeting?) -> Int32 {
    if let greeting {
      do { try greeting(console) } catch {
        console.report(error)
        return 1
      }
    }
    if let status = runSteps(prompt, console) { return status }
    if prompt.batch { return 0 }
    if Terminal.hasInput, let editor = LineEditor(historyPath: Files.expand("~/.vitrine_history")) {
      if !prompt.quiet, greeting == nil { console.greet() }
      editor.complete = { console.complete($0) }
      let status = console.interact(editor)
      if console.settings.historySave { editor.saveHistory(size: console.settings.historySize) }
      return status
    }
    return console.interact(PlainLines())
  }

  /// The rc file, -x and -ex. A status when one of them ends the run.
  private func runSteps(_ prompt: PromptOptions, _ console: Console) -> Int32? {
    var steps = prompt.steps(Array(CommandLine.arguments.dropFirst()))
    let initFile = Files.expand("~/.vitrinerc")
    if !prompt.noInit, Files.exists(initFile) { steps.insert(.script(initFile), at: 0) }
    for step in steps {
      do throws(CommandError) {
        switch step {
        case .script(let path): try console.runScript(ScriptSource(text: try readFile(path), name: path))
        case .command(let line): try console.execute(line)
        }
      } catch {
        if case .quit(let status) = error { return status }
        console.report(error)
        if prompt.batch { return 1 }
      }
    }
    return nil
  }

  // MARK: Surroundings

  func readFile(_ path: String) throws(CommandError) -> [UInt8] { try Files.read(path) }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) {
    try Files.write(path, bytes, append: append)
  }
  let workingFolder = Files.workingFolder
  func modificationTime(_ path: String) -> Double? { Files.modificationTime(path) }
  func openTrace(_ path: String) throws(CommandError) -> any TraceOutput {
    do { return try TraceFile(path) } catch { throw .failed("\(error)") }
  }
  func runShell(_ command: String) throws(CommandError) -> Int32 {
    output.flush()
    let folder = shellFolder.flatMap { Files.exists($0) ? $0 : nil }
    guard let status = ShellProcess.run(command, in: folder) else { throw .failed("There is no /bin/sh.") }
    return status
  }
  func completeFile(_ prefix: String) -> [String] { Files.complete(prefix) }

  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) {
    guard Terminal.hasInput else {
      throw .failed("The keyboard can be given to the guest at a terminal only; `type \"TEXT\"` works everywhere.")
    }
    output.write("[the keyboard is the guest's; Ctrl-] comes back]\n")
    output.flush()
    let flag = session.interruptFlag
    let keyboard = Keyboard(keys: .bracket) { flag.raise() }
    Terminal.enterRawMode()
    let session = session
    let before = session.betweenSlices
    let pace = IdlePace(
      keyboard: keyboard, isLive: true, deadline: nil, beforeWaiting: { before?() }, shouldStop: { flag.isSet })
    session.betweenSlices = {
      before?()
      let bytes = keyboard.take()
      if !bytes.isEmpty { session.type(bytes) }
    }
    session.machine.idleHandler = { next in
      let answer = pace.answer(next: next, clock: session.machine.clock)
      if case .again = answer { session.type(keyboard.take()) }
      return answer
    }
    defer {
      keyboard.stop()
      Terminal.leaveRawMode()
      session.betweenSlices = before
      session.machine.idleHandler = nil
    }
    try body()
  }
}
