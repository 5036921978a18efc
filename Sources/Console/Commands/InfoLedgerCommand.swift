import Debugger
import Hypervisor

enum InfoLedgerCommand: Command {
  static let name = "info ledger"
  static let category = CommandCategory.machine
  static let summary = "Show where the host's cycles went: who did what, how often, at what price"
  static let help = """
    info ledger [LAYER]
    Each line is a count of actions times the price of one, as `info costs` has it; the lines add up to the physical hart's
    clock. Below them the same cycles by the guest's layer on whose behalf they were spent. With LAYER (user, kernel, loader,
    firmware) only what was spent on its behalf.
    Example: info ledger kernel
    """
  static let completion = CompletionKind.words(Layer.guest.map(\.name))
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var stage: Layer?
    if !arguments.isEmpty {
      stage = Layer.guest.first { $0.name == arguments.text }
      if stage == nil {
        let names = Layer.guest.map(\.name).joined(separator: ", ")
        throw .failed("No layer \"\(arguments.text)\" of a guest: they are \(names).")
      }
    }
    let rendering = LedgerRendering(
      ledgers: console.session.virtualMachine.ledgers, technique: console.session.technique, stage: stage)
    for line in rendering.lines { console.print(line) }
  }
}
