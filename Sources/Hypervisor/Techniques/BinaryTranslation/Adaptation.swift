import RISCV

/// Which of the guest's instructions are translated into calls of the monitor although a program may execute them, because they
/// trapped there again and again; as long as nobody knows that of them they are identical (Adams and Agesen, ASPLOS 2006, section 3).
struct Adaptation {
  /// An instruction of the guest's by its guest-physical address, in one of the guest's modes.
  struct Site: Hashable {
    var address: UInt64
    var mode: PrivilegeMode
  }
  private struct Record {
    var isAdapted = false
    /// Traps that are to change it, or calls in a row that were for nothing.
    var count = 0
    /// How many of them do.
    var patience = Adaptation.patience
  }
  /// By guest-physical page.
  private var records: [UInt64: [Site: Record]] = [:]

  /// Traps after which an instruction is adapted for the first time; twice as many after it was identical again.
  static let patience = 10
  /// Calls for nothing after which it is identical again: together they cost what translating it anew does, two or three times.
  static let leniency = 100

  func isAdapted(_ site: Site) -> Bool { records[site.address & ~0xfff]?[site]?.isAdapted ?? false }

  /// The monitor has executed an instruction. `wasNeeded` where it had to: the instruction accessed a device or stored to a page
  /// that is traced. Whether that changes how it is to be translated.
  mutating func note(_ site: Site, wasNeeded: Bool) -> Bool {
    let page = site.address & ~0xfff
    var record = records[page]?[site] ?? Record()
    record.count = record.isAdapted == wasNeeded ? 0 : record.count + 1
    let changes = record.count == (record.isAdapted ? Self.leniency : record.patience)
    if changes {
      if record.isAdapted { record.patience *= 2 }
      record.isAdapted.toggle()
      record.count = 0
    }
    records[page, default: [:]][site] = record
    return changes
  }

  /// The guest stores to code of its own, within one page: other instructions are there then.
  mutating func forget(_ address: UInt64, _ count: Int) {
    let page = address & ~0xfff
    guard let known = records[page] else { return }
    for site in known.keys where site.address &+ 4 > address && site.address < address &+ UInt64(count) {
      records[page]?[site] = nil
    }
  }

  /// All units are gone.
  mutating func removeAll() { records = [:] }
}
