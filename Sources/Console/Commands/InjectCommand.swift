import Debugger
import RISCV

enum InjectCommand: Command {
  static let name = "inject"
  static let category = CommandCategory.running
  static let summary = "As the monitor: deliver a trap or an interrupt to the guest"
  static let help = """
    inject CAUSE [VALUE]
    At the (monitor) prompt: has the guest take a trap at its pc, as its hart would: cause, pc, VALUE (mtval, stval) and status are
    written, and pc goes to the handler. CAUSE is an exception's name or number, or an interrupt's name, as for `catch trap`
    and `catch interrupt`. Without VALUE it is that of the exit where the causes are the same, else 0.
    Example: inject load-page-fault 0x401000
    """
  static let completion = CompletionKind.words(
    ExceptionCause.allCases.map(\.argument) + Interrupt.allCases.map(\.argument))
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let (name, rest) = arguments.splitFirst()
    if name.isEmpty { throw .failed("Argument required (a cause, such as load-page-fault).") }
    if let cause = ExceptionCause.named(name) {
      let value = rest.isEmpty ? nil : try console.evaluate(rest).bits
      try console.checkSession { () throws(DebuggerError) in try session.injectTrap(cause, value: value) }
    } else if let interrupt = Interrupt.named(name) {
      guard rest.isEmpty else { throw .failed("An interrupt has no value: \"\(rest)\" is left over.") }
      try console.checkSession { () throws(DebuggerError) in try session.injectInterrupt(interrupt) }
    } else {
      let names = (ExceptionCause.allCases.map(\.argument) + Interrupt.allCases.map(\.argument)).joined(separator: ", ")
      throw .failed("No exception or interrupt \"\(name)\".  The causes are: \(names).")
    }
    console.print("The guest takes it: pc \(session.place(session.register("pc")?.bits ?? 0)).")
  }
}
