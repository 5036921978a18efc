import RISCV

/// How large the pages are that nested tables map.
package enum LeafSize: String, Sendable, CaseIterable {
  case small = "4K"
  case large = "2M"
}

/// The G-stage tables of one virtual machine, filled on demand.
///
/// There is one for each view of the guest's memory: M-mode's, that of S and U, as PMP has them, and one for each guest of a
/// guest hypervisor. Harts whose views are alike share a table. A change of PMP leads to another table; a page that PMP splits
/// or closes to a mode is in none of them, so that accesses to it are stepped.
final class NestedPaging {
  let host: HostMachine
  private let options: MonitorChoices
  private(set) var tables: [NestedTable] = []
  private var known: [Known]
  private var lastVMID: UInt16 = 0
  private var uses: UInt64 = 0

  /// Tables that are kept; beyond that the one used longest ago goes.
  private static let mostTables = 32

  /// What a virtual hart came to last, for as long as PMP stays as it is.
  private struct Known {
    var epoch = UInt64.max
    var machine: NestedTable?
    var supervisor: NestedTable?
    var guest: NestedTable?
    var guestTranslation: UInt64 = 0
  }

  init(host: HostMachine, _ options: MonitorChoices) {
    self.host = host
    self.options = options
    known = Array(repeating: Known(), count: host.harts.count)
  }

  // MARK: Tables

  /// The value of `hgatp` under which the physical hart runs the guest's present mode.
  func root(for cpu: VirtualCPU) -> UInt64 { table(for: cpu).translation }

  private func table(for cpu: VirtualCPU) -> NestedTable {
    let hart = cpu.hart
    if known[hart.index].epoch != hart.protectionEpoch { known[hart.index] = Known(epoch: hart.protectionEpoch) }
    let found: NestedTable
    switch hart.privilege {
    case .machine:
      if let table = known[hart.index].machine { return table }
      found = table(.machine, cpu)
      known[hart.index].machine = found
    case .supervisor, .user:
      if let table = known[hart.index].supervisor { return table }
      found = table(.supervisor, cpu)
      known[hart.index].supervisor = found
    case .virtualSupervisor, .virtualUser:
      let translation = hart.translationRegisters.hgatp
      if let table = known[hart.index].guest, known[hart.index].guestTranslation == translation { return table }
      found = table(.guest(translation), cpu)
      known[hart.index].guest = found
      known[hart.index].guestTranslation = translation
    }
    return found
  }

  /// The table that a hart's present mode uses, if it is there.
  func presentTable(of hart: Hart) -> NestedTable? {
    let known = known[hart.index]
    guard known.epoch == hart.protectionEpoch else { return nil }
    switch hart.privilege {
    case .machine: return known.machine
    case .supervisor, .user: return known.supervisor
    case .virtualSupervisor, .virtualUser:
      return known.guestTranslation == hart.translationRegisters.hgatp ? known.guest : nil
    }
  }

  private func table(_ view: NestedTable.View, _ cpu: VirtualCPU) -> NestedTable {
    uses += 1
    let key = NestedTable.Key(view: view, protection: protection(view, cpu.hart))
    if let table = tables.first(where: { $0.key == key }) {
      table.lastUse = uses
      return table
    }
    if tables.count >= Self.mostTables {
      let oldest = tables.min { $0.lastUse < $1.lastUse }
      drop(cpu) { $0 === oldest }
    }
    if lastVMID == 0x3fff {
      drop(cpu) { _ in true }
      lastVMID = 0
    }
    var root = host.pool.allocateRoot()
    if root == nil {
      drop(cpu) { _ in true }
      root = host.pool.allocateRoot()
    }
    cpu.ledger.charge(.monitor, .allocateFrame, 4)
    lastVMID += 1
    // SAFETY: the pool has room for a root when no table is left.
    let table = NestedTable(key: key, vmid: lastVMID, scheme: options.scheme, root: root!)
    table.lastUse = uses
    tables.append(table)
    return table
  }

  /// The registers of PMP, without what does not matter: address registers that no entry uses, and to M-mode the rights of
  /// entries that are not locked.
  private func protection(_ view: NestedTable.View, _ hart: Hart) -> [UInt64] {
    var registers = hart.protectionRegisters
    let count = registers.count / 2
    for index in 0..<count {
      if registers[index] & 0x18 == 0 { registers[index] = 0 }
      if view == .machine && registers[index] & 0x80 == 0 { registers[index] &= 0x18 }
    }
    for index in 0..<count where registers[index] == 0 {
      // The next entry may begin where this one's address says (TOR).
      let isBottom = index + 1 < count && registers[index + 1] & 0x18 == 0x08
      if !isBottom { registers[count + index] = 0 }
    }
    return registers
  }

  // MARK: Faults

