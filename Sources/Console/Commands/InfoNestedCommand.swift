import Debugger
import Hypervisor
import RISCV

enum InfoNestedCommand: Command {
  static let name = "info nested"
  static let category = CommandCategory.machine
  static let summary = "Show the monitor's nested tables, by which guest-physical addresses become host-physical ones"
  static let help = """
    info nested [ADDRESS]
    With ADDRESS (guest-physical, or guest-virtual where it is translated first), the entries of the table that the physical hart
    uses in the guest's present mode. Without, all tables: M-mode has a view of its own, because PMP may leave it more.
    `info walk` shows both stages together.
    Example: info nested gpa:0x80200000
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    try console.checkSession { () throws(DebuggerError) in try session.requireTables(.nested) }
    guard !arguments.isEmpty else { return overview(console) }
    let address = try console.address(arguments.text)
    guard address.space != .hostPhysical, let physical = session.physical(address) else {
      throw .failed("\(address.text) is no guest-physical address, which is what nested tables translate.")
    }
    guard let (table, entries) = session.virtualMachine.nestedPath(to: physical, hart: session.selectedHart) else {
      return console.print("There is no table for this mode yet: the guest has not been entered in it.")
    }
    console.print(
      "gpa:\(hex(physical)) in the view of \(table.view): \(table.scheme.guestStageName), VMID \(table.vmid), "
        + "root hpa:\(hex(table.root))")
    for line in PhysicalWalkRendering.table(entries) { console.print(line) }
    guard let last = entries.last else { return }
    guard last.isLeaf else {
      let isRAM = session.machine.memory.contains(physical)
      return console.print(
        isRAM
          ? "Nothing is there yet: the first access is a guest-page fault, which the guest does not hear of."
          : "No RAM lies there: each access is a guest-page fault, and the virtual board answers.")
    }
    let mask = (UInt64(4096) << UInt64(9 * last.level)) - 1
    console.print("Leads to hpa:\(hex(last.target & ~mask | physical & mask)).")
  }

  private static func overview(_ console: Console) {
    let tables = console.session.virtualMachine.nestedReport ?? []
    if tables.isEmpty { return console.print("There are no nested tables yet: the guest has not been entered.") }
    console.print("view of       VMID  root              scheme    tables    4K leaves    2M leaves")
    for table in tables {
      console.print(
        "\(table.view.padded(12))\(String(table.vmid).leftPadded(6))  \("hpa:\(hex(table.root))".padded(18))"
          + "\(table.scheme.guestStageName.padded(8))\(grouped(UInt64(table.tableCount + 1)).leftPadded(8))"
          + "\(grouped(UInt64(table.smallLeaves)).leftPadded(13))\(grouped(UInt64(table.largeLeaves)).leftPadded(13))")
    }
  }
}
