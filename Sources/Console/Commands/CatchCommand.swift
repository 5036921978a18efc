import Debugger
import RISCV

enum CatchCommand: Command {
  static let name = "catch"
  static let category = CommandCategory.stops
  static let summary = "Stop at an event: a trap, an interrupt, a CSR, an exit to the monitor and others"
  static let help = """
    catch trap [CAUSE] [if CONDITION]            a synchronous exception; CAUSE is a number or a name such as load-page-fault
    catch interrupt [CAUSE] [if CONDITION]       an interrupt, such as machine-timer
    catch privilege [M|S|U|VS|VU] [if CONDITION]       a change of privilege, into that mode
    catch csr NAME [if CONDITION]                an instruction reads or writes a CSR
    catch stage [NAME]                           a boot stage is entered for the first time
    catch balloon [request|notice|inflate|deflate|report] [if CONDITION]    a new target, the driver reads it, pages are given up,
      taken back, or reported free
    catch marker [N|NAME] [if CONDITION]         the hint `slti x0, x0, N`; NAME is of a symbol marker_NAME = N; -N is an end
    catch exit [CAUSE] [if CONDITION]            the guest stops in the monitor, by this cause of the physical hart's trap;
                                                 also guest-page-fault, page-fault, environment-call and interrupt for any such
    catch entry [REASON] [if CONDITION]          the monitor is done and lets the guest go on; REASON as in `info exits`
    catch fault [hidden|dirty|traced|true] [if CONDITION]    a page fault of the physical hart, by what it is to the guest
    catch shadow [fill|drop|protect] [if CONDITION]          an entry of the monitor's shadow tables
    catch nested [fill|drop] [if CONDITION]      an entry of its nested tables
    catch tlb [fill|flush] [if CONDITION]        a translation is kept, or some are dropped
    Stops after the event; an exit stops before the monitor has looked at it, with the guest's pc still at its instruction.
    A condition may ask for the event's fields: trap $cause $value $from $to; interrupt $cause $from $to; privilege $from $to;
    csr $old $new (of a write) $value (of a read) $write; balloon $pages $total (given up then) $step (0 request, 1 inflate,
    2 deflate, 3 notice, 4 report);
    marker $number; exit $cause $value $gpa; entry $reason $cycles; fault $addr $class; shadow and nested $addr (of the page)
    $physical; tlb $addr $physical $write. Modes are 0 U, 1 S, 3 M, 4 VU, 5 VS.
    Example: catch trap load-page-fault if $value < 4096
    Example: catch entry csr-access if $cycles > 2000
    """
  static let completion = CompletionKind.words(kinds)
  private static let kinds = [
    "trap", "interrupt", "privilege", "csr", "stage", "balloon", "marker", "exit", "entry", "fault", "shadow", "nested",
    "tlb",
  ]
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try set(arguments, console, isTemporary: false)
  }

  static func set(_ arguments: Arguments, _ console: Console, isTemporary: Bool) throws(CommandError) {
    let (head, condition) = arguments.splitCondition()
    let (kind, argument) = Arguments(head).splitFirst()
    let what = try parse(kind, argument, console.session)
    try console.checkSession { () throws(DebuggerError) in try console.session.requireEvents(of: what) }
    let stop = try console.checkSession { () throws(DebuggerError) in
      try console.session.addStop(.catchpoint(what), isTemporary: isTemporary, condition: condition)
    }
    console.print("\(stop.title) (\(what.text))")
  }

  private static func parse(_ kind: String, _ argument: String, _ session: Session) throws(CommandError) -> Catch {
    let matches = kinds.filter { !kind.isEmpty && $0.hasPrefix(kind) }
    guard matches.count == 1 else {
      if kind.isEmpty {
        throw .failed("Argument required: one of \(kinds.joined(separator: ", ")).  Try \"help catch\".")
      }
      throw .failed("Undefined catch command: \"\(kind)\".  Try \"help catch\".")
    }
    switch matches[0] {
    case "trap":
      if argument.isEmpty { return .trap(nil) }
      guard let cause = ExceptionCause.named(argument) else {
        let names = ExceptionCause.allCases.map(\.argument).joined(separator: ", ")
        throw .failed("No exception \"\(argument)\".  The causes are: \(names).")
      }
      return .trap(cause)
    case "interrupt":
      if argument.isEmpty { return .interrupt(nil) }
      guard let interrupt = Interrupt.named(argument) else {
        let names = Interrupt.allCases.map(\.argument).joined(separator: ", ")
        throw .failed("No interrupt \"\(argument)\".  The interrupts are: \(names).")
      }
      return .interrupt(interrupt)
    case "privilege":
      if argument.isEmpty { return .privilege(nil) }
      guard let mode = PrivilegeMode.allCases.first(where: { $0.letter == argument.uppercased() }) else {
        throw .failed("No privilege mode \"\(argument)\": it is M, S, U, VS or VU.")
      }
      return .privilege(mode)
    case "csr":
      if argument.isEmpty { throw .failed("Argument required (the name of a CSR, such as satp).") }
      guard let number = CSRName.number(named: argument.hasPrefix("$") ? String(argument.dropFirst()) : argument) else {
        throw .failed("No CSR \"\(argument)\".  `info registers csr` lists them.")
      }
      return .csr(number)
    case "balloon":
      if argument.isEmpty { return .balloon(nil) }
      guard let step = BalloonStep.allCases.first(where: { "\($0)" == argument }) else {
        throw .failed(
          "No such thing as \"\(argument)\" happens to a balloon: it is request, notice, inflate, deflate or report.")
      }
      return .balloon(step)
    case "marker":
      return .marker(argument.isEmpty ? nil : try marker(argument, session))
    case "exit": return .exit(try exitCauses(argument))
    case "entry":
      if argument.isEmpty { return .entry(nil) }
      guard let reason = ExitReason(name: argument) else {
        let names = ExitReason.allCases.map(\.name).joined(separator: ", ")
        throw .failed("No reason \"\(argument)\" for an exit.  The reasons are: \(names).")
      }
      return .entry(reason)
    case "shadow": return .shadow(try step(argument, of: ShadowStep.allCases, "an entry of a shadow table"))
    case "nested": return .nested(try step(argument, of: NestedStep.allCases, "an entry of a nested table"))
    case "tlb": return .tlb(try step(argument, of: TLBStep.allCases, "a TLB"))
    case "fault":
      if argument.isEmpty { return .fault(nil) }
      guard let kind = FaultClass.allCases.first(where: { $0.name == argument }) else {
        throw .failed("No kind of fault \"\(argument)\": to the guest it is hidden, dirty, traced or true.")
      }
      return .fault(kind)
    default:
      let names = ["firmware", "loader", "kernel", "user"] + (session.specimen == nil ? [] : ["monitor"])
      if argument.isEmpty { return .stage(nil) }
      guard names.contains(argument) else {
        throw .failed("No stage \"\(argument)\".  The stages are: \(names.joined(separator: ", ")).")
      }
      return .stage(argument)
    }
  }

  /// The number of a marker by its number or name.
  static func marker(_ argument: String, _ session: Session) throws(CommandError) -> Int {
    if let number = session.markerNames.number(argument) { return number }
    let names = session.markerNames.all
    let known = names.isEmpty ? "This guest names none." : "The names are: \(names.joined(separator: ", "))."
    throw .failed("No marker \"\(argument)\": it is a number from -2048 to 2047 or a name.  \(known)")
  }

  private static func exitCauses(_ argument: String) throws(CommandError) -> ExitCauses? {
    if argument.isEmpty { return nil }
    if let causes = ExitCauses(named: argument) { return causes }
    if ExitReason(name: argument) != nil {
      throw .failed(
        "\(argument) is what an exit turns out to be about, once the monitor has looked: "
          + "\"catch entry \(argument)\" stops there.")
    }
    let names = ExitCauses.names.joined(separator: ", ")
    throw .failed("No exception \"\(argument)\".  The causes are: \(names).")
  }

  /// One of the things that happen to something; nil for any of them.
  private static func step<Step>(
    _ argument: String, of all: [Step], _ what: String
  ) throws(CommandError) -> Step? {
    if argument.isEmpty { return nil }
    let names = all.map { "\($0)" }
    guard let index = names.firstIndex(of: argument) else {
      throw .failed("No such thing as \"\(argument)\" happens to \(what): it is \(names.joined(separator: " or ")).")
    }
    return all[index]
  }
}
