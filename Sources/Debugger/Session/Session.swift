import Hypervisor
import Machine
import ObjectFile
import RISCV
import Trace

/// One guest under the debugger: its virtual machine under some technique, what is known of its code, where it is to stop, and the prompt's own values.
///
/// A session does no input or output. The guest's state after N retired instructions follows from the configuration and the
/// logs kept here, so any earlier point can be reached by running again (``seek(_:)``).
package final class Session {
  package let configuration: MachineConfiguration
  /// The guest under its technique: what of a host stands below it is there to look at.
  package private(set) var virtualMachine: VirtualMachine
  /// The guest's machine: its harts are the virtual harts.
  package var machine: Machine { virtualMachine.machine }
  package var technique: Technique { virtualMachine.technique }
  package let interruptFlag: InterruptFlag
  /// What is known of the code that runs.
  package internal(set) var images = ImageTable()
  var programSearch: ProgramSearch?
  var backtraceCache: BacktraceCache?
  /// The frame that expressions are about: 0 is the innermost.
  package var selectedFrame = 0
  /// The mode whose translation addresses take, where it is not the hart's: that of a frame below a trap.
  var viewedPrivilege: PrivilegeMode?
  /// Lines shown last by `list`: where it goes on, and what locations without a file count from. Nil after a stop.
  package var listPosition: ListPosition?
  /// Reads the source files that images name.
  package let sources: SourceFiles

  /// The hart that commands are about.
  package var selectedHart = 0
  package var hart: Hart { machine.harts[selectedHart] }

  package var stops: [StopPoint] = []
  package var nextStopNumber = 1
  package var variables: [String: Value] = [:]
  package var valueHistory: [Value] = []
  package var warnings: [String] = []

  package private(set) var stages = StageTracker()
  package private(set) var progress = ProgressWatch()
  /// Called with each byte of console output that is new to the person (not with what a replay repeats).
  package var onConsoleOutput: ((UInt8) -> Void)?
  /// Called where a `dprintf` stands.
  package var onPrintf: ((StopPoint) -> Void)?
  /// The guest is stopped for good at this retired count; nil for no limit.
  package var positionLimit: UInt64?
  /// Where Ctrl-C stopped a run last, in retired instructions; whoever wants to know sets it to nil before.
  package var interruptedAt: UInt64?
  /// Where a run stops as if Ctrl-C had been pressed there: once, and only if it comes by. A command that runs the guest again beside
  /// stops at its beginning where the guest stands there. So a person's Ctrl-C is repeated.
  package var interruptAt: UInt64?
  /// Called between slices of a long run, for whoever feeds input or shows output.
  package var betweenSlices: (() -> Void)?
  /// A run stops where a translation is used that the page tables no longer agree with.
  package var checksStaleTranslations = false {
    didSet { updateHooks() }
  }
  /// A run stops where a monitor of the person's makes a mistake: at the entry that is not right, or when it does not enter its
  /// guest any more.
  package var checksMonitor = false {
    didSet { updateHooks() }
  }
  /// What our own monitor takes for the same guest, once somebody has asked.
  var referenceExits: ExitStatistics?
  /// Writes what the guest does to a file; see ``startTrace(_:)``.
  package internal(set) var trace: TraceRecorder?

  /// Fields of the event whose condition is being computed.
  var eventFields: [(name: String, value: UInt64)] = []
  /// What the hooks found in the current run.
  var pending: PendingStop?
  /// Addresses at which the session itself stops, with the test that decides.
  var internalStops: [UInt64: (Hart) -> Bool] = [:]
  /// While set, hooks stop at nothing of the person's: a replay runs.
  var isReplaying = false
  /// Changes the person made, in order, so that a replay makes them too.
  var changes: [(position: UInt64, change: Change)] = []
  /// The stage that `stepstage` or a catchpoint waits for.
  var stageToStopAt: StageWish?
  /// What `stepworld` and its kin wait for.
  var awaited: AwaitedEvents?
  var cycleStep: CycleStep?
  /// The current hart's cycles where the instruction that ``cycleStep`` is about began.
  var cycleStart: UInt64 = 0
  var exitTally: ExitTally?
  /// The person is the monitor.
  package internal(set) var manual: ManualMonitor?
  /// Exits that the person has served rightly, in all.
  package internal(set) var servedExits: UInt64 = 0
  /// What the guest has printed.
  var consoleLog = ConsoleLog()
  /// Facts that were found by running again, where the guest stands.
  var replayedFacts = ReplayedFacts()
  /// Stands for this program where the monitor's own source is shown.
  var monitorImage: DebugImage?

  /// Typed, with the number of entries that the input's log had then: it grows when they come in.
  private var typed: (bytes: [UInt8], logged: Int) = ([], 0)
  /// What was typed and has not come in yet, as it does at the next border of turns.
  var waitingInput: [UInt8] {
    get { typed.logged == machine.board.consoleInput.arrivals.count ? typed.bytes : [] }
    set { typed = (newValue, machine.board.consoleInput.arrivals.count) }
  }

  /// The same guest under several techniques, while `side` has it open.
  package internal(set) var side: SideBySide?
  /// The stale use at which the guest stopped last.
  package internal(set) var stalePoint: StalePoint?

  enum StageWish: Equatable {
    case any
    case named(String)

    func isMet(by entry: StageEntry) -> Bool {
      switch self {
      case .any: true
      case .named(let name): entry.isOf(name)
      }
    }
  }
  /// Events at which a run stops that the person has set no stop for.
  struct AwaitedEvents {
    var kinds: EventMask = []
    /// Accesses to these places are among them.
    var places: [WatchedRange] = []
    /// Which of them count.
    var test: (Hart, Event) -> Bool = { _, _ in true }
  }
  struct PendingStop {
    var points: [StopPoint] = []
    var event: Event?
    /// What each of the points was hit by, by its number, where one event made several others.
    var events: [Int: Event] = [:]
    var oldValue: Value?
    var newValue: Value?
    var stage: StageEntry?
    /// The event that was waited for.
    var awaited: Event?
    var stale: StaleUse?
    /// The entry into the guest of the person's monitor that the event is about.
    var entry: EntryCheck?
    var isInternal = false
  }

  /// Builds the machine, stopped before its first instruction.
  package convenience init(
    _ configuration: MachineConfiguration, technique: Technique = .native, costs: CostModel = .standard,
    choices: MonitorChoices = MonitorChoices(), interruptFlag: InterruptFlag = InterruptFlag()
  ) throws(DebuggerError) {
    self.init(try Session.build(configuration, technique, costs, choices), interruptFlag: interruptFlag)
  }

  /// Takes over a machine where it stands. What it did before is known only as far as running it again tells.
  package init(_ virtualMachine: VirtualMachine, interruptFlag: InterruptFlag = InterruptFlag()) {
    configuration = virtualMachine.machine.configuration
    self.virtualMachine = virtualMachine
    (self.interruptFlag, sources) = (interruptFlag, SourceFiles())
    for image in machine.board.images where !image.symbols.isEmpty {
      images.add(image.role == .guest ? DebugImage(guest: image) : DebugImage(image), symbols: image.symbols)
    }
    checksMonitor = specimen != nil
    attach()
    noteReset()
  }

  /// A session of its own over a replica of another's guest, with the same knowledge of its code and of its run so far.
  init(_ virtualMachine: VirtualMachine, beside other: Session) {
    configuration = other.configuration
    self.virtualMachine = virtualMachine
    (interruptFlag, sources) = (other.interruptFlag, other.sources)
    (images, stages, changes, consoleLog) = (other.images, other.stages, other.changes, other.consoleLog)
    attach()
    stages.forget(after: machine.position)
    consoleLog.forget(after: machine.board.consoleOutputCount)
  }

  static func build(
    _ configuration: MachineConfiguration, _ technique: Technique, _ costs: CostModel, _ choices: MonitorChoices
  ) throws(DebuggerError) -> VirtualMachine {
    do { return try VirtualMachine(configuration, technique: technique, costs: costs, choices: choices) } catch {
      throw .machine(error)
    }
  }
  /// A new machine as the present one was built, under this technique.
  func rebuild(under technique: Technique) throws(DebuggerError) -> VirtualMachine {
    try Session.build(configuration, technique, virtualMachine.costs, virtualMachine.choices)
  }

  /// Connects the hooks of a machine, new or rebuilt, to this session.
  private func attach() {
    interruptFlag.attach(machine.stopRequest)
    machine.board.onConsoleOutput = { [unowned self] byte in
      stages.output(byte, position: machine.position, cycle: machine.clock)
      consoleLog.append(byte)
      progress.outputHappened()
      if !isReplaying { onConsoleOutput?(byte) }
    }
    machine.breakpointHit = { [unowned self] hart, pc in breakpointHit(hart, pc) }
    machine.watchHit = { [unowned self] hart, event in watchHit(hart, event) }
    machine.eventHandler = { [unowned self] hart, event in eventHappened(hart, event) }
    trace?.attach(to: machine)
    selectedHart = machine.currentHart
    updateHooks()
  }

  /// Takes another machine in place of the present one, at `position`.
  func replace(with other: VirtualMachine) {
    trace?.detach()
    virtualMachine = other
    attach()
    stages.forget(after: machine.position)
    consoleLog.forget(after: machine.board.consoleOutputCount)
    replayedFacts.forget()
    progress = ProgressWatch()
    cycleStep = nil
    typed = ([], 0)
    exitTally = nil
    manual?.forgetRun()
  }

  /// Forgets everything about the run so far: the machine is new.
  func restartRecords() {
    stages = StageTracker()
    changes = []
    stalePoint = nil
    noteReset()
  }

  private func noteReset() {
    _ = stages.enter(
      StageEntry(name: "rom", hart: 0, position: 0, cycle: 0, pc: machine.board.startAddress, by: "reset"))
  }

  /// The names of the guest's markers, from its symbols.
  package var markerNames: MarkerNames {
    let tables = [images.common] + images.programs.compactMap(\.ownSymbols)
    return MarkerNames(tables.lazy.flatMap(\.all).map(\.symbol))
  }

  func enterStage(_ entry: StageEntry) -> Bool { stages.enter(entry) }
  func noteProgress(_ event: Event, _ hart: Hart) { progress.note(event, hart) }

  /// Hands the machine the addresses, ranges and kinds of events that the present stops need.
  package func updateHooks() {
    let enabled = stops.filter(\.isEnabled)
    let places = enabled.flatMap(\.locations)
    virtualMachine.codeCache?.setBreakpoints(Set(places.compactMap(\.cachePlace)))
    var addresses = Set(places.filter { $0.cachePlace == nil }.map(\.address)).union(internalStops.keys)
    if !stages.has("firmware") { addresses.formUnion(imageEntries) }
    for image in images.all {
      if let stage = image.stage, stage != .user, !stages.has(stage.rawValue) { addresses.formUnion(image.entries) }
    }
    machine.breakpoints = addresses
    var mask: EventMask = [.trap, .privilege]
    if let awaited { mask.formUnion(awaited.kinds) }
    if manual != nil { mask.insert(.exit) }
    if checksStaleTranslations && canCheckTranslations { mask.insert(.stale) }
    if checksMonitor { mask.formUnion([.entry, .overdue]) }
    if specimen != nil && awaited != nil { mask.insert(.overdue) }
    var ranges = awaited?.places ?? []
    for stop in enabled {
      switch stop.kind {
      case .catchpoint(let what): mask.formUnion(what.mask)
      case .watchpoint(let watch):
        if let range = watch.watchedRange { ranges.append(range) } else { mask.insert(.retired) }
      case .breakpoint, .printf: break
      }
    }
    machine.eventMask = mask
    machine.watchedRanges = ranges
  }

  /// Where images begin: the boot ROM jumps to one of them, which no privilege event tells.
  private var imageEntries: [UInt64] {
    machine.board.images.filter { ![.deviceTree, .initrd, .guest].contains($0.role) }.map(\.entry)
  }
}
