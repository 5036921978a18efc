import Debugger
import Machine

enum InfoDevicesCommand: Command {
  static let name = "info devices"
  static let category = CommandCategory.machine
  static let summary = "List the devices, or show the registers of one"
  static let help = """
    info devices [NAME]
    Lists where every device lies; with NAME, the registers that matter, without the effects that reading them would have.
    Example: info devices uart0
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let windows = console.session.machine.board.bus.windows.sorted { $0.base < $1.base }
    if arguments.isEmpty {
      for window in windows {
        console.print("\(window.device.name.padded(12)) gpa:\(hex(window.base))..\(hex(window.end - 1))")
      }
      let memory = console.session.machine.memory
      return console.print("\("memory".padded(12)) gpa:\(hex(memory.base))..\(hex(memory.base + memory.size - 1))")
    }
    guard let window = windows.first(where: { $0.device.name == arguments.text }) else {
      let names = windows.map(\.device.name).joined(separator: ", ")
      throw .failed("No device \"\(arguments.text)\".  There are: \(names).")
    }
    console.print("\(window.device.name) at gpa:\(hex(window.base))..\(hex(window.end - 1))")
    let fields = window.device.fields
    let width = (fields.map(\.name.count).max() ?? 0) + 2
    for field in fields { console.print("  \(field.name.padded(width))\(field.value)") }
    if fields.isEmpty { console.print("  nothing to show") }
  }
}
