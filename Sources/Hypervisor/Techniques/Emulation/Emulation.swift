import Machine
import RISCV

/// Emulation: the virtual hart executes every instruction on its own model, with a TLB of its own. Nothing of the guest's ever
/// runs on the physical hart; ``HartAccount`` charges the interpreter's price for all of it.
final class Emulation: HartExecutor {
  private let calls: MonitorFirmware
  private let chargeCall: (Int) -> Void

  init(calls: MonitorFirmware, chargeCall: @escaping (Int) -> Void) {
    self.calls = calls
    self.chargeCall = chargeCall
  }

  func run(_ hart: Hart, allowance: Int, clock: UInt64, byStep: Bool) -> HartStop {
    served(hart, hart.run(allowance: allowance, clock: clock, byStep: byStep))
  }
  func step(_ hart: Hart, clock: UInt64) -> HartStop { served(hart, hart.step(clock: clock)) }
  func machineWasReset() { calls.start() }

  private func served(_ hart: Hart, _ stop: HartStop) -> HartStop {
    guard hart.takeCall() else { return stop }
    chargeCall(hart.index)
    calls.serve(hart)
    return .attention
  }
}
