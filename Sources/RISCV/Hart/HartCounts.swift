#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a hart's hardware did in one privilege mode, counted since reset of the counts: what costs are computed from.
///
/// The counts do not depend on how the simulator ran (block loop or step path, observed or not).
package struct HartCounts: Sendable, Equatable {
  /// Instructions that retired.
  package var retired: UInt64 = 0
  /// Instructions of translated code that completed none of the guest's.
  package var overhead: UInt64 = 0
  /// Traps by environment calls, page faults of any stage, and other exceptions; and interrupts.
  package var environmentCalls: UInt64 = 0
  package var pageFaults: UInt64 = 0
  package var otherExceptions: UInt64 = 0
  package var interrupts: UInt64 = 0
  /// `mret` and `sret`.
  package var trapReturns: UInt64 = 0
  /// Page-table entries that walks read: of the first stage (or the only one), and of the G-stage.
  package var firstStageReferences: UInt64 = 0
  package var guestStageReferences: UInt64 = 0
  /// Those of both that the page-walk cache answered.
  package var walkCacheHits: UInt64 = 0
  /// Translations that the TLBs did not have.
  package var dataMisses: UInt64 = 0
  package var fetchMisses: UInt64 = 0
  /// Fences of address translation.
  package var fences: UInt64 = 0
  /// Instructions that access a CSR, and those of them that write it.
  package var csrAccesses: UInt64 = 0
  package var csrWrites: UInt64 = 0
  /// Accesses to devices.
  package var busAccesses: UInt64 = 0

  package init() {}

  /// All traps and interrupts.
  package var traps: UInt64 { environmentCalls &+ pageFaults &+ otherExceptions &+ interrupts }

  package mutating func add(_ other: HartCounts) {
    retired &+= other.retired
    overhead &+= other.overhead
    environmentCalls &+= other.environmentCalls
    pageFaults &+= other.pageFaults
    otherExceptions &+= other.otherExceptions
    interrupts &+= other.interrupts
    trapReturns &+= other.trapReturns
    firstStageReferences &+= other.firstStageReferences
    guestStageReferences &+= other.guestStageReferences
    walkCacheHits &+= other.walkCacheHits
    dataMisses &+= other.dataMisses
    fetchMisses &+= other.fetchMisses
    fences &+= other.fences
    csrAccesses &+= other.csrAccesses
    csrWrites &+= other.csrWrites
    busAccesses &+= other.busAccesses
  }

  /// As `==`, for callers that ask often.
  @inline(__always)
  func isSame(as other: HartCounts) -> Bool {
    withUnsafeBytes(of: self) { first in
      withUnsafeBytes(of: other) { second in memcmp(first.baseAddress!, second.baseAddress!, first.count) == 0 }
    }
  }

  static func allocate() -> UnsafeMutablePointer<HartCounts> {
    let counts = UnsafeMutablePointer<HartCounts>.allocate(capacity: 8)
    counts.initialize(repeating: HartCounts(), count: 8)
    return counts
  }
}

extension HartPointer {
  /// The counts of the running mode.
  @inline(__always) var counts: UnsafeMutablePointer<HartCounts> {
    s.pointee.counts + Int(s.pointee.privilege.rawValue)
  }

  /// Credits the running mode with what was done since it was entered. `extra` instructions are about to retire.
  @inline(__always)
  func creditMode(extra: UInt64 = 0) {
    let retired = s.pointee.retired &+ extra
    counts.pointee.retired &+= retired &- s.pointee.creditedRetired
    s.pointee.creditedRetired = retired
    counts.pointee.csrAccesses &+= s.pointee.csrAccesses
    s.pointee.csrAccesses = 0
    counts.pointee.csrWrites &+= s.pointee.csrWrites
    s.pointee.csrWrites = 0
  }

  func count(_ trap: ExceptionCause) {
    switch trap {
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM:
      counts.pointee.environmentCalls &+= 1
    case .instructionPageFault, .loadPageFault, .storePageFault, .instructionGuestPageFault, .loadGuestPageFault,
      .storeGuestPageFault:
      counts.pointee.pageFaults &+= 1
    case .instructionAddressMisaligned, .instructionAccessFault, .illegalInstruction, .breakpoint,
      .loadAddressMisaligned, .loadAccessFault, .storeAddressMisaligned, .storeAccessFault, .virtualInstruction:
      counts.pointee.otherExceptions &+= 1
    }
  }
}

extension Hart {
  /// What was counted in a mode so far; nil where that is nothing more than `seen`.
  package func counts(in mode: PrivilegeMode, unless seen: HartCounts) -> HartCounts? {
    pointer.creditMode()
    let counts = pointer.s.pointee.counts + Int(mode.rawValue)
    return counts.pointee.isSame(as: seen) ? nil : counts.pointee
  }

  /// What was counted in a mode so far.
  package func counts(in mode: PrivilegeMode) -> HartCounts {
    pointer.creditMode()
    return pointer.s.pointee.counts[Int(mode.rawValue)]
  }
}

/// Counts the references of a walk.
struct CountingRecorder: WalkRecorder {
  let cache: UnsafeMutablePointer<WalkCache>?
  var firstStage: UInt64 = 0
  var guestStage: UInt64 = 0
  var cacheHits: UInt64 = 0

  @inline(__always)
  mutating func reference(_ stage: TranslationStage, level: Int, index: UInt64, address: UInt64, entry: UInt64) {
    if stage == .first { firstStage &+= 1 } else { guestStage &+= 1 }
    // The leaf of the first stage is the TLB's. Those of the G-stage are not: most of them say where a table of the guest's lies.
    guard let cache, stage == .guest || entry & (EntryBit.read | EntryBit.execute) == 0 else { return }
    if cache.pointee.refer(to: address) { cacheHits &+= 1 }
  }
  @inline(__always) mutating func failed(_ reason: @autoclosure () -> String) {}
}
