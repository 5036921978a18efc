import RISCV

/// The ledger of a hart below which there is no monitor: the machine's own, or one that is emulated.
final class HartAccount {
  private let hart: Hart
  private let isEmulated: Bool
  private(set) var ledger: Ledger
  private var meter = HartMeter()
  var isLoading = false
  /// S-mode is HS, and a monitor runs there, for the layer of its guest that runs in U where V stays 0, or that exited last.
  var isOfMonitor = false
  var guestLayer = Layer.kernel

  init(_ hart: Hart, isEmulated: Bool, _ costs: CostModel) {
    self.hart = hart
    self.isEmulated = isEmulated
    ledger = Ledger(costs)
  }

  private func layer(of mode: PrivilegeMode) -> Layer {
    switch mode {
    case .machine: .firmware
    case .supervisor where isOfMonitor: .monitor
    case .user where isOfMonitor: guestLayer
    case .supervisor, .virtualSupervisor: isLoading ? .loader : .kernel
    case .user, .virtualUser: .user
    }
  }

  /// Charges what the hart did since the last time.
  func settle() {
    for mode in PrivilegeMode.allCases {
      let layer = layer(of: mode)
      ledger.stage = layer == .monitor ? guestLayer : layer
      if isEmulated {
        meter.chargeInterpreter(hart, mode, to: &ledger)
      } else {
        meter.charge(hart, mode, as: layer, to: &ledger)
      }
    }
  }

  /// What the hart has been charged so far; it stands behind an instruction that did not trap.
  var account: HostAccount {
    settle()
    let layer = layer(of: hart.privilege)
    return HostAccount(
      ledger: ledger, stage: layer == .monitor ? guestLayer : layer, layer: isEmulated ? .monitor : layer,
      action: isEmulated ? .interpret : .instruction
    )
  }

  /// Charges a call of the monitor.
  func chargeCall() {
    settle()
    ledger.charge(.monitor, .hypercall)
  }

  /// Charges what the hardware adds to a trap out of VS and VU, and to a return there.
  func chargeSwitch(_ action: CostAction) {
    ledger.stage = guestLayer
    ledger.charge(.hardware, action)
    if ledger.model.flushesAtSwitch { ledger.charge(.hardware, .tlbFlush) }
  }

  func setCost(_ row: String, to number: UInt64) throws(CostModelError) { try ledger.set(row, to: number) }
}
