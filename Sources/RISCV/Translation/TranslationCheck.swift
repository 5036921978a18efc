/// The stale-translation check of one hart: while it is on, each hit of a TLB is held against a walk of the tables as they are.
///
/// It is on while events of the kind `.stale` are asked for. Then every access takes the step path, and each of its hits comes by
/// here; otherwise nothing does. What is compared is this access: an entry that allows more than the table does not matter
/// until somebody makes use of it. Each TLB entry is told of once.
package final class TranslationCheck {
  /// What a TLB entry was filled from.
  private struct Fill {
    var moment: StaleUse.Moment
    var access: AccessKind
    var references: [WalkReport.Reference]
  }
  private struct Record {
    var fill: Fill?
    var isToldStale = false
    var isToldCleared = false
  }

  /// A page in a context.
  private struct Key: Hashable {
    var page: UInt64
    var satp: UInt64
    var hgatp: UInt64
    var bits: UInt64
  }

  /// Translations count as kept until a fence covers them, even where this TLB has had to make room: a hart with a larger one would
  /// have them. A comparison of techniques asks for that, since shadow tables are such a TLB.
  package var outlivesTLB = false
  private var remembered: [Key: (kept: TranslationCache.Translation, record: Record)] = [:]
  /// Entries that are remembered at most.
  private static let memory = 1 << 20

  /// By place in the TLB.
  private var data = [Record](repeating: Record(), count: TranslationCache.dataCount)
  private var fetches = [Record](repeating: Record(), count: TranslationCache.fetchCount)

  /// The first stale uses, at most `capacity`.
  package private(set) var uses: [StaleUse] = []
  package static let capacity = 256
  /// TLB entries that were used when the table said something else.
  package private(set) var staleCount = 0
  /// TLB entries that were used when only A, or A and D, had been cleared in the table. Kernels do that on purpose: they would
  /// rather miss an access than pay for the fence.
  package private(set) var clearedCount = 0

  /// Notes what an entry was just filled from, by a walk that changes nothing. True when a larger TLB would have had a stale one.
  fileprivate func filled(
    _ place: Int, _ h: HartPointer, _ address: UInt64, _ kind: AccessKind, _ regime: TranslationRegime,
    _ kept: TranslationCache.Translation
  ) -> Bool {
    let references = h.freshWalk(address, kind, regime).references
    let moment = StaleUse.Moment(retired: h.s.pointee.retired, pc: h.s.pointee.pc)
    let record = Record(fill: Fill(moment: moment, access: kind, references: references))
    self[place, kind] = record
    guard outlivesTLB else { return false }
    let key = Key(
      page: address >> 12, satp: regime.addressTranslation, hgatp: regime.guestTranslation, bits: regime.bits)
    var isStale = false
    if var old = remembered[key], h.permits(old.kept, kind) {
      isStale = compare(&old.record, h, address, kind, regime, old.kept)
    }
    if remembered.count >= Self.memory { remembered = [:] }
    remembered[key] = (kept, record)
    return isStale
  }

  /// Forgets what a fence covers; see ``HartPointer/fence(_:address:asid:)``.
  func fenced(_ scope: FenceScope, address: UInt64?, asid: UInt16?) {
    guard outlivesTLB else { return }
    remembered = remembered.filter { key, value in
      if let address, (key.page << 12 ^ address) >> value.kept.shift != 0 { return true }
      let isVirtual = key.bits & 4 != 0
      let isOfSpace = asid == nil || UInt16(truncatingIfNeeded: key.satp >> 44) == asid
      let guest = UInt16(truncatingIfNeeded: key.hgatp >> 44 & 0x3fff)
      switch scope {
      case .host: return isVirtual || !isOfSpace
      case .guest(let vmid): return !isVirtual || guest != vmid || !isOfSpace
      case .guestStage(let vmid): return !isVirtual || (vmid != nil && guest != vmid)
      }
    }
  }

  private subscript(_ place: Int, _ kind: AccessKind) -> Record {
    get { kind == .fetch ? fetches[place] : data[place] }
    set { if kind == .fetch { fetches[place] = newValue } else { data[place] = newValue } }
  }

  /// Compares an entry that was hit with the tables. True when it is stale and has not been told of.
  fileprivate func hit(
    _ place: Int, _ h: HartPointer, _ address: UInt64, _ kind: AccessKind, _ regime: TranslationRegime,
    _ kept: TranslationCache.Translation
  ) -> Bool {
    compare(&self[place, kind], h, address, kind, regime, kept)
  }

  private func compare(
    _ record: inout Record, _ h: HartPointer, _ address: UInt64, _ kind: AccessKind, _ regime: TranslationRegime,
    _ kept: TranslationCache.Translation
  ) -> Bool {
    let fresh = h.freshWalk(address, kind, regime)
    let agrees = fresh.mapping?.physicalPage.value == kept.physicalPage
    if agrees && !Self.lacksBits(fresh.references, kind) { return false }
    if agrees || isOnlyCleared(fresh, record.fill, kept, kind) {
      if !record.isToldCleared { clearedCount += 1 }
      record.isToldCleared = true
      return false
    }
    guard !record.isToldStale else { return false }
    record.isToldStale = true
    staleCount += 1
    guard uses.count < Self.capacity else { return true }
    uses.append(
      StaleUse(
        hart: h.s.pointee.index, address: GuestVirtualAddress(address), access: kind, mode: regime.mode,
        satp: regime.addressTranslation, hgatp: regime.guestTranslation,
        use: StaleUse.Moment(retired: h.s.pointee.retired, pc: h.s.pointee.pc), entry: kept.mapping,
        filled: record.fill.map { ($0.moment, $0.access) }, now: fresh.result, failure: fresh.failure,
        change: record.fill.flatMap { Self.change($0.references, h.memory) }))
    return true
  }

  private static let clearable = EntryBit.accessed | EntryBit.dirty

  /// Some leaf on the way has to have A set, or D for a store, before the access may be done.
  private static func lacksBits(_ references: [WalkReport.Reference], _ kind: AccessKind) -> Bool {
    let leaves = references.filter(\.isLeaf)
    if leaves.contains(where: { $0.entry & EntryBit.accessed == 0 }) { return true }
    // Of the two leaves that lead to the page itself; leaves on the way to tables are read by.
    let last = [leaves.last, leaves.last { $0.stage == .first }]
    return kind == .store && last.contains { $0.map { $0.entry & EntryBit.dirty == 0 } ?? false }
  }

  /// A walk fails, but only because A or D was cleared (Svade).
  private func isOnlyCleared(
    _ fresh: FreshWalk, _ fill: Fill?, _ kept: TranslationCache.Translation, _ kind: AccessKind
  ) -> Bool {
    guard fresh.mapping == nil, let last = fresh.references.last, last.isLeaf, Self.lacksBits([last], kind) else {
      return false
    }
    if let old = fill?.references.last(where: { $0.entryAddress == last.entryAddress }) {
      return (old.entry ^ last.entry) & ~Self.clearable == 0
    }
    let size = UInt64(1) << kept.shift
    return (last.entry ^ UInt64(kept.flags)) & 0xff & ~Self.clearable == 0
      && last.target.value & ~(size - 1) == kept.physicalPage & ~(size - 1)
  }

  /// The first entry that is no longer what it was.
  private static func change(_ references: [WalkReport.Reference], _ memory: PhysicalMemory) -> StaleUse.Change? {
    for reference in references {
      guard let now = memory.load(reference.entryAddress, as: UInt64.self),
        (now ^ reference.entry) & ~clearable != 0
      else { continue }
      return StaleUse.Change(
        stage: reference.stage, level: reference.level, entryAddress: reference.entryAddress, old: reference.entry,
        new: now)
    }
    return nil
  }
}

