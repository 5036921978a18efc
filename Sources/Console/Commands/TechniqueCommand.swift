import Debugger
import Hypervisor
import RISCV

enum TechniqueCommand: Command {
  static let name = "technique"
  static let category = CommandCategory.running
  static let summary = "Choose how the guest is virtualized, at reset or in the middle of its run"
  static let help = """
    technique [TECHNIQUE[/PAGING[/POLICY]]]
    native               no monitor: the guest is the machine
    emulation            the monitor steps every instruction of the guest
    trap-and-emulate     guest code runs in U-mode under shadow tables, whatever is privileged traps; /shadow/virtual-tlb
                         throws shadows away at fences, /shadow/traced (else) follows stores to the guest's page tables
    binary-translation   the guest's kernel runs from a cache of translated code, its programs directly; /shadow/virtual-tlb too
    manual               trap-and-emulate with you in the monitor's place: each exit stops at the (monitor) prompt, `enter`
                         compares your work with what the guest's own hart makes of it. `help enter` tells more
    hardware-assisted    the guest's S and U run in VS and VU; /nested paging, or /shadow with its policies
    After the first instruction the guest runs again from reset under the new technique, with the same input and the same
    changes, to where it stands now: by EQUIVALENCE it is the same guest there, and the digests are compared. It cannot where
    the guest writes to a file (,rw disks). Cycles, exits and faults are then those of the new technique from reset on.
    Example: technique trap-and-emulate
    """
  static let completion = CompletionKind.words(Technique.all.map(\.description) + ["manual"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    if arguments.isEmpty { return console.print(line(session)) }
    if arguments.words.first == "manual" { return try beManual(arguments, console) }
    let technique: Technique
    do { technique = try Technique(parsing: arguments.text) } catch { throw .failed("\(error)".capitalizedFirst + ".") }
    if technique == session.technique, session.manual != nil {
      session.endManual()
      return console.print("\(line(session))  The monitor serves its exits.")
    }
    session.endManual()
    if technique == session.technique { return console.print("The technique is \(technique) already.") }
    console.finishGuestLine()
    let isFresh = session.machine.steps == 0
    let outcome = try console.checkSession { () throws(DebuggerError) in try session.change(to: technique) }
    if outcome == .interrupted {
      return console.print("Interrupted: the technique is \(session.technique) as before.")
    }
    console.selectedFrame = 0
    console.print(isFresh ? line(session) : story(outcome, session))
    for (stop, reason) in session.sleepingStops {
      console.print("\(stop.title) cannot be hit now.  \(reason)")
    }
    console.print(console.stopLine)
    console.showDisplays()
  }

  /// What `show technique` says.
  static func line(_ session: Session) -> String {
    "The technique is \(session.technique)\(session.manual == nil ? "" : ", and you are the monitor")."
  }

  private static func beManual(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard arguments.words.count == 1 else {
      throw .failed(
        "A person takes the place of trap-and-emulate's monitor only, by \"technique manual\": under hardware assistance the "
          + "exits that are left are faults of nested tables and devices.")
    }
    let session = console.session
    if session.manual != nil { return console.print("You are the monitor already.") }
    console.finishGuestLine()
    let isFresh = session.machine.steps == 0
    let outcome = try console.checkSession(session.beginManual)
    if outcome == .interrupted {
      return console.print("Interrupted: the technique is \(session.technique) as before.")
    }
    console.selectedFrame = 0
    if let outcome, !isFresh { console.print(story(outcome, session)) }
    for (stop, reason) in session.sleepingStops {
      console.print("\(stop.title) cannot be hit now.  \(reason)")
    }
    console.print(
      "You are the monitor: each exit stops, and the guest goes on by `enter`.  `hint` helps, `serve` gives up.")
    session.manualIntroduction.isEmpty
      ? console.print(console.stopLine) : session.manualIntroduction.forEach(console.print)
  }

  private static func story(_ outcome: TechniqueSwitch, _ session: Session) -> String {
    let run =
      "Under \(session.technique) the guest was run again from reset to retired \(grouped(session.machine.position))"
    switch outcome {
    case .equal(let digest): return "\(run): EQUAL, digest \(hex16(digest))."
    case .different(let before, let after):
      return "\(run): it DIFFERS from what it was, digest \(hex16(before)) before, \(hex16(after)) now."
    case .interrupted: return ""
    }
  }
}
