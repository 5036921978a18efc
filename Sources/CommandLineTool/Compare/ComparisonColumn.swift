import Debugger
import Hypervisor
import RISCV

/// How the guest came to its end under one technique.
enum ComparisonEnd: Equatable, CustomStringConvertible {
  case passed
  case failed(code: UInt64)
  case reset
  case saidLastWord
  case limit
  case timeout
  case idle
  /// It went on beyond where the first technique had come to the guest's own end.
  case wentOn

  var description: String {
    switch self {
    case .passed: "ended well"
    case .failed(let code): "reported failure (code \(code))"
    case .reset: "asked for a reset"
    case .saidLastWord: "said a text of --until"
    case .limit: "stopped at the limit of instructions"
    case .timeout: "stopped at the limit of seconds"
    case .idle: "waits for ever: nothing can raise an interrupt any more"
    case .wentOn: "goes on and on"
    }
  }

  /// The guest came there by itself, so under every technique it has to after as many steps.
  var isGuests: Bool {
    switch self {
    case .passed, .failed, .reset, .saidLastWord, .idle: true
    case .limit, .timeout, .wentOn: false
    }
  }
}

/// What one technique gave: a column of the comparison.
struct ComparisonColumn {
  var technique: Technique
  var end: ComparisonEnd
  /// Instructions that the guest retired.
  var retired: UInt64
  /// Those, and instructions that trapped.
  var steps: UInt64
  /// ``Machine/digest()`` of the guest at its end.
  var digest: UInt64
  /// What its console said.
  var console: [UInt8]
  /// Seconds that the simulator took.
  var seconds: Double
  /// Where all physical harts' cycles went.
  var ledger: Ledger
  var exits: ExitStatistics
  /// Page faults that came to a monitor with shadow tables.
  var faults: FaultCounts
  /// What the hardware of all physical harts did, in any mode.
  var counts: HartCounts
  /// What lies between the guest's markers, in the order of their numbers.
  var regions: [MarkerRegions.Region]
  var timeline: Timeline

  /// Cycles in which a hart worked: those in which it stood still are no slowdown.
  var busyCycles: UInt64 { ledger.clock &- ledger.amount(of: .wait).cycles }
  /// The same without what was done on behalf of the guest's firmware.
  var busyCyclesWithoutFirmware: UInt64 {
    ledger.sum { $0.stage != .firmware && $0.action != .wait }.cycles
  }

  /// What lies between a pair of markers, if the guest came through.
  func region(_ number: Int) -> MarkerRegions.Region? {
    regions.first { $0.number == number && $0.ended != 0 }
  }
}
