import Machine
import RISCV

/// What a person in the monitor's place makes of a guest that has exited: registers and memory that lie over the guest's own, which
/// are not touched. So whatever is tried, nothing has to be undone.
package final class GuestDraft {
  /// The virtual hart, as it stands at the exit.
  package let hart: Hart
  package let exit: Hart.Exit
  let memory: PhysicalMemory
  /// Knows what a write of a CSR comes to, and what a trap does: a hart of nobody's.
  private let scratch: Hart
  private var registers: [GuestRegister: UInt64] = [:]
  /// By guest-physical address.
  private var bytes: [UInt64: UInt8] = [:]
  /// The entry that was chosen for the shadow table.
  package var shadow: ShadowChoice?

  /// A leaf of a shadow table as a person would have it.
  package struct ShadowChoice: Sendable, Equatable {
    /// The guest-virtual page, and the page of the guest's memory whose frame it is to lead to.
    package var page: UInt64
    package var guestPage: UInt64
    /// R W X U in bits 1 to 4, as in an entry.
    package var rights: UInt64

    package init(page: UInt64, guestPage: UInt64, rights: UInt64) {
      (self.page, self.guestPage, self.rights) = (page, guestPage, rights)
    }
  }

  /// A draft of what stands in `machine` at an exit of one of its harts; nil where the host has no memory for it.
  package init?(_ machine: Machine, hart index: Int, exit: Hart.Exit) {
    guard let nowhere = try? PhysicalMemory(base: MemoryMap.memory, size: 1 << 16) else { return nil }
    hart = machine.harts[index]
    memory = machine.memory
    self.exit = exit
    let cpu = machine.configuration.cpu
    scratch = Hart(index: index, memory: nowhere, svade: cpu.svade, quirks: cpu.quirks)
    scratch.attach(EmptyBus())
    for (number, _) in CSRName.all { _ = scratch.writeCSR(number, hart.readCSR(number) ?? 0) }
    for number in 1..<32 { scratch.setX(number, hart.x(number)) }
    for number in 0..<32 { scratch.setF(number, hart.f(number)) }
    scratch.pc = hart.pc
    scratch.privilege = hart.privilege
  }

  // MARK: Registers

  package subscript(register: GuestRegister) -> UInt64 { registers[register] ?? register.value(in: hart) }

  /// Sets a register, by its WARL rules. False where it cannot be written.
  package func set(_ register: GuestRegister, to value: UInt64) -> Bool {
    let before = allCSRs
    switch register {
    case .pc: scratch.pc = value
    case .privilege:
      guard value < 8, let mode = PrivilegeMode(rawValue: UInt8(value)) else { return false }
      scratch.privilege = mode
    case .x(let number):
      if number == 0 { return false }
      scratch.setX(number, value)
    case .f(let number): scratch.setF(number, value)
    case .csr(let number): guard scratch.writeCSR(number, value) else { return false }
    }
    registers[register] = register.value(in: scratch)
    takeChanges(since: before)
    return true
  }

  private var allCSRs: [UInt64] { CSRName.all.map { scratch.readCSR($0.number) ?? 0 } }

  /// One register is often seen through others. Only the bits that changed are taken: the scratch hart has no devices, so not all of
  /// what it shows is the guest's.
  private func takeChanges(since before: [UInt64]) {
    for (index, (number, _)) in CSRName.all.enumerated() {
      let register = GuestRegister.csr(number)
      let changed = before[index] ^ (scratch.readCSR(number) ?? 0)
      if changed != 0 { registers[register] = self[register] & ~changed | (scratch.readCSR(number) ?? 0) & changed }
    }
  }

  /// Has the guest take a trap, as its hart would at the draft's pc.
  package func deliver(_ trap: Trap) {
    let before = allCSRs
    scratch.deliver(trap)
    takeEntry(since: before)
  }
  /// The same with an interrupt.
  package func deliver(_ interrupt: Interrupt) {
    let before = allCSRs
    scratch.deliver(interrupt)
    takeEntry(since: before)
  }
  private func takeEntry(since before: [UInt64]) {
    for register in [GuestRegister.pc, .privilege] { registers[register] = register.value(in: scratch) }
    takeChanges(since: before)
  }

  // MARK: Memory

  /// Writes memory of the draft. False where the guest has no RAM.
  package func write(_ values: [UInt8], to address: GuestPhysicalAddress) -> Bool {
    guard memory.contains(address.value, count: UInt64(values.count)) else { return false }
    for (offset, value) in values.enumerated() { bytes[address.value &+ UInt64(offset)] = value }
    return true
  }

  /// What was read from the guest's memory, with what the draft has in place of it.
  package func overlay(_ values: [UInt8], at address: GuestPhysicalAddress) -> [UInt8] {
    guard !bytes.isEmpty else { return values }
    return values.enumerated().map { bytes[address.value &+ UInt64($0)] ?? $1 }
  }

  /// The doublewords that the draft has something of.
  var touchedWords: Set<UInt64> { Set(bytes.keys.map { $0 & ~7 }) }
  func word(at address: UInt64) -> UInt64 {
    let place = GuestPhysicalAddress(address)
    let values = overlay(memory.read(place, count: 8) ?? [], at: place)
    return values.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Whether anything was done at all.
  package var isUntouched: Bool { registers.isEmpty && bytes.isEmpty && shadow == nil }
}
