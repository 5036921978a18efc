import RISCV

/// One entry of a monitor's tables, on the way to an address.
package struct HostTableEntry: Sendable, Equatable {
  package var level: Int
  package var index: Int
  /// Host-physical address of the entry.
  package var address: UInt64
  package var value: UInt64
  /// It is a part of what a large leaf of the guest's was splintered into.
  package var isSplinter = false

  package var isLeaf: Bool { ShadowEntry.isLeaf(value) }
  package var target: UInt64 { ShadowEntry.target(value) }
}

/// What a monitor's shadow tables hold, for whoever looks: nothing is made or changed by asking.
package struct ShadowReport: Sendable {
  /// One tree of tables.
  package struct Root: Sendable, Equatable {
    /// The guest's mode and flags, for which its entries are made; without root and ASID.
    package var regime: TranslationRegime
    /// The guest-physical root of the guest's table; nil where the guest does not translate.
    package var guestRoot: UInt64?
    /// The host-physical address of the shadow's root, and the ASID under which the physical hart knows it.
    package var hostRoot: UInt64
    package var asid: UInt64
    /// Levels of the tree.
    package var levels: Int
  }

  /// All trees, in order of creation.
  package var roots: [Root]
  /// Tables of the guest's whose stores are traced, by their guest-physical pages, in order.
  package var traced: [UInt64]
  /// Tables in use, roots included, and leaves in them.
  package var tableCount: Int
  package var leafCount: Int
}

extension ShadowPaging {
  var report: ShadowReport {
    let tables = byFrame.compactMap(\.self)
    return ShadowReport(
      roots: rootList.map { description(of: $0 as! ShadowRoot) }, traced: traced.keys.sorted(),
      tableCount: tables.count,
      leafCount: leaves.reduce(0) { $0 + $1.count })
  }

  /// The tree in which a hart's present context looks addresses up, and the entries on the way to one; nil where the monitor has
  /// none yet.
  func path(to address: UInt64, for hart: Hart) -> (root: ShadowReport.Root, entries: [HostTableEntry])? {
    guard let number = protections[hart.protectionRegisters] else { return nil }
    let regime = hart.translationRegime
    let key = RootKey(
      role: role(regime, protection: number), root: regime.addressTranslation & 0xfff_ffff_ffff,
      guestStage: regime.guestTranslation)
    guard let root = roots[key] else { return nil }
    var entries: [HostTableEntry] = []
    var table: ShadowTable = root
    while true {
      let index = table.index(of: address)
      let value = host.memory.tableEntry(at: table.address(index))
      entries.append(
        .init(
          level: table.level, index: index, address: table.address(index), value: value, isSplinter: table.isSplinter))
      guard value != 0, !ShadowEntry.isLeaf(value), let next = byFrame[frameNumber(ShadowEntry.target(value))] else {
        return (description(of: root as! ShadowRoot), entries)
      }
      table = next
    }
  }

  private func description(of root: ShadowRoot) -> ShadowReport.Root {
    let key = roots.first { $0.value === root }?.key
    let isPaged = root.role.regime.addressTranslation != 0
    return .init(
      regime: root.role.regime, guestRoot: isPaged ? key.map { $0.root << 12 } : nil, hostRoot: root.frame,
      asid: root.asid, levels: root.level + 1)
  }
}
