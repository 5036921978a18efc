import Debugger
import RISCV

enum CatchCommand: Command {
  static let name = "catch"
  static let category = CommandCategory.stops
  static let summary = "Stop at an event: a trap, an interrupt, a change of privilege, a CSR, a stage and others"
  static let help = """
    catch trap [CAUSE] [if CONDITION]            a synchronous exception; CAUSE is a number or a name such as load-page-fault
    catch interrupt [CAUSE] [if CONDITION]       an interrupt, such as machine-timer
    catch privilege [M|S|U|VS|VU] [if CONDITION]       a change of privilege, into that mode
    catch csr NAME [if CONDITION]                an instruction reads or writes a CSR
    catch stage [NAME]                           a boot stage is entered for the first time
    catch balloon [request|inflate|deflate] [if CONDITION]   a new target, pages given up, pages taken back
    catch marker [N|NAME] [if CONDITION]         the hint `slti x0, x0, N`; NAME is of a symbol marker_NAME = N; -N is an end
    Stops after the event. A condition may ask for its fields: trap $cause $value $from $to; interrupt $cause $from $to;
    privilege $from $to; csr $old $new (of a write) $value (of a read) $write; balloon $pages $step
    (0 request, 1 inflate, 2 deflate); marker $number. Modes are 0 U, 1 S, 3 M, 4 VU, 5 VS.
    Example: catch trap load-page-fault if $value < 4096
    """
  static let completion = CompletionKind.words([
    "trap", "interrupt", "privilege", "csr", "stage", "balloon", "marker",
  ])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try set(arguments, console, isTemporary: false)
  }

  static func set(_ arguments: Arguments, _ console: Console, isTemporary: Bool) throws(CommandError) {
    let (head, condition) = arguments.splitCondition()
    let (kind, argument) = Arguments(head).splitFirst()
    let what = try parse(kind, argument, console.session)
    let stop = try console.checkSession { () throws(DebuggerError) in
      try console.session.addStop(.catchpoint(what), isTemporary: isTemporary, condition: condition)
    }
    console.print("\(stop.title) (\(what.text))")
  }

  private static func parse(_ kind: String, _ argument: String, _ session: Session) throws(CommandError) -> Catch {
    let all: [(name: String, expected: String)] = [
      ("trap", ""), ("interrupt", ""), ("privilege", ""), ("csr", ""), ("stage", ""), ("balloon", ""), ("marker", ""),
    ]
    let matches = all.map(\.name).filter { !kind.isEmpty && $0.hasPrefix(kind) }
    guard matches.count == 1 else {
      if kind.isEmpty {
        throw .failed(
          "Argument required: trap, interrupt, privilege, csr, stage, balloon or marker.  Try \"help catch\".")
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
        throw .failed("No such thing as \"\(argument)\" happens to a balloon: it is request, inflate or deflate.")
      }
      return .balloon(step)
    case "marker":
      if argument.isEmpty { return .marker(nil) }
      guard let number = session.markerNames.number(argument) else {
        let names = session.markerNames.all
        let known = names.isEmpty ? "This guest names none." : "The names are: \(names.joined(separator: ", "))."
        throw .failed("No marker \"\(argument)\": it is a number from -2048 to 2047 or a name.  \(known)")
      }
      return .marker(number)
    default:
      let names = ["firmware", "loader", "kernel", "user"]
      if argument.isEmpty { return .stage(nil) }
      guard names.contains(argument) else {
        throw .failed("No stage \"\(argument)\".  The stages are: \(names.joined(separator: ", ")).")
      }
      return .stage(argument)
    }
  }
}
