/// Fields of the status registers and of `misa`.
extension CSRField {
  private static let extensionStates = ["Off", "Initial", "Clean", "Dirty"]

  private static func privilege(_ value: UInt64) -> String? {
    UInt8(exactly: value).flatMap(PrivilegeMode.init(rawValue:)).map(\.letter)
  }

  private static func width(_ name: String, _ high: Int) -> CSRField {
    CSRField(name, high, high - 1, names: ["", "32 bits", "64 bits", "128 bits"])
  }

  /// `mstatus` (Machine-Level ISA, "Machine Status Registers").
  static let status: [CSRField] = [
    CSRField("SD", bit: 63, "FS, VS or XS is Dirty"),
    CSRField("MPV", bit: 39, "the trap to M-mode came from a guest"),
    CSRField("GVA", bit: 38, "mtval is a guest's address"),
    CSRField("MBE", bit: 37, "M-mode accesses are big-endian"),
    CSRField("SBE", bit: 36, "S-mode accesses are big-endian"),
    width("SXL", 35),
    width("UXL", 33),
    CSRField("TSR", bit: 22, "sret in S-mode is illegal"),
    CSRField("TW", bit: 21, "wfi below M-mode is illegal"),
    CSRField("TVM", bit: 20, "satp and sfence.vma in S-mode are illegal"),
    CSRField("MXR", bit: 19, "loads may read executable pages"),
    CSRField("SUM", bit: 18, "S-mode may access user pages"),
    CSRField("MPRV", bit: 17, "loads and stores use the privilege in MPP"),
    CSRField("XS", 16, 15, names: extensionStates),
    CSRField("FS", 14, 13, names: extensionStates),
    CSRField("MPP", 12, 11, privilege),
    CSRField("VS", 10, 9, names: extensionStates),
    CSRField("SPP", 8, 8, privilege),
    CSRField("MPIE", bit: 7, "interrupts were on before the trap to M-mode"),
    CSRField("UBE", bit: 6, "U-mode accesses are big-endian"),
    CSRField("SPIE", bit: 5, "interrupts were on before the trap to S-mode"),
    CSRField("MIE", bit: 3, "interrupts on in M-mode"),
    CSRField("SIE", bit: 1, "interrupts on in S-mode"),
  ]

  /// The fields of `mstatus` that `sstatus` shows (Supervisor-Level ISA, "Supervisor Status Register").
  static let supervisorStatus: Set<String> = [
    "SD", "UXL", "MXR", "SUM", "XS", "FS", "VS", "SPP", "UBE", "SPIE", "SIE",
  ]

  /// `misa` (Machine-Level ISA, "Machine ISA Register").
  static let misa: [CSRField] = [
    CSRField("MXL", 63, 62, names: ["", "32 bits", "64 bits", "128 bits"]),
    CSRField("Extensions", 25, 0) { value in
      let letters = (UInt8(0)..<26).filter { value >> UInt64($0) & 1 == 1 }
      return String(decoding: letters.map { $0 + UInt8(ascii: "A") }, as: UTF8.self)
    },
  ]

  /// Exception flags of `fcsr`, accrued ("F" Extension, "Floating-Point Control and Status Register").
  static let exceptionFlags: [CSRField] = [
    CSRField("NV", bit: 4, "invalid operation"),
    CSRField("DZ", bit: 3, "divide by zero"),
    CSRField("OF", bit: 2, "overflow"),
    CSRField("UF", bit: 1, "underflow"),
    CSRField("NX", bit: 0, "inexact"),
  ]

  /// The dynamic rounding mode.
  static func roundingMode(low: Int) -> CSRField {
    CSRField("frm", low + 2, low) { value in
      switch value {
      case 0: "RNE, to nearest, ties to even"
      case 1: "RTZ, towards zero"
      case 2: "RDN, down"
      case 3: "RUP, up"
      case 4: "RMM, to nearest, ties away from zero"
      default: "reserved"
      }
    }
  }
}
