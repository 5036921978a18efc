import Debugger
import RISCV

enum InfoWalkCommand: Command {
  static let name = "info walk"
  static let category = CommandCategory.machine
  static let summary = "Explain a translation, reference by reference"
  static let help = """
    info walk ADDRESS [load|store|fetch] [expand N|N-M]
    Shows every page-table entry that the hart reads to translate ADDRESS for this access (a load, unless said otherwise): where
    it lies, what it holds, what its bits say, from the root in satp on; then the physical address, or the check that failed. In a guest's modes (VS, VU) the walk has two
    stages and is a grid: finding each entry of the guest's tables (vsatp) takes a walk of the G-stage (hgatp) of its own. expand
    shows the references with these numbers. Under a monitor the guest's own walk is followed by the one that the physical hart
    does in its place: of the shadow tables, or of two stages. The guest is not changed.
    Example: info walk $pc fetch
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var words = arguments.words
    var numbers: ClosedRange<Int>?
    if let position = words.firstIndex(of: "expand") {
      guard words.count == position + 2, let range = range(words[position + 1]) else {
        throw .failed("After expand a number of a reference is needed, or two as in 9-11.")
      }
      numbers = range
      words.removeSubrange(position...)
    }
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
    if let numbers {
      // Where the physical hart walks in two stages, its grid is the one that has these numbers.
      let walked = console.session.nestedWalk(address.value, access)?.report ?? report
      let lines = WalkRendering.expanded(walked, numbers, access)
      guard !lines.isEmpty else { throw .failed("The walk has \(walked.references.count) references.") }
      return lines.forEach(console.print)
    }
    for line in WalkRendering.lines(report, address.value, access) { console.print(line) }
    for line in PhysicalWalkRendering.lines(address.value, access, console.session) { console.print(line) }
  }

  /// `9` or `9-11`.
  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], 1 <= first, first <= last
    else { return nil }
    return first...last
  }
}
