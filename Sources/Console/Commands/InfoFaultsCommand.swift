import Debugger
import Hypervisor
import RISCV

enum InfoFaultsCommand: Command {
  static let name = "info faults"
  static let category = CommandCategory.machine
  static let summary = "Count the physical hart's page faults by what they are to the guest"
  static let help = """
    info faults [ADDRESS]
    hidden   the monitor's tables lacked an entry; the guest hears nothing of it
    dirty    the first store to a page: the monitor sets D in the guest's table
    traced   a store to a page table of the guest's
    true     the guest's own tables refuse the access: it takes the fault
    With ADDRESS those on its page, in whatever address space: found by running again from reset.
    Example: info faults $sp
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    try console.checkSession(session.requireMonitor)
    guard !arguments.isEmpty else {
      let all = session.virtualMachine.faults
      let counts: [FaultClass: UInt64] = [
        .hidden: all.hidden, .dirty: all.dirty, .traced: all.traced, .true: all.true,
      ]
      return console.print(line(counts))
    }
    let address = try console.address(arguments.text)
    var value = address.value
    if session.technique.paging == .nested {
      // Nested tables know guest-physical addresses only.
      guard address.space != .hostPhysical, let physical = session.physical(address) else {
        throw .failed("\(address.text) is no guest-physical address, which is what nested tables translate.")
      }
      value = physical
    } else if address.space != .guestVirtual {
      throw .failed("Faults are on guest-virtual addresses; \(address.text) is physical.")
    }
    guard
      let counts = try console.checkSession({ () throws(DebuggerError) in try session.faults(onPageOf: value) })
    else { throw .failed("Interrupted.") }
    console.print(
      "page \(session.technique.paging == .nested ? "gpa" : "gva"):\(hex(value & ~0xfff)):  \(line(counts))")
    let register = session.hart.privilege == .machine ? "mcause" : "scause"
    let cause = session.register(register)?.bits ?? 0
    let name = cause >> 63 == 1 ? Interrupt(rawValue: cause & .max >> 1)?.name : ExceptionCause(rawValue: cause)?.name
    let saw = counts[.true] ?? 0 == 0 && counts.values.contains { $0 > 0 } ? " It saw none of these." : ""
    console.print("The guest's own \(register) is \(hex(cause)) (\(name ?? "no cause")).\(saw)")
  }

  private static func line(_ counts: [FaultClass: UInt64]) -> String {
    [FaultClass.true, .hidden, .dirty, .traced].map { "\($0.name) \(grouped(counts[$0] ?? 0))" }
      .joined(separator: "   ")
  }
}
