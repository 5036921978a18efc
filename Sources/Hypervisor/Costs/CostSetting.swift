/// A row of a ``CostModel`` that is no price: how often, or in which way, the hardware or the monitor does something.
package enum CostSetting: UInt8, Sendable, CaseIterable {
  /// Reads of the control structure that each exit needs (``CostAction/readControl``); 0 where there is none.
  case controlReads
  /// 1 where the TLB has no tags: each exit and each entry flushes it.
  case flushAtSwitch
  /// 1 where a traced store is let through and the page protected again: two exits. 0 where the monitor emulates it: one.
  case stepTraces
  /// Entries of the page-walk cache; 0 where there is none.
  case walkCacheEntries
  /// 0 where the hardware has no nested paging: figures of it are what might have been.
  case nestedPaging

  /// The row's name.
  package var name: String { text.name }
  package var unit: String { text.unit }
  package var meaning: String { text.meaning }
  package var largest: UInt64 { text.largest }

  /// The setting whose row is called `name`.
  package init?(name: String) {
    guard let setting = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = setting
  }

  private var text: (name: String, unit: String, meaning: String, largest: UInt64) {
    switch self {
    case .controlReads: ("control-reads", "reads/exit", "fields of the control structure that an exit needs", 1000)
    case .flushAtSwitch: ("flush-at-switch", "0-or-1", "the TLB has no tags: exits and entries by hardware flush it", 1)
    case .stepTraces: ("step-traces", "0-or-1", "a traced store is stepped with its page unprotected: two exits", 1)
    case .walkCacheEntries: ("walk-cache-entries", "entries", "page-table entries that the page-walk cache holds", 256)
    case .nestedPaging:
      ("nested-paging", "0-or-1", "0: the machine has no nested paging, so figures of it are what might have been", 1)
    }
  }
}
