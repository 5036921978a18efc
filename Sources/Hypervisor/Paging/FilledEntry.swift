import RISCV

/// What a fill of a shadow table came to: the guest's leaf, in which the walk sets A and D as the guest's hart would, and the
/// shadow's.
package struct FilledEntry: Sendable, Equatable {
  /// The guest-virtual page.
  package var page: UInt64
  /// Where the guest's leaf lies, before and after; nil where the guest does not translate by one stage of its own.
  package var guest: Change?
  package var shadow: Change

  /// An entry at a guest-physical or a host-physical address.
  package struct Change: Sendable, Equatable {
    package var address: UInt64
    package var before: UInt64
    package var after: UInt64
  }

  init(page: UInt64, _ translation: GuestTranslation, shadow: Change) {
    (self.page, self.shadow) = (page, shadow)
    guard translation.tableCount > 0 else { return }
    let before = translation.leafBefore
    guest = Change(
      address: translation.tables[translation.tableCount - 1], before: before,
      after: before & ~0xff | UInt64(translation.entry))
  }
}
