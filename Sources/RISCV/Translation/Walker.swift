/// One stage of a walk: where its tables are, and by what rules they allow an access.
private struct Stage {
  var kind: TranslationStage
  var scheme: PagingScheme
  var root: UInt64
  /// The access counts as one of U-mode; the G-stage takes every access for one.
  var isUser: Bool
  var allowsUserPages: Bool
  var readsExecutable: Bool
  var needsExecute: Bool
  /// The hart sets A and D (Svadu); else their being clear faults (Svade).
  var setsBits: Bool

  /// Bits of the index into the root table: two more than elsewhere for the G-stage.
  func indexMask(_ level: Int) -> UInt64 { kind == .guest && level == scheme.levels - 1 ? 2047 : 511 }

  /// What a leaf allows: R W X in bits 0 to 2.
  @inline(__always)
  func rights(_ entry: UInt64) -> UInt8 {
    EntryBit.rights(
      entry, isUser: isUser, allowsUserPages: allowsUserPages, readsExecutable: readsExecutable,
      needsExecute: needsExecute)
  }

  /// Why a leaf does not allow an access, given that it does not.
  func reason(_ entry: UInt64, _ kind: AccessKind) -> String {
    let isUserPage = entry & EntryBit.user != 0
    if isUser && !isUserPage { return self.kind == .guest ? "the G-stage needs U" : "U-mode needs U" }
    if !isUser && isUserPage {
      if kind == .fetch { return "S-mode cannot execute a page with U" }
      if !allowsUserPages { return "S-mode cannot touch a page with U while sstatus.SUM is clear" }
    }
    switch kind {
    case .fetch: return "a fetch needs X"
    case .store: return "a store needs W"
    case .load: return needsExecute ? "hlvx needs X" : "a load needs R"
    }
  }
}

extension AccessKind {
  /// The right that it needs: R, W, X in bits 0 to 2.
  @inline(__always) var right: UInt8 {
    switch self {
    case .load: 1
    case .store: 2
    case .fetch: 4
    }
  }
}

extension HartPointer {
  /// Translates by walking the page tables of one stage or two (Privileged ISA, "Virtual Address Translation Process"; "H"
  /// Extension, "Two-Stage Address Translation"). Sets A and D where the hart updates them and `isDry` is false. The caller has
  /// found that `regime` is paged. The leaf is that of the first stage, or of the G-stage where the first is Bare; its
  /// page and its rights are those of both.
  func walk<Recorder: WalkRecorder>(
    _ address: UInt64, _ kind: AccessKind, regime: TranslationRegime, isDry: Bool, recorder: inout Recorder
  ) throws(Trap) -> Leaf {
    let walker = TableWalker(hart: self, address: address, access: kind, regime: regime, isDry: isDry)
    guard regime.addressTranslation != 0 else {
      return try walker.walkGuestStage(address, for: kind, cause: 0, recorder: &recorder)
    }
    var leaf = try walker.walk(walker.firstStage, address, for: kind, cause: 0, recorder: &recorder)
    if regime.guestTranslation != 0 {
      let guest = try walker.walkGuestStage(leaf.physical | address & 0xfff, for: kind, cause: 0, recorder: &recorder)
      leaf.physical = guest.physical
      leaf.rights &= guest.rights
    }
    return leaf
  }

  /// Bits of `henvcfg` as they act: what `menvcfg` denies reads as zero.
  var guestEnvironment: UInt64 {
    s.pointee.henvcfg & (s.pointee.menvcfg | ~(MachineEnvironment.stce | MachineEnvironment.adue))
  }
}

/// The walk of one access.
private struct TableWalker {
  let hart: HartPointer
  /// The virtual address, and what is to be done there.
  let address: UInt64
  let access: AccessKind
  let regime: TranslationRegime
  let isDry: Bool

