import Machine
import RISCV

/// Writes traps and interrupts as `qemu-system-riscv64 -d int` does, a line each.
final class QemuTrapLog {
  private let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  func note(_ event: Event, _ hart: Hart) {
    let isInterrupt: Bool
    let (cause, value): (UInt64, UInt64)
    switch event.kind {
    case .trap(let trap, let tval, _, _): (isInterrupt, cause, value) = (false, trap.rawValue, tval)
    case .interrupt(let interrupt, _, _): (isInterrupt, cause, value) = (true, interrupt.rawValue, 0)
    default: return
    }
    let names = isInterrupt ? Self.interrupts : Self.exceptions
    let line =
      "riscv_cpu_do_interrupt: hart:\(event.hart), async:\(isInterrupt ? 1 : 0), cause:\(Self.digits(cause)), "
      + "epc:0x\(Self.digits(event.pc)), tval:0x\(Self.digits(value)), "
      + "desc=\(cause < UInt64(names.count) ? names[Int(cause)] : "(unknown)")\n"
    Terminal.write(Array(line.utf8), to: descriptor)
  }

  private static func digits(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  /// QEMU's names by cause.
  private static let exceptions = [
    "misaligned_fetch", "fault_fetch", "illegal_instruction", "breakpoint", "misaligned_load", "fault_load",
    "misaligned_store", "fault_store", "user_ecall", "supervisor_ecall", "hypervisor_ecall", "machine_ecall",
    "exec_page_fault", "load_page_fault", "reserved", "store_page_fault", "reserved", "reserved", "reserved",
    "reserved",
    "guest_exec_page_fault", "guest_load_page_fault", "reserved", "guest_store_page_fault",
  ]
  private static let interrupts = [
    "u_software", "s_software", "vs_software", "m_software", "u_timer", "s_timer", "vs_timer", "m_timer", "u_external",
    "s_external", "vs_external", "m_external", "reserved", "reserved", "reserved", "reserved",
  ]
}
