/// Fields of the registers of the hypervisor extension ("H" Extension, "Hypervisor and Virtual Supervisor CSRs").
extension CSRField {
  /// `hstatus`.
  static let hypervisorStatus: [CSRField] = [
    CSRField("VSXL", 33, 32, names: ["", "32 bits", "64 bits", "128 bits"]),
    CSRField("VTSR", bit: 22, "sret in VS-mode is a virtual instruction"),
    CSRField("VTW", bit: 21, "wfi in VS-mode is a virtual instruction"),
    CSRField("VTVM", bit: 20, "satp and sfence.vma in VS-mode are virtual instructions"),
    CSRField("VGEIN", 17, 12),
    CSRField("HU", bit: 9, "U-mode may use hlv, hlvx and hsv"),
    CSRField("SPVP", 8, 8) { $0 == 1 ? "VS" : "VU" },
    CSRField("SPV", bit: 7, "the trap came from a guest"),
    CSRField("GVA", bit: 6, "stval is a guest's address"),
    CSRField("VSBE", bit: 5, "VS-mode accesses are big-endian"),
  ]

  /// `hgatp` ("Hypervisor Guest Address Translation and Protection Register").
  static let guestAddressTranslation: [CSRField] = [
    CSRField("MODE", 63, 60) { PagingScheme(rawValue: $0)?.guestStageName },
    CSRField("VMID", 57, 44),
    CSRField("PPN", 43, 0) { "root table at \(hexadecimal($0 << 12))" },
  ]

  /// What `htinst` and `mtinst` say of the access that trapped.
  static let trapInstruction: @Sendable (UInt64) -> String? = { value in
    switch value {
    case 0: nil
    case 0x3000: "a read of a guest's page table"
    case 0x3020: "an update of A or D in a guest's page table"
    default: Disassembler.text(bits: UInt32(truncatingIfNeeded: value | 2), pc: 0)
    }
  }
}
