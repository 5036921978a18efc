/// A TLB entry that was used although the page tables no longer agreed with it: the guest changed them and left out a fence.
///
/// It is architectural for an entry to outlive the table (Privileged ISA, "Supervisor Memory-Management Fence Instruction"), so
/// the machine is right, and the guest works by luck. Whatever translates in another way may show it the new table.
package struct StaleUse: Sendable {
  /// A point in the run of one hart: the instruction at `pc`, before which the hart had retired `retired`.
  package struct Moment: Sendable, Equatable {
    package var retired: UInt64
    package var pc: UInt64

    package init(retired: UInt64, pc: UInt64) {
      self.retired = retired
      self.pc = pc
    }
  }

  /// Where a page lies, and what may be done there.
  package struct Mapping: Sendable, Equatable {
    /// Of the 4 KiB page.
    package var physicalPage: GuestPhysicalAddress
    /// Bytes that the leaf maps.
    package var pageSize: UInt64
    /// V R W X U G A D of the leaf in bits 0 to 7.
    package var flags: UInt8
  }

  /// A page-table entry that is not what it was when the TLB entry was filled from it.
  package struct Change: Sendable, Equatable {
    package var stage: TranslationStage
    package var level: Int
    package var entryAddress: GuestPhysicalAddress
    package var old: UInt64
    package var new: UInt64
    /// It was a leaf, for which a fence of one address is enough.
    package var wasLeaf: Bool { old & 0xa != 0 }
  }

  /// Index of the hart.
  package var hart: Int
  package var address: GuestVirtualAddress
  package var access: AccessKind
  /// The mode that the access was done in.
  package var mode: PrivilegeMode
  /// `satp`, or `vsatp` in a virtual mode; zero for Bare.
  package var satp: UInt64
  /// `hgatp` in a virtual mode; zero for Bare, and elsewhere.
  package var hgatp: UInt64
  package var use: Moment
  /// What the TLB had.
  package var entry: Mapping
  /// When it was filled, and by what; nil when that was before the check began.
  package var filled: (moment: Moment, access: AccessKind)?
  /// What a walk finds now, or the trap that it raises.
  package var now: Result<Mapping, Trap>
  /// Why the walk fails, in words.
  package var failure: String?
  /// The first entry on the way that has changed; nil when what the entry was filled from is not known, or is as it was.
  package var change: Change?

  package var asid: UInt16 { UInt16(truncatingIfNeeded: satp >> 44) }
  package var vmid: UInt16 { UInt16(truncatingIfNeeded: hgatp >> 44 & 0x3fff) }
}