  var firstStage: Stage {
    let environment = regime.mode.isVirtual ? hart.guestEnvironment : hart.s.pointee.menvcfg
    return Stage(
      kind: .first, scheme: PagingScheme(rawValue: regime.addressTranslation >> 60)!,
      root: (regime.addressTranslation & 0xfff_ffff_ffff) << 12, isUser: regime.mode.level == 0,
      allowsUserPages: regime.allowsUserPages, readsExecutable: regime.readsExecutable,
      needsExecute: regime.needsExecute, setsBits: environment & MachineEnvironment.adue != 0)
  }

  /// Walks the G-stage, if there is one, for an access `kind` to a guest-physical address. `cause` is the pseudoinstruction of
  /// an access to a page table, or zero.
  func walkGuestStage<Recorder: WalkRecorder>(
    _ physical: UInt64, for kind: AccessKind, cause: UInt32, recorder: inout Recorder
  ) throws(Trap) -> Leaf {
    let stage = Stage(
      kind: .guest, scheme: PagingScheme(rawValue: regime.guestTranslation >> 60)!,
      root: (regime.guestTranslation & 0xfff_ffff_ffff) << 12 & ~0x3fff, isUser: true, allowsUserPages: false,
      readsExecutable: cause == 0 && regime.guestStageReadsExecutable, needsExecute: cause == 0 && regime.needsExecute,
      setsBits: hart.s.pointee.menvcfg & MachineEnvironment.adue != 0)
    return try walk(stage, physical, for: kind, cause: cause, recorder: &recorder)
  }

  /// Walks the tables of one stage for an access `kind` to `place`.
  func walk<Recorder: WalkRecorder>(
    _ stage: Stage, _ place: UInt64, for kind: AccessKind, cause: UInt32, recorder: inout Recorder
  ) throws(Trap) -> Leaf {
    if let reason = outOfRange(stage, place) {
      recorder.failed(reason)
      throw fault(stage, place, cause)
    }
    var table = stage.root
    var level = stage.scheme.levels - 1
    while true {
      let index = (place &>> UInt64(12 + 9 * level)) & stage.indexMask(level)
      let entryAddress = table &+ index &* 8
      let (host, physical) = try pointer(stage, entryAddress, forStore: false, recorder: &recorder)
      let entry = host.pointee
      recorder.reference(stage.kind, level: level, index: index, address: physical, entry: entry)
      if let reason = EntryBit.malformed(entry) {
        recorder.failed(reason)
        throw fault(stage, place, cause)
      }
      if entry & (EntryBit.read | EntryBit.execute) == 0 {
        if let reason = EntryBit.malformedPointer(entry, level: level) {
          recorder.failed(reason)
          throw fault(stage, place, cause)
        }
        table = EntryBit.target(entry)
        level -= 1
        continue
      }
      let rights = stage.rights(entry)
      if rights & kind.right == 0 {
        recorder.failed(stage.reason(entry, kind))
        throw fault(stage, place, cause)
      }
      if let reason = EntryBit.malformedLeaf(entry, level: level) {
        recorder.failed(reason)
        throw fault(stage, place, cause)
      }
      let updated = try setBits(stage, place, kind, entry, at: entryAddress, cause: cause, recorder: &recorder)
      let isNapot = entry & EntryBit.napot != 0
      let offsets = isNapot ? 0xffff : (UInt64(1) &<< UInt64(12 + 9 * level)) - 1
      return Leaf(
        physical: EntryBit.target(entry) & ~offsets | place & offsets & ~0xfff,
        flags: UInt8(truncatingIfNeeded: updated),
        level: UInt8(level), isNapot: isNapot, rights: updated & EntryBit.dirty != 0 ? rights : rights & ~2)
    }
  }

