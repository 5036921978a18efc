import Debugger
import Hypervisor
import RISCV

/// `side why cycles`: what the last movement cost in a column, line by line.
struct SideCosts {
  let column: SideColumn
  let stretch: SideStretch
  let start: UInt64
  let width: Int

  init(_ column: SideColumn, _ stretch: SideStretch, from start: UInt64, width: Int) {
    (self.column, self.stretch, self.start, self.width) = (column, stretch, start, width)
  }

  /// The order of an exit's life; what is not in it comes first, in its own order.
  private static let order: [CostAction] = [
    .instruction, .pageTableReference, .walkCacheHit, .trapEntryEcall, .trapEntryException, .trapEntryPageFault,
    .trapEntryInterrupt, .exitSwitch, .saveRegisters, .swapCSR, .readControl, .fetchDecode, .callOut, .adaptedCall,
    .lookup, .walkReference, .translateInstruction, .chain, .allocateFrame, .writeTable, .emulate, .hypercall,
    .deviceModel, .dropEntry, .tlbFlush, .inject, .restoreRegisters, .entrySwitch, .trapReturn,
  ]

  private var charged: [SideCharges.Line] {
    stretch.charges.lines.enumerated().sorted { one, two in
      func rank(_ line: SideCharges.Line) -> Int { Self.order.firstIndex(of: line.action) ?? -1 }
      return (rank(one.element), one.offset) < (rank(two.element), two.offset)
    }.map(\.element)
  }

  var lines: [String] {
    let model = column.session.virtualMachine.costs
    let sum = stretch.charges.cycles
    let steps = stretch.steps == 1 ? "1 step" : "\(grouped(stretch.steps)) steps"
    var lines = [
      "\(column.technique): \(grouped(sum)) \(sum == 1 ? "cycle" : "cycles") for \(steps) of the guest's from retired \(grouped(start)) on"
    ]
    let charged = charged
    let names = charged.map(\.action.name.count).max() ?? 0
    let counts = charged.map { grouped($0.amount.count).count }.max() ?? 0
    let cells = max(grouped(sum).count, 1)
    for line in charged {
      let row = model.row(line.action)
      let amount = line.amount
      // Where a row was changed on the way, no one price makes the sum.
      let isUniform = row.number &* amount.count == amount.cycles
      let head =
        "  \(line.layer.name.padded(8)) \(line.action.name.padded(names))  \(grouped(amount.count).leftPadded(counts)) x "
        + "\((isUniform ? grouped(row.number) : "varied").leftPadded(6)) = \(grouped(amount.cycles).leftPadded(cells))  "
      let mark = row.isChanged ? "changed: " : row.isCalibrated ? "calibrated: " : ""
      let source = mark + (row.source.isEmpty ? "no source given" : row.source)
      if width - head.count < 30 {
        lines.append(head.trimmedEnd)
        lines += SideTable.broken(source, at: max(width - 14, 30)).map { "            " + $0 }
      } else {
        let parts = SideTable.broken(source, at: width - head.count)
        lines.append(head + parts[0])
        lines += parts.dropFirst().map { String(repeating: " ", count: head.count) + $0 }
      }
    }
    lines.append("  \("sum".padded(names + counts + 20)) = \(grouped(sum).leftPadded(cells))")
    lines.append("`set cost ROW N` changes a price from then on, `info costs ROW` shows one.")
    return lines
  }
}
