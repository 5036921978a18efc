import RISCV

/// A way to set the machine up: control state that a program does not see in its registers and memory.
///
/// Two states that differ in nothing else tell whether an instruction depends on it. Some are the switches by which whoever runs
/// a program below S-mode can ask for traps.
package enum CensusConfiguration: String, Sendable, CaseIterable {
  /// Nothing is translated, nothing is switched off, counters may be read.
  case base
  /// The program's memory lies elsewhere: `satp` or `hgatp` leads there.
  case relocated
  /// Control registers hold something else, and something else again: what is set in one of the three is clear in another.
  case registers
  case otherRegisters
  /// So do `scounteren` and `senvcfg`, which a guest in VS shares with its host.
  case sharedRegisters
  /// Clock and counters stand elsewhere.
  case clock
  /// It is another hart.
  case otherHart
  /// The switches for `time`, `cycle` and the like are off, in U alone, or for all guests.
  case countersOff
  case floatOff
  /// `mstatus.TVM`, `TW`, `TSR`.
  case machineTraps
  /// `hstatus.VTVM`, `VTW`, `VTSR`.
  case guestTraps
  /// Cache-block instructions are off below M.
  case cacheBlocksOff
  /// `hstatus.HU` is off: no loads and stores of a guest's memory from U.
  case noGuestAccess

  /// What a monitor sets to have it: nil for what is no switch.
  package var switchName: String? {
    switch self {
    case .base, .relocated, .registers, .otherRegisters, .sharedRegisters, .clock, .otherHart: nil
    case .countersOff: "counters off (scounteren, hcounteren)"
    case .floatOff: "floating point off (FS)"
    case .machineTraps: "TVM, TW, TSR on"
    case .guestTraps: "VTVM, VTW, VTSR on"
    case .cacheBlocksOff: "cache-block instructions off (senvcfg, henvcfg)"
    case .noGuestAccess: "HU off"
    }
  }

  /// What a result depends on that differs under it.
  package var dependence: String {
    switch self {
    case .relocated: "where its memory lies"
    case .clock: "the machine's clock and counters"
    case .otherHart: "which hart it is"
    default: "control registers"
    }
  }
}

/// What a program sees before the instruction: the same under each configuration.
struct CensusOperand: Sendable {
  /// `rs1`, where it is no address.
  var value: UInt64

  /// Zero, all ones, and what makes sense as a root of page tables or as bits of a status register.
  static let all: [CensusOperand] = [0, .max, 8 << 60 | 0x8_0300, 0x0000_0005_5555_5555].map { .init(value: $0) }
  static let few = [all[1]]
}
