import Debugger
import Hypervisor
import RISCV

enum InfoTcHistoryCommand: Command {
  static let name = "info tc history"
  static let category = CommandCategory.machine
  static let summary = "Show what became of the translations of one place, one after the other"
  static let help = """
    info tc history UNIT
    Of the code that unit number UNIT is for, all units that were ever made: when, and whether each is there still or when and why it was
    thrown away. Cycles are those of the host. Of what was thrown away the last few thousand units are known.
    Example: info tc history 24
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    if arguments.isEmpty { throw .failed("Argument required (the number of a unit).") }
    let cache = try InfoTcCommand.cache(console)
    let number = Int(clamping: try console.evaluate(arguments.text).bits)
    let session = console.session
    guard let key = cache.units.first(where: { $0.number == number })?.key ?? cache.past.unit(numbered: number)?.key
    else {
      if number > 0, number <= cache.lastNumber {
        throw .failed("Number \(number) is that of a link to another page, or of a unit that is forgotten.")
      }
      throw .failed("There is no unit \(number): numbers go up to \(cache.lastNumber) so far.")
    }
    let past = cache.past.units(pc: key.pc, mode: key.mode)
    let live = cache.units.filter { $0.isLive && $0.key?.pc == key.pc && $0.key?.mode == key.mode }
    let hasSeveralPages = Set(past.map(\.key.page) + live.compactMap(\.key?.page)).count > 1
    func start(_ number: Int, _ page: UInt64, _ birth: UInt64) -> String {
      "  unit \(String(number).padded(6))" + (hasSeveralPages ? "in page gpa:\(hex(page))  " : "")
        + "translated cycle \(grouped(birth).padded(14))"
    }
    console.print("guest \(session.place(key.pc)), \(key.mode.letter)")
    for unit in past {
      console.print(
        start(unit.number, unit.key.page, unit.birth)
          + "  thrown away cycle \(grouped(unit.death)): \(session.text(of: unit.end))")
    }
    for unit in live {
      console.print(start(unit.number, unit.key!.page, unit.birth) + "  live" + links(unit, cache))
    }
  }

  /// `; chained from 41, 96; to 118`
  private static func links(_ unit: TranslatedUnit, _ cache: CodeCache) -> String {
    func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }
    let from = unit.sources
    let targets = unit.stubs.compactMap(\.link)
    let to = targets.filter { !$0.looksUp }.map(\.unit)
    let parts = [
      from.isEmpty ? nil : "from \(list(from))", to.isEmpty ? nil : "to \(list(to))",
      to.count == targets.count ? nil : "to other pages by the jump table",
    ].compactMap(\.self)
    return parts.isEmpty ? "" : "; chained " + parts.joined(separator: "; ")
  }
}
