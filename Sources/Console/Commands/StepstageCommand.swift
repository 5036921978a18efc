import Debugger
import RISCV

enum StepstageCommand: Command {
  static let name = "stepstage"
  static let category = CommandCategory.running
  static let summary = "Run to the next stage of the boot"
  static let help = """
    stepstage [STAGE]
    Runs until a boot stage begins that the guest has not been in: firmware, loader, kernel, user. `info stages` lists them. With
    STAGE it passes over those before.
    Example: stepstage user
    """
  static let completion = CompletionKind.words(["firmware", "loader", "kernel", "user"])
  static let repetition = Repetition.same
  static let letsGuestRun = true
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard !arguments.isEmpty else {
      return try console.resume { () throws(DebuggerError) in try console.session.stepStage() }
    }
    let names = ["firmware", "loader", "kernel", "user"]
    guard let name = names.first(where: { $0 == arguments.text }) else {
      throw .failed("There is no stage \"\(arguments.text)\"; there are \(names.joined(separator: ", ")).")
    }
    if let entry = console.session.stages.entries.first(where: { $0.isOf(name) }) {
      throw .failed(
        "The stage \(name) was entered already, at retired \(grouped(entry.position)); `seek` goes back there.")
    }
    try console.resume { () throws(DebuggerError) in try console.session.stepStage(to: name) }
  }
}
