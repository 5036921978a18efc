import Debugger
import RISCV

enum InfoStagesCommand: Command {
  static let name = "info stages"
  static let category = CommandCategory.machine
  static let summary = "List the boot stages entered so far"
  static let help = """
    info stages
    Shows when each stage of the boot was entered first (retired count and cycle), where, and what took the guest there; and
    the latest console output.
    Example: info stages
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    console.print("  stage      entered at retired     cycles   pc            by")
    for entry in console.session.stages.entries {
      let pc = String(entry.pc, radix: 16)
      let digits = "0x" + String(repeating: "0", count: max(0, 8 - pc.count)) + pc
      console.print(
        console.style.symbols(
          "  \(entry.name.padded(10))\(grouped(entry.position).leftPadded(19)) \(grouped(entry.cycle).leftPadded(10))   \(digits.padded(12))  \(entry.by)"
        ))
    }
    if let output = console.session.stages.lastOutput {
      console.print(
        "  \("last output".padded(11))\(grouped(output.position).leftPadded(18)) \(grouped(output.cycle).leftPadded(10))   \(console.formatter.quoted(bytes: output.text))"
      )
    }
  }
}
