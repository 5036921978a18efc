import RISCV

/// What CSRs hold before an instruction of the census.
///
/// Under `registers` and `otherRegisters` each differs from `base`, and of the low bits, which immediates can reach, some are set in one and
/// clear in another: what sets or clears bits has something to do. A guest's own registers stay as they are where it is judged by
/// what it does to its host.
struct CensusRegisters {
  var isGuest: Bool

  private static let base: UInt64 = 0x8000_0000
  private static let floatOn: UInt64 = 1 << 13

  /// Registers and their values, in the order in which they are to be written.
  func values(_ configuration: CensusConfiguration) -> [(number: UInt16, value: UInt64)] {
    let pattern =
      switch configuration {
      case .registers: 1
      case .otherRegisters: 2
      default: 0
      }
    let protection: [(UInt16, UInt64)] = [
      // All of memory: as one piece, or up to a place far above it.
      (CSRGroup.pmpaddr.number(0), pick(pattern, .max, 0x3f_ffff_ffff_ffe0, .max)),
      (CSRGroup.pmpcfg.number(0), pick(pattern, 0x1f, 0x0f, 0x1f)),
    ]
    let all = shared(pattern) + (isGuest ? guests(0) : guests(pattern)) + switches(configuration, pattern)
    return protection + all.map { ($0.0.rawValue, $0.1) }
  }

  /// What is the host's in any case.
  private func shared(_ pattern: Int) -> [(CSR, UInt64)] {
    let low: UInt64 = pick(pattern, 0, 31, 10)
    // Places in RAM at which nothing is fetched.
    let place = Self.base + pick(pattern, 0x400, 0x41c, 0x440)
    let status: UInt64 = pick(pattern, 1 << 5 | 1 << 7, 1 << 11 | 1 << 8 | 1 << 18, 1 << 1 | 1 << 3)
    // Pending and enabled are never the same, or an interrupt would come first.
    let enabled: UInt64 = isGuest ? pick(pattern, 0x20, 0x200, 0x0a) : pick(pattern, 0x20, 0x200, 0x0e)
    var values: [(CSR, UInt64)] = [
      (.mcause, pick(pattern, 7, 5, 31)), (.stimecmp, 1_000_000 + low), (.medeleg, pick(pattern, 0, 1, 0)),
      (.mideleg, pick(pattern, 0, 0x222, 0x2)), (.hedeleg, pick(pattern, 0, 1, 0)), (.mie, enabled),
      (.mip, pick(pattern, 0, 2, 0)), (.mcountinhibit, pick(pattern, 0, 5, 0)), (.mstatus, Self.floatOn | status),
      (.hstatus, pick(pattern, 0x200, 0x300, 0x200)),
    ]
    for csr in [CSR.sscratch, .stval, .scause, .mscratch, .mtval, .mtval2, .mtinst, .htval, .htinst, .htimedelta] {
      values.append((csr, UInt64(csr.rawValue) << 5 | low))
    }
    for csr in [CSR.sepc, .mepc, .stvec, .mtvec] { values.append((csr, place)) }
    // A counter that is stopped stands where it was.
    if pattern == 1 { values.append((.mcycle, 1_234)) }
    if !isGuest { values += [(.satp, pick(pattern, 0, 31, 0)), (.hgatp, pick(pattern, 0, 0x1c, 0))] }
    return values
  }

  /// What is a guest's own.
  private func guests(_ pattern: Int) -> [(CSR, UInt64)] {
    let low: UInt64 = pick(pattern, 0, 31, 10)
    let place = Self.base + pick(pattern, 0x600, 0x61c, 0x640)
    var values: [(CSR, UInt64)] = [
      (.hideleg, isGuest ? 0x444 : pick(pattern, 0, 0x4, 0x444)), (.hvip, pick(pattern, 0, 0x4, 0)),
      (.vstimecmp, 2_000_000 + low), (.vsatp, pick(pattern, 0, 31, 0)),
      (.vsstatus, Self.floatOn | pick(pattern, 1 << 5, 1 << 8, 1 << 1)), (.vsepc, place), (.vstvec, place),
    ]
    for csr in [CSR.vsscratch, .vstval, .vscause] { values.append((csr, UInt64(csr.rawValue) << 5 | low)) }
    return values
  }

  /// What can be switched off, one thing at a time.
  private func switches(_ configuration: CensusConfiguration, _ pattern: Int) -> [(CSR, UInt64)] {
    let cacheBlocks: UInt64 = 0xf0
    let environment = 1 << 63 | cacheBlocks
    let isShared = configuration == .sharedRegisters
    let counters: UInt64 = configuration == .countersOff ? 0 : .max
    var switches: [(CSR, UInt64)] = [
      (.mcounteren, pick(pattern, .max, .max << 5 | 7, .max << 5 | 7)),
      (.scounteren, isShared ? 7 : counters), (.hcounteren, isGuest || pattern == 0 ? counters : 7 << pattern | 7),
      (.menvcfg, environment | pick(pattern, 1 << 61, 0, 1)),
      (.henvcfg, configuration == .cacheBlocksOff ? 0 : environment | (isGuest ? 0 : pick(pattern, 0, 1, 0))),
      (.senvcfg, configuration == .cacheBlocksOff ? 0 : cacheBlocks | (isShared ? 1 : 0)),
    ]
    switch configuration {
    case .floatOff: switches.append((.mstatus, 1 << 5 | 1 << 7))
    case .machineTraps: switches.append((.mstatus, Self.floatOn | 1 << 5 | 1 << 7 | 7 << 20))
    case .guestTraps: switches.append((.hstatus, 1 << 9 | 7 << 20))
    case .noGuestAccess: switches.append((.hstatus, 0))
    default: break
    }
    return switches
  }

  /// The value of a pattern.
  private func pick(_ pattern: Int, _ base: UInt64, _ first: UInt64, _ second: UInt64) -> UInt64 {
    switch pattern {
    case 0: base
    case 1: first
    default: second
    }
  }
}
