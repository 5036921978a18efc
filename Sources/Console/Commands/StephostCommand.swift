import Debugger
import Hypervisor
import RISCV

enum StephostCommand: Command {
  static let name = "stephost"
  static let aliases = ["sh"]
  static let category = CommandCategory.running
  static let summary = "Execute one instruction of the physical hart, or N"
  static let help = """
    stephost [N]
    Under a monitor, executes N instructions of the physical hart (1 without N), and shows the next one. In translated code that is one of
    the cache, with how it came about and the guest's instruction that it is for; elsewhere the guest's own. A service of the monitor's
    is one step (`stepc` shows its phases). While an instruction of the guest's is under way, $pc and the registers that its sequence
    has put aside are the guest's; a register that it is about to write may hold a number of the sequence.
    Example: stephost 5
    """
  static let repetition = Repetition.same
  static let completion = CompletionKind.expression
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let count = try console.count(arguments.text)
    try console.requireLiving()
    try console.checkSession { () throws(DebuggerError) in try console.session.requireMonitor() }
    for _ in 0..<count {
      let stop = try console.checkSession(console.session.stepHostInstruction)
      guard stop.reason == .done else { return console.show(stop, byInstruction: true) }
      console.print(next(console))
    }
    console.selectedFrame = 0
    console.session.listPosition = nil
  }

  /// What the physical hart executes next.
  private static func next(_ console: Console) -> String {
    let session = console.session
    guard let cpu = session.virtualCPU else { return "" }
    if let service = cpu.service, !cpu.isAboutToEnter {
      return "monitor  serves an exit of \(session.place(session.hart.pc)): \(service.phase.rawValue) is next"
    }
    if let offset = cpu.cacheOffset, let cache = session.virtualMachine.codeCache, let unit = cache.unit(at: offset) {
      return UnitRendering(unit, cache, session).line(at: offset)
    }
    if session.technique.kind != .binaryTranslation || session.hart.privilege.level == 0 {
      return console.stopLine(byInstruction: true)
    }
    return "monitor  the code for \(session.place(session.hart.pc)) is to be found"
  }
}
