import Debugger
import RISCV

enum InfoWalkCommand: Command {
  static let name = "info walk"
  static let category = CommandCategory.machine
  static let summary = "Explain a translation, reference by reference"
  static let help = """
    info walk ADDRESS [load|store|fetch]
    Shows every page-table entry that the hart reads to translate ADDRESS for this access (a load, unless said otherwise): where
    it lies, what it holds, what its bits say, from the root in satp on; then the physical address, or the check that failed. The guest is not changed.
    Example: info walk $pc fetch
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var words = arguments.words
    if words.isEmpty { throw .failed("Argument required (an address).") }
    var access = AccessKind.load
    if words.count > 1, let last = words.last,
      let kind = ["load": AccessKind.load, "store": .store, "fetch": .fetch][last]
    {
      access = kind
      words.removeLast()
    }
    let address = try console.address(words.joined(separator: " "))
    guard address.space == .guestVirtual else {
      throw .failed("\(address.text) is physical already: a walk begins with a guest-virtual address.")
    }
    let report = console.session.hart.walk(GuestVirtualAddress(address.value), access)
    for line in WalkRendering.lines(report, address.value, access) { console.print(line) }
  }
}
