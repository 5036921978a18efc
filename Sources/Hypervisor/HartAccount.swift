import RISCV

/// The ledger of a hart below which there is no monitor: the machine's own, or one that is emulated.
final class HartAccount {
  private let hart: Hart
  private let isEmulated: Bool
  private(set) var ledger: Ledger
  private var meter = HartMeter()
  var isLoading = false

  init(_ hart: Hart, isEmulated: Bool, _ costs: CostModel) {
    self.hart = hart
    self.isEmulated = isEmulated
    ledger = Ledger(costs)
  }

  /// Charges what the hart did since the last time.
  func settle() {
    for mode in PrivilegeMode.allCases {
      let layer: Layer =
        switch mode {
        case .machine: .firmware
        case .supervisor, .virtualSupervisor: isLoading ? .loader : .kernel
        case .user, .virtualUser: .user
        }
      ledger.stage = layer
      if isEmulated {
        meter.chargeInterpreter(hart, mode, to: &ledger)
      } else {
        meter.charge(hart, mode, as: layer, to: &ledger)
      }
    }
  }

  /// Charges a call of the monitor.
  func chargeCall() {
    settle()
    ledger.charge(.monitor, .hypercall)
  }

  func setCost(_ row: String, to number: UInt64) throws(CostModelError) { try ledger.set(row, to: number) }
}
