/// A random program with everything that its run depends on, as plain data: it can be written to an ELF file for any machine,
/// and made smaller while it still shows a difference.
package struct LockstepProgram: Sendable {
  package let seed: UInt64
  /// Code in units of 16 bytes; after a trap the program goes on with the next unit.
  package var slots: [[UInt32]]
  /// For each slot the mode in which a handler goes on there: the number of a mode, with 4 for V; or 0x80 for the one that
  /// trapped. With `fencesAll` M-mode's handler forgets all translations first.
  package var modes: [UInt8]
  /// CSRs that the prologue writes, in this order.
  package var csrs: [(number: UInt16, value: UInt64)]
  /// x1 to x31 at the start, from index 1, and f0 to f31.
  package var x: [UInt64]
  package var f: [UInt64]
  /// Values for the program's CSR accesses.
  package var pool: [UInt64]
  package var data: [UInt64]
  package var tables: PageTables
  package var guestTables: GuestTables

  /// The slot that does nothing.
  package static let idle: [UInt32] = [0x13, 0x13, 0x13, 0x13]
  package static let keepsMode: UInt8 = 0x80
  package static let fencesAll: UInt8 = 0x40
}

/// What the program's references have in common with the machine, and where they differ by right.
package struct Reference: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    case step, spike, qemu
  }
  package var kind: Kind
  package init(_ kind: Kind) { self.kind = kind }

  /// Zicond, Zawrs, Svadu's `menvcfg.ADUE` and the cache-block instructions.
  var hasNewExtensions: Bool { !needs(.newExtensions) }
}
