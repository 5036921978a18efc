/// A field of a control and status register, with the meaning of its values (Privileged ISA).
package struct CSRField: Sendable {
  /// The specification's name, such as `MPP`.
  package let name: String
  /// Its most significant bit.
  package let high: Int
  /// Its least significant bit.
  package let low: Int
  private let explain: @Sendable (_ value: UInt64, _ register: UInt64) -> String?

  /// A field whose meaning depends on other bits of its register.
  init(
    _ name: String, _ high: Int, _ low: Int,
    inRegister explain: @escaping @Sendable (_ value: UInt64, _ register: UInt64) -> String?
  ) {
    self.name = name
    self.high = high
    self.low = low
    self.explain = explain
  }

  init(_ name: String, _ high: Int, _ low: Int, _ explain: @escaping @Sendable (UInt64) -> String? = { _ in nil }) {
    self.init(name, high, low) { value, _ in explain(value) }
  }

  /// A field whose values are numbered from 0; reserved values have an empty name.
  init(_ name: String, _ high: Int, _ low: Int, names: [String]) {
    self.init(name, high, low) { value in
      value < names.count && !names[Int(value)].isEmpty ? names[Int(value)] : nil
    }
  }

  /// One bit, with what it means when it is set.
  init(_ name: String, bit: Int, _ whenSet: String) {
    self.init(name, bit, bit) { $0 == 1 ? whenSet : nil }
  }

  /// The field's bits, at their place.
  package var mask: UInt64 { (UInt64.max >> UInt64(63 - high + low)) << UInt64(low) }

  /// The field's value in a value of its register.
  package func value(in register: UInt64) -> UInt64 { (register & mask) >> UInt64(low) }

  /// What `value` of the field means, in a few words; nil when a number says it all. An exception code that stands alone is one
  /// of a synchronous exception: see ``meaning(in:)``.
  package func meaning(of value: UInt64) -> String? { explain(value, value << UInt64(low)) }

  /// What the field means in a value of its register.
  package func meaning(in register: UInt64) -> String? { explain(value(in: register), register) }

  /// The fields of a register by its number, the highest first; empty when it is a plain number or not there.
  package static func fields(of number: UInt16) -> [CSRField] {
    if let csr = CSR(rawValue: number) { return fields(of: csr) }
    switch number {
    case CSRGroup.pmpcfg.number(0): return protection(firstEntry: 0)
    case CSRGroup.pmpcfg.number(2): return protection(firstEntry: 8)
    case CSRGroup.pmpaddr.number(0)...CSRGroup.pmpaddr.number(15): return protectionAddress
    default: return []
    }
  }

  private static func fields(of csr: CSR) -> [CSRField] {
    switch csr {
    case .fflags: exceptionFlags
    case .frm: [roundingMode(low: 0)]
    case .fcsr: [roundingMode(low: 5)] + exceptionFlags
    case .mstatus: status
    case .sstatus: status.filter { supervisorStatus.contains($0.name) }
    case .misa: misa
    case .vsstatus: status.filter { supervisorStatus.contains($0.name) }
    case .hstatus: hypervisorStatus
    case .hie: interrupts(letter: "E", Interrupt.allCases.filter(\.isVirtualSupervisor))
    case .hip, .hvip: interrupts(letter: "P", Interrupt.allCases.filter(\.isVirtualSupervisor))
    case .hideleg: interrupts(letter: "", Interrupt.allCases.filter(\.isVirtualSupervisor))
    case .vsie: interrupts(letter: "E", Interrupt.allCases.filter(\.isSupervisor))
    case .vsip: interrupts(letter: "P", Interrupt.allCases.filter(\.isSupervisor))
    case .hedeleg: exceptionDelegation
    case .hgatp: guestAddressTranslation
    case .mie: interrupts(letter: "E", Interrupt.allCases)
    case .mip: interrupts(letter: "P", Interrupt.allCases)
    case .sie: interrupts(letter: "E", Interrupt.allCases.filter(\.isSupervisor))
    case .sip: interrupts(letter: "P", Interrupt.allCases.filter(\.isSupervisor))
    case .mideleg: interrupts(letter: "", Interrupt.allCases)
    case .medeleg: exceptionDelegation
    case .mtvec, .stvec, .vstvec: trapVector
    case .mcause, .scause, .vscause: cause
    case .satp, .vsatp: addressTranslation
    case .menvcfg, .henvcfg: environment
    case .senvcfg: environment.filter { $0.high < 8 }
    case .mcounteren, .scounteren, .hcounteren: counters
    case .mcountinhibit: counters.filter { $0.name != "TM" }
    case .mvendorid: vendor
    case .tdata1: trigger
    case .tinfo: triggerInformation
    case .htval, .mtval2: [CSRField("address", 63, 0) { hexadecimal($0 << 2) }]
    case .htinst, .mtinst: [CSRField("instruction", 63, 0, trapInstruction)]
    case .cycle, .time, .instret, .mcycle, .minstret, .sscratch, .mscratch, .sepc, .mepc, .stval, .mtval, .stimecmp,
      .marchid, .mimpid, .mhartid, .mconfigptr, .tselect, .tdata2, .tdata3,
      .hgeie, .hgeip, .htimedelta, .vsscratch, .vsepc, .vstval, .vstimecmp:
      []
    }
  }

  static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
