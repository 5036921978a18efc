/// Fields of the registers that configure translation, protection, counters and the environment of lower privileges.
extension CSRField {
  /// `satp` (Supervisor-Level ISA, "Supervisor Address Translation and Protection Register").
  static let addressTranslation: [CSRField] = [
    CSRField("MODE", 63, 60) { value in
      switch value {
      case 0: "Bare"
      case 8: "Sv39"
      case 9: "Sv48"
      case 10: "Sv57"
      default: nil
      }
    },
    CSRField("ASID", 59, 44),
    CSRField("PPN", 43, 0) { "root table at \(hexadecimal($0 << 12))" },
  ]

  /// `menvcfg`; `senvcfg` has those below bit 8 (Machine-Level ISA, "Machine Environment Configuration Register").
  static let environment: [CSRField] = [
    CSRField("STCE", bit: 63, "S-mode has stimecmp"),
    CSRField("ADUE", bit: 61, "hardware sets the A and D bits of page-table entries"),
    CSRField("CBZE", bit: 7, "cbo.zero is allowed below"),
    CSRField("CBCFE", bit: 6, "cbo.clean and cbo.flush are allowed below"),
    CSRField("CBIE", 5, 4, names: ["cbo.inval is illegal below", "cbo.inval flushes", "", "cbo.inval invalidates"]),
    CSRField("FIOM", bit: 0, "a fence of I/O orders memory too"),
  ]

  /// `mcounteren`, `scounteren`, `mcountinhibit` (Machine-Level ISA, "Machine Counter-Enable Register").
  static let counters: [CSRField] = [
    CSRField("HPM", 31, 3) { $0 == 0 ? nil : "hpmcounter3 to hpmcounter31, a bit each" },
    CSRField("IR", bit: 2, "instret"),
    CSRField("TM", bit: 1, "time"),
    CSRField("CY", bit: 0, "cycle"),
  ]

  /// `pmpcfg0` and `pmpcfg2`: eight entries of a byte each (Machine-Level ISA, "Physical Memory Protection CSRs").
  static func protection(firstEntry: Int) -> [CSRField] {
    (0..<8).reversed().map { index in
      CSRField("pmp\(firstEntry + index)cfg", 8 * index + 7, 8 * index) { value in
        let matching = ["OFF", "TOR", "NA4", "NAPOT"][Int(value >> 3 & 3)]
        let rights = (value & 1 != 0 ? "r" : "-") + (value & 2 != 0 ? "w" : "-") + (value & 4 != 0 ? "x" : "-")
        return "\(matching) \(rights)" + (value & 0x80 != 0 ? " locked" : "")
      }
    }
  }

  /// `pmpaddr0` to `pmpaddr15`: bits 55 to 2 of an address.
  static let protectionAddress = [CSRField("address", 53, 0) { hexadecimal($0 << 2) }]

  /// `mvendorid` (Machine-Level ISA, "Machine Vendor ID Register").
  static let vendor: [CSRField] = [CSRField("Bank", 31, 7), CSRField("Offset", 6, 0)]

  /// `tdata1` ("Sdtrig", "Trigger Data 1").
  static let trigger: [CSRField] = [
    CSRField("type", 63, 60) { $0 == 0 ? "no trigger" : nil },
    CSRField("dmode", bit: 59, "only a debugger may write it"),
    CSRField("data", 58, 0),
  ]

  /// `tinfo` ("Sdtrig", "Trigger Info").
  static let triggerInformation: [CSRField] = [
    CSRField("version", 31, 24),
    CSRField("info", 15, 0) { $0 == 1 ? "no trigger" : nil },
  ]
}
