import Debugger
import Hypervisor
import RISCV

enum DumpTcCommand: Command {
  static let name = "dump tc"
  static let category = CommandCategory.machine
  static let summary = "Draw the units of the translation cache with their chains"
  static let help = """
    dump tc FILE.html|FILE.dot [COUNT]
    Writes the graph of the units of translated code: each with what leads to it and from it, and how hot it is. FILE.html is a page by
    itself, with a table; FILE.dot is for Graphviz. A kernel has tens of thousands of units, so the hottest 200 are drawn, or COUNT. An
    arrow is a stub that is linked: drawn through where it jumps to the unit itself, dashed where it looks for it in the jump table.
    Jumps to computed addresses leave no arrow.
    Example: dump tc units.html
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var path = arguments.text
    var count = 200
    if let last = arguments.words.last, let number = Int(last), arguments.words.count > 1 {
      guard number > 0 else { throw .failed("COUNT is the number of units to draw, at least 1.") }
      (path, count) = (String(path.dropLast(last.count)).trimmed, number)
    }
    let isPage = path.hasSuffix(".html")
    guard isPage || path.hasSuffix(".dot") else {
      throw .failed(
        path.isEmpty
          ? "Argument required (file name, FILE.html or FILE.dot)."
          : "\(path): a name that ends in .html or .dot says which kind of file it is to be.")
    }
    let graph = UnitGraph(try InfoTcCommand.cache(console), console.session, most: count)
    guard !graph.nodes.isEmpty else { throw .failed("No code is translated yet.") }
    let text = isPage ? UnitPage(graph).text : graph.dot
    try console.surroundings.writeFile(path, Array(text.utf8), append: false)
    console.print("\(graph.extent.capitalizedFirst), written to \(path).")
  }
}
