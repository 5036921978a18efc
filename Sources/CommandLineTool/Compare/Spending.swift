import Hypervisor

/// What host cycles went into, as far as it tells a run's beginning from its end.
enum Spending: String, CaseIterable {
  /// Instructions of the guest's own, run by a hart of the host.
  case guest
  /// The monitor translated the guest's code.
  case translator
  /// Whatever else the monitor did.
  case monitor
  case hardware

  var name: String { rawValue }

  /// An entry of the ledger is of this kind: each is of one.
  func isIncluded(_ entry: Ledger.Entry) -> Bool {
    switch self {
    case .guest: Layer.guest.contains(entry.layer)
    case .translator: entry.action == .translateInstruction
    case .monitor: entry.layer == .monitor && entry.action != .translateInstruction
    case .hardware: entry.layer == .hardware
    }
  }

  /// The class of its colour and pattern.
  var style: String { self == .guest ? "layer-kernel" : "layer-\(name)" }
}
