import RISCV

/// What can be chosen of a technique's monitor.
package struct MonitorChoices: Sendable, Equatable {
  /// Of nested paging: leaves of 2 MiB wherever a whole aligned piece of the guest's memory has the same rights; else 4 KiB ones
  /// throughout.
  package var leaf: LeafSize
  /// Of nested paging: Sv39, for tables of Sv39x4, or Sv48.
  package var scheme: PagingScheme
  /// Of binary translation: bytes of the translation cache, whole pages. ``CodeCache/sizes`` says how many there may be.
  package var cacheSize: Int
  /// Of binary translation: instructions that trap again and again are translated otherwise.
  package var isAdaptive: Bool

  package init(
    leaf: LeafSize = .small, scheme: PagingScheme = .sv39, cacheSize: Int = CodeCache.defaultSize,
    isAdaptive: Bool = true
  ) {
    self.leaf = leaf
    self.scheme = scheme
    self.cacheSize = cacheSize
    self.isAdaptive = isAdaptive
  }
}