/// What the tables say at this moment.
private struct FreshWalk {
  var references: [WalkReport.Reference]
  var result: Result<StaleUse.Mapping, Trap>
  var failure: String?

  var mapping: StaleUse.Mapping? { try? result.get() }
}

extension TranslationCache.Translation {
  fileprivate var mapping: StaleUse.Mapping {
    StaleUse.Mapping(physicalPage: GuestPhysicalAddress(physicalPage), pageSize: 1 << shift, flags: flags)
  }
}

extension HartPointer {
  fileprivate func freshWalk(_ address: UInt64, _ kind: AccessKind, _ regime: TranslationRegime) -> FreshWalk {
    var recorder = ReportingRecorder()
    let result = Result { () throws(Trap) in
      let leaf = try walk(address, kind, regime: regime, isDry: true, recorder: &recorder)
      return StaleUse.Mapping(
        physicalPage: GuestPhysicalAddress(leaf.physical), pageSize: leaf.size, flags: leaf.flags)
    }
    return FreshWalk(references: recorder.references, result: result, failure: recorder.failure)
  }

  /// An entry of a TLB was filled while the check is on.
  @inline(never)
  func noteFill(_ place: Int, _ address: UInt64, _ kind: AccessKind, _ regime: TranslationRegime) {
    guard regime.isPaged else { return }
    let cache = kind == .fetch ? s.pointee.fetchTLB : s.pointee.dataTLB
    let kept = cache.translations[place]
    guard let check = s.pointee.check,
      check._withUnsafeGuaranteedRef({ $0.filled(place, self, address, kind, regime, kept) })
    else { return }
    record(.staleTranslation(kind, address: address, physical: kept.physicalPage | address & 0xfff))
  }

  /// An entry of a TLB was hit while the check is on.
  @inline(never)
  func checkHit(
    _ place: Int, _ address: UInt64, _ kind: AccessKind, _ regime: TranslationRegime,
    _ kept: TranslationCache.Translation
  ) {
    guard regime.isPaged, let check = s.pointee.check,
      check._withUnsafeGuaranteedRef({ $0.hit(place, self, address, kind, regime, kept) })
    else { return }
    record(.staleTranslation(kind, address: address, physical: kept.physicalPage | address & 0xfff))
  }
}
