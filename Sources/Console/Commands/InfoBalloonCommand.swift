import Debugger
import Machine
import RISCV

enum InfoBalloonCommand: Command {
  static let name = "info balloon"
  static let category = CommandCategory.machine
  static let summary = "Show the memory balloon: what is wanted, what is given up, and the guest's own statistics"
  static let help = """
    info balloon
    The target, the size that the guest's driver reports, the pages that it has named, and what it told of its memory. It tells
    anew when the target is set and when it has moved pages. `info memory` shows what the host has of it.
    Example: info balloon
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard let balloon = console.session.machine.board.balloon else { throw .failed(Session.noBalloon) }
    func row(_ name: String, _ value: String) { console.print("\(name.padded(36))\(value)") }
    func pages(_ count: UInt64) -> String {
      "\(grouped(count)) \(count == 1 ? "page" : "pages")  (\(size(count * VirtioBalloon.pageSize)))"
    }
    row("target", pages(UInt64(balloon.target)))
    if let wish = console.session.machine.board.balloonRequests.pending {
      row("target, when the guest runs on", pages(UInt64(wish)))
    }
    row("actual, as the driver says", pages(UInt64(balloon.actual)))
    row("given up now", pages(UInt64(balloon.pages.count)))
    row("inflated so far", pages(balloon.inflatedCount))
    row("deflated so far", pages(balloon.deflatedCount))
    if balloon.reportedCount > 0 { row("reported free so far", pages(balloon.reportedCount)) }
    if balloon.poison != 0 { row("free pages are filled with", hex(UInt64(balloon.poison))) }
    if balloon.strayCount > 0 { row("numbers that name no page of RAM", grouped(balloon.strayCount)) }
    if balloon.repeatedCount > 0 { row("pages named again to no effect", grouped(balloon.repeatedCount)) }
    guard !balloon.statistics.isEmpty else { return console.print("The guest has told nothing of its memory.") }
    console.print("The guest's memory, as it told at cycle \(grouped(balloon.statisticsClock)):")
    for statistic in balloon.statistics {
      // All ones: the driver does not know.
      let value = statistic.value
      row(
        "  \(statistic.name)",
        value == .max ? "unknown" : statistic.isBytes ? "\(grouped(value))  (\(size(value)))" : grouped(value))
    }
  }

  /// In mebibytes with one decimal.
  private static func size(_ bytes: UInt64) -> String {
    let tenths = bytes / (1 << 20) * 10 + bytes % (1 << 20) * 10 / (1 << 20)
    return "\(grouped(tenths / 10)).\(tenths % 10)M"
  }
}
