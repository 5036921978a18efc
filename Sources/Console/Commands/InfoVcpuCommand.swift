import Debugger
import Hypervisor
import RISCV

enum InfoVcpuCommand: Command {
  static let name = "info vcpu"
  static let category = CommandCategory.machine
  static let summary = "Show the virtual hart as a monitor of your own keeps it"
  static let help = """
    info vcpu
    Shows what lies at the symbol vitrine_vcpu of a monitor that was started with --monitor: the guest's registers as saved at the
    last exit, its pc and mode, and its registers of S-mode, and of M-mode, where the monitor keeps them. With the H extension the
    hart itself holds those of S-mode: they are shown from there. The article "Bringing your own monitor" has the layout.
    Example: stepexit, stepi 40, info vcpu
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let record = try console.checkSession { () throws(DebuggerError) in try session.virtualHartRecord() }
    for start in stride(from: 0, to: 32, by: 4) {
      let cells = (start..<start + 4).map { number in
        number == 0 ? "".padded(24) : "\(RegisterName.abiX[number].padded(5))\(hex(record.x[number]))".padded(24)
      }
      console.print(cells.joined().trimmedEnd)
    }
    console.print("pc   \(hex(record.pc).padded(19))mode \(GuestState.letter(ofMode: record.privilege))")
    var cells: [String] = []
    for csr in record.values == nil ? VirtualHartRecord.csrs : record.registers {
      let held = GuestState.registers.first { $0.guest == csr }?.virtual
      guard let value = record[csr] ?? held.flatMap({ session.hart.readCSR($0.rawValue) }) else { continue }
      cells.append("\(CSRName.name(of: csr.rawValue) ?? "") \(hex(value))")
    }
    let perLine = VirtualHartRecord.csrs.count
    for start in stride(from: 0, to: cells.count, by: perLine) {
      console.print(cells[start..<min(start + perLine, cells.count)].joined(separator: "  "))
    }
    if record.values == nil { console.print("(S-mode's registers are in the hart: vsstatus, vstvec and so on.)") }
  }
}
