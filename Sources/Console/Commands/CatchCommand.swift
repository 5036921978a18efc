import Debugger

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
    catch translate|chain|lookup|invalidate|adapt|flush [if CONDITION]    the translation cache: a unit is made, linked to what
      follows, found by the monitor, or dies because its code was stored to or is to be translated otherwise; all go because it is full
    Stops after the event; an exit stops before the monitor has looked at it, with the guest's pc still at its instruction.
    A condition may ask for the event's fields: trap $cause $value $from $to; interrupt $cause $from $to; privilege $from $to;
    csr $old $new (of a write) $value (of a read) $write; balloon $pages $total (given up then) $step (0 request, 1 inflate,
    2 deflate, 3 notice, 4 report);
    marker $number; exit $cause $value $gpa; entry $reason $cycles; fault $addr $class; shadow and nested $addr (of the page)
    $physical; tlb $addr $physical $write; translate and its like $addr (the guest's) $unit $stored (where). Modes are 0 U, 1 S, 3 M, 4 VU, 5 VS.
    Example: catch trap load-page-fault if $value < 4096
    Example: catch entry csr-access if $cycles > 2000
    """
  static let completion = CompletionKind.words(Catch.kinds)
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    try set(arguments, console, isTemporary: false)
  }

  static func set(_ arguments: Arguments, _ console: Console, isTemporary: Bool) throws(CommandError) {
    let (head, condition) = arguments.splitCondition()
    let (kind, argument) = Arguments(head).splitFirst()
    let what = try console.checkSession { () throws(DebuggerError) in try console.session.parseCatch(kind, argument) }
    try console.checkSession { () throws(DebuggerError) in try console.session.requireEvents(of: what) }
    let stop = try console.checkSession { () throws(DebuggerError) in
      try console.session.addStop(.catchpoint(what), isTemporary: isTemporary, condition: condition)
    }
    console.print("\(stop.title) (\(what.text))")
  }
}
