import RISCV

/// A field of a CSR and its value in words.
package struct CSRFieldText: Sendable, Equatable {
  package var name: String
  package var value: UInt64
  package var meaning: String?
}

/// How the fields of the registers that matter most are laid out (Privileged ISA).
package enum CSRFields {
  private struct Layout: Sendable {
    var name: String
    var high: Int
    var low: Int
    var meaning: (@Sendable (UInt64) -> String?)?
    init(_ name: String, _ high: Int, _ low: Int? = nil, _ meaning: (@Sendable (UInt64) -> String?)? = nil) {
      (self.name, self.high, self.low, self.meaning) = (name, high, low ?? high, meaning)
    }
  }

  /// The fields of a register with their values; empty for a register that is one number.
  package static func texts(_ name: String, _ value: UInt64) -> [CSRFieldText] {
    layout(name, value).map { field in
      let width = field.high - field.low + 1
      let bits = value >> UInt64(field.low) & (width == 64 ? .max : (1 << UInt64(width)) - 1)
      return CSRFieldText(name: field.name, value: bits, meaning: field.meaning?(bits))
    }
  }

  @Sendable private static func mode(_ bits: UInt64) -> String? { PrivilegeMode(rawValue: UInt8(bits))?.letter }
  @Sendable private static func extensionState(_ bits: UInt64) -> String? {
    ["Off", "Initial", "Clean", "Dirty"][Int(bits & 3)]
  }
  private static let status: [Layout] = [
    .init("SD", 63), .init("UXL", 33, 32) { $0 == 2 ? "64" : nil }, .init("MXR", 19), .init("SUM", 18),
    .init("FS", 14, 13, extensionState), .init("SPP", 8) { mode($0) }, .init("SPIE", 5), .init("SIE", 1),
  ]
  private static let interrupts: [Layout] = [
    .init("MEI", 11), .init("SEI", 9), .init("MTI", 7), .init("STI", 5), .init("MSI", 3), .init("SSI", 1),
  ]

  private static func layout(_ name: String, _ value: UInt64) -> [Layout] {
    switch name {
    case "mstatus":
      return [
        .init("SD", 63), .init("SXL", 35, 34) { $0 == 2 ? "64" : nil }, .init("UXL", 33, 32) { $0 == 2 ? "64" : nil },
        .init("TSR", 22), .init("TW", 21), .init("TVM", 20), .init("MXR", 19), .init("SUM", 18), .init("MPRV", 17),
        .init("FS", 14, 13, extensionState), .init("MPP", 12, 11) { mode($0) }, .init("SPP", 8) { mode($0) },
        .init("MPIE", 7), .init("SPIE", 5), .init("MIE", 3), .init("SIE", 1),
      ]
    case "sstatus": return status
    case "satp":
      return [
        .init("MODE", 63, 60) { PagingScheme(rawValue: $0)?.name }, .init("ASID", 59, 44),
        .init("PPN", 43, 0) { "root gpa:\(hex($0 << 12))" },
      ]
    case "mtvec", "stvec":
      return [
        .init("BASE", 63, 2) { hex($0 << 2) },
        .init("MODE", 1, 0) { $0 == 0 ? "Direct" : $0 == 1 ? "Vectored" : nil },
      ]
    case "mcause", "scause":
      return [
        .init("Interrupt", 63),
        .init("Code", 62, 0) {
          value >> 63 == 1 ? Interrupt(rawValue: $0)?.name : ExceptionCause(rawValue: $0)?.name
        },
      ]
    case "mie", "mip", "mideleg": return interrupts
    case "sie", "sip": return [.init("SEI", 9), .init("STI", 5), .init("SSI", 1)]
    case "medeleg":
      return ExceptionCause.allCases.filter { $0 != .environmentCallFromM }.map { cause in
        .init(cause.argument, Int(cause.rawValue))
      }
    case "misa":
      return [
        .init("MXL", 63, 62) { $0 == 2 ? "64" : nil },
        .init("Extensions", 25, 0) { bits in
          String((0..<26).filter { bits >> UInt64($0) & 1 == 1 }.map { Character(UnicodeScalar(UInt8(65 + $0))) })
        },
      ]
    case "menvcfg":
      return [
        .init("STCE", 63), .init("PBMTE", 62), .init("ADUE", 61), .init("CBZE", 7), .init("CBCFE", 6),
        .init("CBIE", 5, 4), .init("FIOM", 0),
      ]
    case "fcsr":
      return [
        .init("RM", 7, 5) { $0 < 5 ? ["RNE", "RTZ", "RDN", "RUP", "RMM"][Int($0)] : nil }, .init("NV", 4),
        .init("DZ", 3),
        .init("OF", 2), .init("UF", 1), .init("NX", 0),
      ]
    case "mcounteren", "scounteren": return [.init("IR", 2), .init("TM", 1), .init("CY", 0)]
    case "pmpcfg0", "pmpcfg2":
      let first = name == "pmpcfg0" ? 0 : 8
      return (0..<8).map { index in .init("pmp\(first + index)cfg", index * 8 + 7, index * 8) { pmp($0) } }
    default: return []
    }
  }

  private static func pmp(_ bits: UInt64) -> String {
    let kind = ["OFF", "TOR", "NA4", "NAPOT"][Int(bits >> 3 & 3)]
    let rights = (bits & 4 != 0 ? "x" : "-") + (bits & 2 != 0 ? "w" : "-") + (bits & 1 != 0 ? "r" : "-")
    return "\(kind) \(rights)\(bits & 0x80 != 0 ? " locked" : "")"
  }
}
