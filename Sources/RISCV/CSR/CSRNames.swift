extension CSRName {
  /// The name that the specification gives the register, whether this machine has it or not, else its number: `hgatp`, `0x5c0`.
  package static func spelling(of number: UInt16) -> String {
    name(of: number) ?? absentByNumber[number] ?? "0x" + String(number, radix: 16)
  }

  /// The number of a register that the specification names, whether this machine has it or not.
  package static func anyNumber(named name: String) -> UInt16? { number(named: name) ?? absentByName[name] }

  private static let absentByNumber = Dictionary(uniqueKeysWithValues: absent.map { ($0.number, $0.name) })
  private static let absentByName = Dictionary(uniqueKeysWithValues: absent.map { ($0.name, $0.number) })

  /// Registers of extensions that this machine does not have, which programs that look for them name.
  private static let absent: [(number: UInt16, name: String)] =
    (named + groups.flatMap { group in group.indices.map { (group.base + UInt16($0), "\(group.name)\($0)") } })
    .filter { name(of: $0.0) == nil }

  private static let groups: [(name: String, base: UInt16, indices: [Int])] = [
    ("pmpcfg", 0x3a0, [4, 6, 8, 10, 12, 14]), ("pmpaddr", 0x3b0, Array(16...63)),
  ]

  private static let named: [(UInt16, String)] = [
    (0x008, "vstart"), (0x009, "vxsat"), (0x00a, "vxrm"), (0x00f, "vcsr"), (0x011, "ssp"), (0x015, "seed"),
    (0x017, "jvt"), (0x10c, "sstateen0"), (0x10d, "sstateen1"), (0x10e, "sstateen2"), (0x10f, "sstateen3"),
    (0x120, "scountinhibit"), (0x14e, "sctrctl"), (0x14f, "sctrstatus"), (0x150, "siselect"), (0x151, "sireg"),
    (0x152, "sireg2"), (0x153, "sireg3"), (0x155, "sireg4"), (0x156, "sireg5"), (0x157, "sireg6"), (0x15c, "stopei"),
    (0x15f, "sctrdepth"), (0x181, "srmcfg"), (0x200, "vsstatus"), (0x204, "vsie"), (0x205, "vstvec"),
    (0x240, "vsscratch"), (0x241, "vsepc"), (0x242, "vscause"), (0x243, "vstval"), (0x244, "vsip"),
    (0x24d, "vstimecmp"), (0x24e, "vsctrctl"), (0x250, "vsiselect"), (0x251, "vsireg"), (0x252, "vsireg2"),
    (0x253, "vsireg3"), (0x255, "vsireg4"), (0x256, "vsireg5"), (0x257, "vsireg6"), (0x25c, "vstopei"),
    (0x280, "vsatp"), (0x308, "mvien"), (0x309, "mvip"), (0x30c, "mstateen0"), (0x30d, "mstateen1"),
    (0x30e, "mstateen2"), (0x30f, "mstateen3"), (0x321, "mcyclecfg"), (0x322, "minstretcfg"), (0x34a, "mtinst"),
    (0x34b, "mtval2"), (0x34e, "mctrctl"), (0x350, "miselect"), (0x351, "mireg"), (0x352, "mireg2"),
    (0x353, "mireg3"), (0x355, "mireg4"), (0x356, "mireg5"), (0x357, "mireg6"), (0x35c, "mtopei"),
    (0x5a8, "scontext"), (0x600, "hstatus"), (0x602, "hedeleg"), (0x603, "hideleg"), (0x604, "hie"),
    (0x605, "htimedelta"), (0x606, "hcounteren"), (0x607, "hgeie"), (0x608, "hvien"), (0x609, "hvictl"),
    (0x60a, "henvcfg"), (0x60c, "hstateen0"), (0x60d, "hstateen1"), (0x60e, "hstateen2"), (0x60f, "hstateen3"),
    (0x643, "htval"), (0x644, "hip"), (0x645, "hvip"), (0x646, "hviprio1"), (0x647, "hviprio2"), (0x64a, "htinst"),
    (0x680, "hgatp"), (0x6a8, "hcontext"), (0x740, "mnscratch"), (0x741, "mnepc"), (0x742, "mncause"),
    (0x744, "mnstatus"), (0x747, "mseccfg"), (0x7a0, "tselect"), (0x7a1, "tdata1"), (0x7a2, "tdata2"),
    (0x7a3, "tdata3"), (0x7a4, "tinfo"), (0x7a5, "tcontrol"), (0x7a8, "mcontext"), (0x7aa, "mscontext"),
    (0x7b0, "dcsr"), (0x7b1, "dpc"), (0x7b2, "dscratch0"), (0x7b3, "dscratch1"), (0xc20, "vl"), (0xc21, "vtype"),
    (0xc22, "vlenb"), (0xda0, "scountovf"), (0xdb0, "stopi"), (0xe12, "hgeip"), (0xeb0, "vstopi"), (0xfb0, "mtopi"),
  ]
}
