import Debugger
import Hypervisor
import RISCV

enum InfoShadowCommand: Command {
  static let name = "info shadow"
  static let category = CommandCategory.machine
  static let summary = "Show the guest's page tables and the monitor's shadow of them side by side"
  static let help = """
    info shadow [ADDRESS]
    With ADDRESS, level by level: the guest's entry, the entry of the shadow table that the physical hart walks in its place, and
    why the shadow grants less than the guest, where it does. Without, the trees of shadow tables, and the guest's page
    tables whose stores are traced. `x/8gx hpa:…` shows the tables themselves.
    Example: info shadow $sp
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    try console.checkSession { () throws(DebuggerError) in try session.requireTables(.shadow) }
    guard !arguments.isEmpty else { return overview(console) }
    let address = try console.address(arguments.text)
    guard address.space == .guestVirtual else {
      throw .failed("\(address.text) is physical: shadow tables translate guest-virtual addresses.")
    }
    for line in ShadowRendering(address.value, session).lines { console.print(line) }
  }

  private static func overview(_ console: Console) {
    guard let report = console.session.virtualMachine.shadowReport else { return }
    if report.roots.isEmpty { return console.print("There are no shadow tables yet: the guest has not been entered.") }
    console.print("for              guest table          shadow                ASID")
    for root in report.roots {
      let guest = root.guestRoot.map { "gpa:\(hex($0))" } ?? "- (Bare)"
      console.print(
        "\(ShadowRendering.role(root.regime).padded(17))\(guest.padded(21))\("hpa:\(hex(root.hostRoot))".padded(22))\(root.asid)"
      )
    }
    let tables = "\(grouped(UInt64(report.tableCount))) table\(report.tableCount == 1 ? "" : "s")"
    let leaves = "\(grouped(UInt64(report.leafCount))) page\(report.leafCount == 1 ? "" : "s")"
    console.print("\(tables) in the monitor's frames, which map \(leaves).")
    guard !report.traced.isEmpty else { return }
    let shown = report.traced.prefix(16).map { "gpa:\(hex($0))" }.joined(separator: " ")
    console.print(
      "Traced, because they hold page tables of the guest's: \(shown)"
        + (report.traced.count > 16 ? " and \(report.traced.count - 16) more" : ""))
  }
}
