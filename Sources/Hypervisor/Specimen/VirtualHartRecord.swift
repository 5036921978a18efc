import Machine
import RISCV

/// The virtual hart as a monitor keeps it in its memory under the symbol `vitrine_vcpu`, in 64-bit words:
///
/// | word | what |
/// |---|---|
/// | 0 | `0x0000000155504356`: "VCPU", and above it the version of the layout, 1 |
/// | 1 | how many words follow |
/// | 2…33 | x0 (not used) to x31, as saved at the last exit |
/// | 34 | pc |
/// | 35 | privilege: 0 user, 1 supervisor, 3 machine |
/// | 36…44 | `sstatus` `sie` `sip` `stvec` `sscratch` `sepc` `scause` `stval` `satp` |
/// | 45…53 | `scounteren` `medeleg` `mideleg` `mtvec` `mcounteren` `mscratch` `mepc` `mcause` `mtval` |
///
/// Where the hart's own VS registers hold words 36 to 44, the count is 34 and they are left out. A monitor that is its guest's firmware
/// has a count of 43. With 52 the virtual hart has an M-mode of its own: then words 36 to 38 are `mstatus`, `mie` and `mip`, of which
/// `sstatus`, `sie` and `sip` are parts, as on a hart, and have no words of their own.
package struct VirtualHartRecord: Sendable, Equatable {
  package static let symbol = "vitrine_vcpu"
  package static let magic: UInt64 = 0x1_5550_4356
  /// Words of the layout behind the count: without the registers of S-mode, with them, and with those of M-mode, too.
  package static let counts = (short: 34, full: 43, machine: 52)
  /// The registers of a record without M-mode, from word 36 on, and of one with it.
  package static let csrs: [CSR] = [.sstatus, .sie, .sip, .stvec, .sscratch, .sepc, .scause, .stval, .satp]
  package static let machineCSRs: [CSR] =
    [.mstatus, .mie, .mip] + csrs.dropFirst(3)
    + [.scounteren, .medeleg, .mideleg, .mtvec, .mcounteren, .mscratch, .mepc, .mcause, .mtval]

  /// Where in the record a part of the guest's state lies that no register of the hart holds while the guest runs in U.
  static func offset(of place: GuestState.Place) -> UInt64? {
    switch place {
    case .mode: 8 * 35
    case .csr(let csr):
      (csrs.firstIndex(of: csr) ?? machineCSRs.firstIndex(of: csr)).map { 8 * UInt64(36 + $0) }
    case .x, .f, .pc: nil
    }
  }

  package var x: [UInt64]
  package var pc: UInt64
  package var privilege: UInt64
  /// In the order of ``registers``; nil where the record ends before them.
  package var values: [UInt64]?

  /// The virtual hart has an M-mode, which is not the monitor's business.
  package var hasMachineMode: Bool { values?.count == Self.machineCSRs.count }
  /// What ``values`` holds.
  package var registers: [CSR] { hasMachineMode ? Self.machineCSRs : values == nil ? [] : Self.csrs }

  package subscript(csr: CSR) -> UInt64? {
    registers.firstIndex(of: csr).map { values![$0] }
  }

  /// Why there is no record to read.
  package enum Absence: Error, Equatable {
    /// The monitor has no such symbol.
    case noSymbol
    /// It is not where its address says, as far as the monitor's own page table tells.
    case notMapped(UInt64)
    /// It does not begin as the layout says.
    case badMagic(UInt64)
    /// A count that no version of the layout has.
    case badCount(UInt64)
  }

  /// Reads the record at a virtual address of the monitor's, whose hart it is.
  package init(at address: UInt64, of hart: Hart, in memory: PhysicalMemory) throws(Absence) {
    func word(_ index: Int) throws(Absence) -> UInt64 {
      let place = address &+ 8 &* UInt64(index)
      guard let physical = hart.physicalAddress(of: GuestVirtualAddress(place), in: .supervisor),
        let value = memory.load(physical, as: UInt64.self)
      else { throw .notMapped(place) }
      return value
    }
    let magic = try word(0)
    guard magic == Self.magic else { throw .badMagic(magic) }
    let count = try word(1)
    guard count == UInt64(Self.counts.short) || count >= UInt64(Self.counts.full), count < 1 << 16 else {
      throw .badCount(count)
    }
    var words: [UInt64] = []
    let known = [Self.counts.machine, Self.counts.full].first { count >= UInt64($0) } ?? Self.counts.short
    for index in 0..<known { words.append(try word(2 + index)) }
    x = Array(words[..<32])
    (pc, privilege) = (words[32], words[33])
    values = words.count > Self.counts.short ? Array(words[34...]) : nil
  }
}