  /// Sets A, and D for a store, where they are clear; the entry as it is then.
  private func setBits<Recorder: WalkRecorder>(
    _ stage: Stage, _ place: UInt64, _ kind: AccessKind, _ entry: UInt64, at entryAddress: UInt64, cause: UInt32,
    recorder: inout Recorder
  ) throws(Trap) -> UInt64 {
    let needed = kind == .store ? EntryBit.accessed | EntryBit.dirty : EntryBit.accessed
    if entry & needed == needed { return entry }
    guard stage.setsBits else {
      recorder.failed(entry & EntryBit.accessed == 0 ? "A is clear (Svade)" : "a store needs D (Svade)")
      throw fault(stage, place, cause)
    }
    if !isDry {
      var quiet = QuietRecorder()
      try pointer(stage, entryAddress, forStore: true, recorder: &quiet).host.pointee = entry | needed
    }
    return entry | needed
  }

  /// A page-table entry in RAM that the hart may read (or update), and its physical address. What the first stage reads of a guest's tables goes
  /// through the G-stage, as loads and stores of its own.
  private func pointer<Recorder: WalkRecorder>(
    _ stage: Stage, _ entryAddress: UInt64, forStore: Bool, recorder: inout Recorder
  ) throws(Trap) -> (host: UnsafeMutablePointer<UInt64>, physical: UInt64) {
    var physical = entryAddress
    if stage.kind == .first && regime.guestTranslation != 0 {
      // The pseudoinstructions of 64-bit accesses ("H" Extension, "Transformed Instruction or Pseudoinstruction for mtinst or
      // htinst").
      let leaf = try walkGuestStage(
        entryAddress, for: forStore ? .store : .load, cause: forStore ? 0x3020 : 0x3000, recorder: &recorder)
      physical = leaf.physical | entryAddress & 0xfff
    }
    let needed: UInt8 = forStore ? 3 : 1
    var offset = physical &- hart.s.pointee.memoryBase
    // Both are multiples of eight.
    guard offset < hart.s.pointee.memorySize,
      case .all(let rights) = hart.protection(physical, count: 8, mode: .supervisor),
      rights & needed == needed
    else {
      recorder.failed("the entry at 0x\(String(physical, radix: 16)) cannot be read: not RAM, or PMP forbids it")
      throw Trap(.accessFault(access), value: address)
    }
    if hart.s.pointee.memoryIsView {
      offset = hart.s.pointee.memory._withUnsafeGuaranteedRef {
        UInt64(forStore ? $0.settledOffset(of: physical) : $0.offset(of: physical))
      }
    }
    if forStore { hart.blocks.storeHappened(offset: Int(offset), count: 8) }
    return ((hart.s.pointee.memoryBytes + Int(offset)).assumingMemoryBound(to: UInt64.self), physical)
  }

  private func outOfRange(_ stage: Stage, _ place: UInt64) -> String? {
    let bits = stage.scheme.addressBits
    if stage.kind == .guest {
      return place >> (bits + 2) == 0
        ? nil : "bits 63 to \(bits + 2) of the guest-physical address 0x\(String(place, radix: 16)) are not zero"
    }
    let unused = Int64(64 - bits)
    return UInt64(bitPattern: (Int64(bitPattern: place) << unused) >> unused) == place
      ? nil : "bits 63 to \(bits - 1) of the address are not all equal"
  }

  private func fault(_ stage: Stage, _ place: UInt64, _ cause: UInt32) -> Trap {
    guard stage.kind == .guest else { return Trap(.pageFault(access), value: address) }
    var trap = Trap(.guestPageFault(access), value: address)
    trap.guestPhysicalAddress = place
    trap.instruction = cause
    return trap
  }
}

extension ExceptionCause {
  static func pageFault(_ kind: AccessKind) -> ExceptionCause {
    switch kind {
    case .fetch: .instructionPageFault
    case .load: .loadPageFault
    case .store: .storePageFault
    }
  }

  static func guestPageFault(_ kind: AccessKind) -> ExceptionCause {
    switch kind {
    case .fetch: .instructionGuestPageFault
    case .load: .loadGuestPageFault
    case .store: .storeGuestPageFault
    }
  }

  package static func accessFault(_ kind: AccessKind) -> ExceptionCause {
    switch kind {
    case .fetch: .instructionAccessFault
    case .load: .loadAccessFault
    case .store: .storeAccessFault
    }
  }
}
