import Debugger
import Machine
import RISCV

enum InfoWriterCommand: Command {
  static let name = "info writer"
  static let category = CommandCategory.machine
  static let summary = "Find the last store to a place"
  static let help = """
    info writer ADDRESS [N]
    Runs again from reset up to here and finds the last store to the 8 bytes at ADDRESS (to the bytes of its type, for {int}…), or
    the N-th last: when, where, what it replaced. It takes as long as the guest took.
    Example: info writer gpa:0x80005000
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (an address).") }
    var words = arguments.words
    var which = 1
    if words.count > 1, let number = Int(words[words.count - 1]) {
      guard number >= 1, number <= 1_000_000 else { throw .failed("N counts from 1, the last store, to 1000000.") }
      (which, words) = (number, words.dropLast())
    }
    let value = try console.evaluate(words.joined(separator: " "))
    let session = console.session
    var (address, size) = (value.address, 8)
    if case .memory(let place) = value.location { (address, size) = (place, value.type.size) }
    guard let physical = session.physical(address) else {
      throw .failed(
        "\(address.text) is mapped to nothing now.  `info walk` shows why; gpa: asks for a physical address.")
    }
    let here = session.machine.position
    let found = try console.checkSession { () throws(DebuggerError) in
      try session.writers(physical, count: size, keep: which)
    }
    guard let found else { return console.print("Interrupted: the search did not reach the present.") }
    guard found.count >= which else {
      let place = "gpa:\(hex(physical))"
      return console.print(
        found.isEmpty
          ? "No instruction has stored to \(place) up to retired \(grouped(here)): loaders and devices leave no trace here."
          : "Only \(found.count) store\(found.count == 1 ? "" : "s") to \(place) up to retired \(grouped(here)).")
    }
    let record = found[which - 1]
    let hart = session.machine.harts.count > 1 ? "  hart \(record.hart)" : ""
    console.print(
      console.style.symbols(
        "retired \(grouped(record.position))\(hart)   \(record.instruction)   \(session.place(record.pc))"))
    if let source = session.sourcePlace(at: record.pc) {
      console.print("  \(source.text)" + (session.sourceText(source).map { "    \($0)" } ?? ""))
    }
    console.print("  \(digits(record.old, record.width)) -> \(digits(record.new, record.width))")
    if record.physical != physical || record.width.byteCount != size {
      console.print("  \(record.width.byteCount) bytes at gpa:\(hex(record.physical))")
    }
    if let caller = session.symbolText(record.returnAddress) {
      console.print("  ra was \(hex(record.returnAddress)) <\(caller)>")
    }
    if which == 1,
      let now = session.machine.memory.read(GuestPhysicalAddress(record.physical), count: record.width.byteCount)
    {
      let bits = now.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if bits != record.new & mask(record.width) {
        console.print(
          "  it holds \(digits(bits, record.width)) now: a device, the page-table walker or the prompt changed it since"
        )
      }
    }
  }

  private static func mask(_ width: AccessWidth) -> UInt64 {
    width == .double ? .max : (1 << UInt64(width.byteCount * 8)) - 1
  }
  private static func digits(_ value: UInt64, _ width: AccessWidth) -> String {
    let text = String(value & mask(width), radix: 16)
    return "0x" + String(repeating: "0", count: width.byteCount * 2 - text.count) + text
  }
}
