import Debugger
import Hypervisor

enum InfoCostsCommand: Command {
  static let name = "info costs"
  static let category = CommandCategory.machine
  static let summary = "Show what each action costs on the host, and where the numbers come from"
  static let help = """
    info costs [ROW]
    Shows the cost model: a row for each action, with its price in host cycles, its unit and its source; or one row of it.
    --costs chooses another model at the start, `set cost` changes a row, `vitrine costs` prints the presets.
    Example: info costs fetch-decode
    """
  static let completion = CompletionKind.words(SetCostCommand.rows)
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let costs = console.session.virtualMachine.costs
    guard !arguments.isEmpty else {
      for line in costs.text().split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        console.print(String(line))
      }
      return
    }
    guard let row = costs.row(named: arguments.text) else {
      throw .failed("\(CostModelError.unknownRow(arguments.text))".capitalizedFirst)
    }
    let meaning = CostAction(name: row.name)?.meaning ?? CostSetting(name: row.name)?.meaning ?? ""
    console.print("\(row.name)  \(row.number) \(row.unit): \(meaning)")
    let mark = row.isChanged ? "changed here; it was: " : row.isCalibrated ? "calibrated: " : ""
    console.print("  \(mark)\(row.source.isEmpty ? "no source given" : row.source)")
  }
}