  /// The G-stage refused an access of the guest's, or of a walk on the guest's behalf: what the guest has there.
  func walk(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> WalkOutcome {
    let hart = cpu.hart
    // Walks read and write entries by accesses of their own.
    let kind: AccessKind =
      switch exit.instruction {
      case 0x3000: .load
      case 0x3020: .store
      default: exit.accessKind
      }
    let address = exit.guestPhysicalAddress
    var page = address & ~0xfff
    var rights: UInt8?
    if hart.privilege.isVirtual {
      var references = 0
      let walk = hart.translateGuestStage(address, kind, references: &references)
      cpu.ledger.charge(.monitor, .walkReference, UInt64(references))
      guard case .success(let translation) = walk else {
        note(.true, address, cpu)
        return .emulate(.trueFault)
      }
      page = translation.page
      rights = translation.effectiveRights
    } else {
      rights = hart.protectionRights(page, count: 4096, mode: protectedMode(hart))
    }
    guard host.guestMemory.contains(page, count: 4096) else { return .emulate(.device) }
    guard let rights, rights & kind.rightBit != 0, rights & 3 != 2 else { return .emulate(.protection) }
    return .found(FoundPage(page: page, rights: rights, cause: FirstTouch(kind)))
  }

  private func protectedMode(_ hart: Hart) -> PrivilegeMode { hart.privilege == .machine ? .machine : .supervisor }

  /// Makes the entry for a page that the guest has.
  func fill(_ cpu: VirtualCPU, _ exit: Hart.Exit, _ found: FoundPage) -> ExitReason? {
    let (hart, address, page, rights) = (cpu.hart, exit.guestPhysicalAddress, found.page, found.rights)
    let large = page & ~(Self.largePage - 1)
    var (target, level) = (host.frames.frame(for: page, found.cause), 0)
    if options.leaf == .large, !hart.privilege.isVirtual, host.guestMemory.contains(large, count: Self.largePage),
      hart.protectionRights(large, count: Self.largePage, mode: protectedMode(hart)) == rights,
      let frame = host.frames.largeFrame(at: large)
    {
      (target, level) = (frame, 1)
    }
    guard install(cpu, at: address & ~0xfff, target, level: level, rights) else {
      return nil
    }
    note(.hidden, address, cpu)
    return .nestedFill
  }

  private static let largePage: UInt64 = 2 << 20

  /// Makes a leaf. False where it is there already, as it should be.
  private func install(_ cpu: VirtualCPU, at address: UInt64, _ target: UInt64, level: Int, _ rights: UInt8) -> Bool {
    while true {
      let table = table(for: cpu)
      let outcome = table.map(address, to: target, level: level, rights: rights, host) {
        cpu.ledger.charge(.monitor, .allocateFrame)
        cpu.ledger.charge(.monitor, .writeTable)
      }
      switch outcome {
      case .noFrame:
        drop(cpu) { _ in true }
        continue
      case .same: return false
      case .changed: flush(table, cpu)
      case .made: break
      }
      cpu.ledger.charge(.monitor, .writeTable)
      cpu.hart.report(.nested(.fill, address: address, physical: target), if: .nested)
      return true
    }
  }

  private func note(_ kind: FaultClass, _ address: UInt64, _ cpu: VirtualCPU) {
    cpu.faults.note(kind)
    cpu.hart.report(.fault(kind, address: address), if: .fault)
  }

  // MARK: What the guest changes

  /// A step of the virtual hart fenced. What it changed of `satp` and its like needs nothing: the tables do not depend on it.
  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence
  ) {
    guard before.fences != after.fences else { return }
    func isGuests(_ table: NestedTable) -> Bool { if case .guest = table.key.view { true } else { false } }
    for table in tables {
      let isMeant =
        isGuests(table)
        ? fence.isFirstStage || fence.isGuestsFirstStage : !fence.isGuestsFirstStage && table.key.view == .supervisor
      guard isMeant else { continue }
      cpu.ledger.charge(.hardware, .tlbFlush)
      cpu.physical.fenceGuestStageOne(vmid: table.vmid, address: fence.address)
    }
    // A fence of the G-stage, or one that is not known.
    guard !fence.isFirstStage, !fence.isGuestsFirstStage, tables.contains(where: isGuests) else { return }
    cpu.hart.report(.nested(.drop, address: 0, physical: 0), if: .nested)
    for table in tables where isGuests(table) {
      cpu.ledger.charge(.monitor, .dropEntry, UInt64(table.frames.count + 1))
    }
    drop(cpu, where: isGuests)
  }

  /// A page of the guest's memory goes: nothing leads there any more, through any table.
  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64) {
    // Which addresses of its own a guest's guest reaches it by is not kept.
    drop(cpu) { if case .guest = $0.key.view { true } else { false } }
    for table in tables {
      guard table.unmap(page, host) else { continue }
      cpu.ledger.charge(.monitor, .dropEntry)
      let frame = host.hostAddress(of: GuestPhysicalAddress(page)) ?? 0
      cpu.hart.report(.nested(.drop, address: page, physical: frame), if: .nested)
      flush(table, cpu)
    }
  }

  // MARK: Dropping

  /// Drops tables; on behalf of a hart, whose ledger pays for the flushes, or of nobody.
  private func drop(_ cpu: VirtualCPU?, where isMeant: (NestedTable) -> Bool) {
    for table in tables where isMeant(table) {
      flush(table, cpu)
      table.free(host)
    }
    tables.removeAll(where: isMeant)
    known = Array(repeating: Known(), count: known.count)
  }

  /// Forgets all tables.
  func dropEverything() { drop(nil) { _ in true } }

  private func flush(_ table: NestedTable, _ cpu: VirtualCPU?) {
    cpu?.ledger.charge(.hardware, .tlbFlush, UInt64(host.harts.count))
    for hart in host.harts { hart.fenceGuest(vmid: table.vmid) }
  }
}
