import Debugger

enum SetCheckCommand: Command {
  static let name = "set check"
  static let category = CommandCategory.machine
  static let summary =
    "Check for a mistake while the guest runs: stale translations, or what a monitor of your own does wrong"
  static let help = """
    set check stale-translation on|off
    A hart may go on using a translation that it has until a fence (sfence.vma and its kin) makes it look at the page table again.
    With the check on, each use is compared with the table as it is. The guest stops behind the first one that the table would
    have led elsewhere, or refused; what is told: the TLB entry, the store that changed the table (found by running again from
    reset), the use, and the fence that is missing. Only A or D bits cleared without a fence, as kernels do on purpose,
    are counted and do not stop; `show check` has the counts. The guest does the same as without, slower. The technique has to
    be native or emulation: elsewhere the monitor's tables take the place of the guest's TLB.
    set check monitor on|off
    With a monitor of your own (--monitor): stops at each entry that does not give the guest back as the architecture wants it, and
    where the monitor goes round without entering it. It is on at first; stepentry tells in any case.
    Example: set check stale-translation on
    """
  static let completion = CompletionKind.words(["stale-translation", "monitor"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    guard first == "stale-translation" || first == "monitor" else {
      throw .failed("\"set check\" must be followed by stale-translation or monitor, and on or off.")
    }
    let isOn = try Arguments(rest).isOn()
    if first == "monitor" {
      guard console.session.specimen != nil else {
        throw .failed("There is no monitor of yours to check.  Start with --monitor FILE.elf --guest NAME.")
      }
      console.session.checksMonitor = isOn
      return
    }
    if isOn, !console.session.canCheckTranslations {
      throw .failed(
        "The check looks into the guest's own TLB, which it has under native and emulation.  `technique native` goes there."
      )
    }
    console.session.checksStaleTranslations = isOn
  }
}
