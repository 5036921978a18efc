import Debugger

enum SetCheckCommand: Command {
  static let name = "set check"
  static let category = CommandCategory.machine
  static let summary = "Check the guest for a mistake while it runs: translations that are used after the table changed"
  static let help = """
    set check stale-translation on|off
    A hart may go on using a translation that it has until a fence (sfence.vma and its kin) makes it look at the page table again.
    With the check on, each use is compared with the table as it is. The guest stops behind the first one that the table would
    have led elsewhere, or refused; what is told: the TLB entry, the store that changed the table (found by running again from
    reset), the use, and the fence that is missing. Only A or D bits cleared without a fence, as kernels do on purpose,
    are counted and do not stop; `show check` has the counts. The guest does the same as without, slower. The technique has to
    be native or emulation: elsewhere the monitor's tables take the place of the guest's TLB.
    Example: set check stale-translation on
    """
  static let completion = CompletionKind.words(["stale-translation"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (first, rest) = arguments.splitFirst()
    guard first == "stale-translation" else {
      throw .failed("\"set check\" must be followed by stale-translation on or stale-translation off.")
    }
    let isOn = try Arguments(rest).isOn()
    if isOn, !console.session.canCheckTranslations {
      throw .failed(
        "The check looks into the guest's own TLB, which it has under native and emulation.  `technique native` goes there."
      )
    }
    console.session.checksStaleTranslations = isOn
  }
}
