/// The control and status registers that this machine has, by number (Privileged ISA, "CSR Listing"). Registers that come in
/// numbered groups (`pmpaddr0`…, `mhpmcounter3`…) are members of ``CSRGroup``.
package enum CSR: UInt16, CaseIterable, Sendable {
  case fflags = 0x001
  case frm = 0x002
  case fcsr = 0x003
  case cycle = 0xc00
  case time = 0xc01
  case instret = 0xc02

  case sstatus = 0x100
  case sie = 0x104
  case stvec = 0x105
  case scounteren = 0x106
  case senvcfg = 0x10a
  case sscratch = 0x140
  case sepc = 0x141
  case scause = 0x142
  case stval = 0x143
  case sip = 0x144
  case stimecmp = 0x14d
  case satp = 0x180

  case hstatus = 0x600
  case hedeleg = 0x602
  case hideleg = 0x603
  case hie = 0x604
  case hcounteren = 0x606
  case hgeie = 0x607
  case htimedelta = 0x605
  case henvcfg = 0x60a
  case htval = 0x643
  case hip = 0x644
  case hvip = 0x645
  case htinst = 0x64a
  case hgatp = 0x680
  case hgeip = 0xe12
  case vsstatus = 0x200
  case vsie = 0x204
  case vstvec = 0x205
  case vsscratch = 0x240
  case vsepc = 0x241
  case vscause = 0x242
  case vstval = 0x243
  case vsip = 0x244
  case vstimecmp = 0x24d
  case vsatp = 0x280

  case mstatus = 0x300
  case misa = 0x301
  case medeleg = 0x302
  case mideleg = 0x303
  case mie = 0x304
  case mtvec = 0x305
  case mcounteren = 0x306
  case menvcfg = 0x30a
  case mcountinhibit = 0x320
  case mscratch = 0x340
  case mepc = 0x341
  case mcause = 0x342
  case mtval = 0x343
  case mip = 0x344
  case mtinst = 0x34a
  case mtval2 = 0x34b
  case tselect = 0x7a0
  case tdata1 = 0x7a1
  case tdata2 = 0x7a2
  case tdata3 = 0x7a3
  case tinfo = 0x7a4
  case mcycle = 0xb00
  case minstret = 0xb02
  case mvendorid = 0xf11
  case marchid = 0xf12
  case mimpid = 0xf13
  case mhartid = 0xf14
  case mconfigptr = 0xf15
}

/// Registers that come in numbered groups.
package enum CSRGroup: CaseIterable, Sendable {
  case hpmcounter, mhpmcounter, mhpmevent, pmpcfg, pmpaddr

  /// Number of the group's first register.
  package var base: UInt16 {
    switch self {
    case .hpmcounter: 0xc03
    case .mhpmcounter: 0xb03
    case .mhpmevent: 0x323
    case .pmpcfg: 0x3a0
    case .pmpaddr: 0x3b0
    }
  }

  /// The suffixes of the group's names, in order of their numbers from `base`.
  package var indices: [Int] {
    switch self {
    case .hpmcounter, .mhpmcounter, .mhpmevent: Array(3...31)
    case .pmpcfg: [0, 2]
    case .pmpaddr: Array(0...15)
    }
  }

  /// The number of the register with suffix `index`.
  package func number(_ index: Int) -> UInt16 {
    base + UInt16(self == .pmpcfg || self == .pmpaddr ? index : index - 3)
  }
}

/// Names of CSRs, both ways.
package enum CSRName {
  /// Every implemented register with its name, in order of number.
  package static let all: [(number: UInt16, name: String)] =
    (CSR.allCases.map { ($0.rawValue, "\($0)") }
    + CSRGroup.allCases.flatMap { group in group.indices.map { (group.number($0), "\(group)\($0)") } })
    .sorted { $0.0 < $1.0 }

  private static let byNumber = Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0.name) })
  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.number) })

  /// The name of an implemented register.
  package static func name(of number: UInt16) -> String? { byNumber[number] }
  /// The number of an implemented register by its name, such as `mstatus`.
  package static func number(named name: String) -> UInt16? { byName[name] }
}
