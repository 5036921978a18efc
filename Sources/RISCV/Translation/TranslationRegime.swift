/// Everything that the translation of an address depends on, but for the tables and PMP: what a TLB entry is tagged by.
package struct TranslationRegime: Hashable, Sendable {
  /// The mode that the access is done in. Virtual ones translate in two stages.
  package var mode: PrivilegeMode
  /// `satp` or, in a virtual mode, `vsatp`; zero for Bare and M.
  package var addressTranslation: UInt64 = 0
  /// `hgatp` in a virtual mode; zero for Bare, and elsewhere.
  package var guestTranslation: UInt64 = 0
  /// S-mode may access user pages (SUM of `sstatus`, or of `vsstatus`).
  package var allowsUserPages = false
  /// Loads may read executable pages, as the first stage has it (MXR of `sstatus`, or either MXR in a virtual mode).
  package var readsExecutable = false
  /// MXR as the G-stage has it: that of `sstatus` alone.
  package var guestStageReadsExecutable = false
  /// Loads need X in place of R (`hlvx`).
  package var needsExecute = false

  /// Some stage reads page tables.
  package var isPaged: Bool { addressTranslation | guestTranslation != 0 }

  /// What of it fetches depend on.
  package var forFetches: TranslationRegime {
    TranslationRegime(mode: mode, addressTranslation: addressTranslation, guestTranslation: guestTranslation)
  }

  /// Spelled out: what is derived is called through a witness, from another module.
  @inline(__always)
  package static func == (one: TranslationRegime, other: TranslationRegime) -> Bool {
    one.addressTranslation == other.addressTranslation && one.guestTranslation == other.guestTranslation
      && one.bits == other.bits
  }

  /// Mode and flags, to compare and to hash.
  var bits: UInt64 {
    UInt64(mode.rawValue) | (allowsUserPages ? 8 : 0) | (readsExecutable ? 16 : 0)
      | (guestStageReadsExecutable ? 32 : 0) | (needsExecute ? 64 : 0)
  }
}

/// The contexts that a mode came to, and what they depended on, so that going to and fro between modes costs a comparison.
struct RecentContexts {
  struct Inputs: Equatable {
    var satp: UInt64 = 0
    var vsatp: UInt64 = 0
    var hgatp: UInt64 = 0
    var status: UInt64 = 0
    var guestStatus: UInt64 = 0
    /// ``ContextTable/epoch``.
    var epoch: UInt64 = .max
  }
  var inputs = Inputs()
  var fetchRegime = TranslationRegime(mode: .machine)
  var fetchContext: UInt64 = 0
  var dataRegime = TranslationRegime(mode: .machine)
  var dataContext: UInt64 = 0
  var quick = QuickWalk()
}

extension TranslationRegime {
  /// What a leaf of the first stage allows: R W X in bits 0 to 2.
  @inline(__always)
  func rights(_ entry: UInt64) -> UInt8 {
    EntryBit.rights(
      entry, isUser: mode.level == 0, allowsUserPages: allowsUserPages, readsExecutable: readsExecutable,
      needsExecute: needsExecute)
  }

  /// What PMP leaves of its rights: `hlvx` reads only what it also lets execute ("H" Extension, "Hypervisor Virtual-Machine Load
  /// and Store Instructions").
  @inline(__always)
  func protection(_ rights: UInt8) -> UInt8 { needsExecute && rights & 4 == 0 ? rights & ~1 : rights }
}

extension HartPointer {
  /// The privilege that loads and stores are done with: `mstatus.MPRV` lends them the one of `MPP` and `MPV`.
  var dataPrivilege: PrivilegeMode {
    let status = s.pointee.mstatus
    guard s.pointee.privilege == .machine && status & Status.mprv != 0 else { return s.pointee.privilege }
    return PrivilegeMode(
      level: UInt8(truncatingIfNeeded: (status & Status.mpp) >> 11), isVirtual: status & Status.mpv != 0) ?? .user
  }

  /// What fetches in `mode` depend on.
  func fetchRegime(_ mode: PrivilegeMode) -> TranslationRegime {
    var regime = TranslationRegime(mode: mode)
    if mode.isVirtual {
      if s.pointee.vsatp >> 60 != 0 { regime.addressTranslation = s.pointee.vsatp }
      if s.pointee.hgatp >> 60 != 0 { regime.guestTranslation = s.pointee.hgatp }
    } else if mode != .machine && s.pointee.satp >> 60 != 0 {
      regime.addressTranslation = s.pointee.satp
    }
    return regime
  }

  /// What loads and stores in `mode` depend on.
  func dataRegime(_ mode: PrivilegeMode) -> TranslationRegime {
    var regime = fetchRegime(mode)
    guard regime.isPaged else { return regime }
    let status = s.pointee.mstatus
    if mode.isVirtual {
      regime.guestStageReadsExecutable = regime.guestTranslation != 0 && status & Status.mxr != 0
      guard regime.addressTranslation != 0 else { return regime }
      regime.allowsUserPages = s.pointee.vsstatus & Status.sum != 0
      regime.readsExecutable = (status | s.pointee.vsstatus) & Status.mxr != 0
    } else {
      regime.allowsUserPages = status & Status.sum != 0
      regime.readsExecutable = status & Status.mxr != 0
    }
    return regime
  }

  /// What `hlv`, `hlvx` and `hsv` depend on: the guest's accesses in the mode that `hstatus.SPVP` names.
  func guestAccessRegime(needsExecute: Bool) -> TranslationRegime {
    var regime = dataRegime(
      s.pointee.hstatus & HypervisorStatus.spvp != 0 ? .virtualSupervisor : .virtualUser)
    regime.needsExecute = needsExecute
    return regime
  }

  /// Enters the contexts that mode, `satp` and its like, SUM, MXR and MPRV now call for.
  func updateContexts() {
    s.pointee.lent.close()
    // The monitor runs no code of its own: what its mode translates by is never asked.
    if s.pointee.isMonitored && s.pointee.privilege == .supervisor {
      s.pointee.recheck = true
      return
    }
    let mode = s.pointee.privilege
    s.pointee.plainCSRMode = s.pointee.eventMask.isDisjoint(with: [.csr, .effects]) ? mode.rawValue : 7
    s.pointee.recheck = true
    let isLent = mode == .machine && s.pointee.mstatus & Status.mprv != 0
    let recent = s.pointee.contexts.recent + Int(mode.rawValue)
    if !isLent, recent.pointee.inputs == contextInputs {
      enter(recent)
      return
    }
    let fetchRegime = fetchRegime(mode)
    let dataMode = dataPrivilege
    let dataRegime = dataMode == mode && !fetchRegime.isPaged ? fetchRegime : dataRegime(dataMode)
    // Both numbers come from one count: a restart between them would leave the first one without its slot.
    if lacksNumber(fetchRegime) || lacksNumber(dataRegime) { forgetAllTranslations() }
    let fetch = context(fetchRegime)
    s.pointee.fetchRegime = fetchRegime
    s.pointee.fetchContext = fetch
    s.pointee.fetchHash = Self.hash(fetch)
    s.pointee.jumpKey = fetch | generation &<< 12
    enterDataContext(dataRegime, context(dataRegime))
    guard !isLent else { return }
    // The inputs are taken last: a number that was given out may have cost another context its own.
    recent.pointee = RecentContexts(
      inputs: contextInputs, fetchRegime: fetchRegime, fetchContext: fetch, dataRegime: s.pointee.dataRegime,
      dataContext: s.pointee.dataContext, quick: s.pointee.quick)
  }

  /// All that contexts of a mode depend on, but for MPRV.
  @inline(__always)
  private var contextInputs: RecentContexts.Inputs {
    RecentContexts.Inputs(
      satp: s.pointee.satp, vsatp: s.pointee.vsatp, hgatp: s.pointee.hgatp,
      status: s.pointee.mstatus & (Status.sum | Status.mxr),
      guestStatus: s.pointee.vsstatus & (Status.sum | Status.mxr),
      epoch: s.pointee.contexts.epoch.pointee)
  }

  @inline(__always)
  private func enter(_ recent: UnsafeMutablePointer<RecentContexts>) {
    let fetch = recent.pointee.fetchContext
    s.pointee.fetchRegime = recent.pointee.fetchRegime
    s.pointee.fetchContext = fetch
    s.pointee.fetchHash = Self.hash(fetch)
    s.pointee.jumpKey = fetch | generation &<< 12
    let data = recent.pointee.dataContext
    s.pointee.dataRegime = recent.pointee.dataRegime
    s.pointee.dataContext = data
    s.pointee.fastTag = s.pointee.withholdsFastPath ? 0 : data
    s.pointee.dataHash = Self.hash(data)
    s.pointee.quick = recent.pointee.quick
  }

  private func enterDataContext(_ regime: TranslationRegime, _ number: UInt64) {
    s.pointee.dataRegime = regime
    s.pointee.dataContext = number
    s.pointee.fastTag = s.pointee.withholdsFastPath ? 0 : number
    s.pointee.dataHash = Self.hash(number)
    prepareQuickFill()
  }

  /// The entry of the data TLB for a load or store by `hlv` or `hsv`, where the last one was in the same context and the page is there.
  @inline(__always)
  func lentEntry(_ address: UInt64) -> (entry: UnsafeMutablePointer<TranslationCache.Entry>, tag: UInt64)? {
    guard s.pointee.lent.isCurrent(self) else { return nil }
    let index = ((address &>> 12) ^ s.pointee.lent.hash) & UInt64(TranslationCache.dataCount - 1)
    return (tlb + Int(truncatingIfNeeded: index), s.pointee.lent.tag)
  }

  /// Does an access of a guest's from outside: `access` runs in that regime, and what traps says so.
  @inline(__always)
  func withGuestAccess<Value>(
    needsExecute: Bool = false, _ access: () throws(Departure) -> Value
  ) throws(Departure) -> Value {
    let guest = guestAccessRegime(needsExecute: needsExecute)
    if lacksNumber(guest) {
      forgetAllTranslations()
      updateContexts()
    }
    let regime = s.pointee.dataRegime
    let number = s.pointee.dataContext
    let guestNumber = context(guest)
    enterDataContext(guest, guestNumber)
    if !needsExecute { s.pointee.lent = LentContext(self, guestNumber) }
    defer { enterDataContext(regime, number) }
    do { return try access() } catch {
      guard case .trap(var trap) = error else { throw error }
      trap.isGuestAccess = true
      throw .trap(trap)
    }
  }
}

/// The context of the last `hlv` or `hsv`, and what it depends on.
struct LentContext {
  /// Whether the hart may access it, and has no business with each access.
  private var isOpen = false
  private var epoch: UInt64 = 0
  private(set) var tag: UInt64 = 0
  private(set) var hash: UInt64 = 0

  init() {}
  @inline(__always)
  init(_ h: HartPointer, _ tag: UInt64) {
    isOpen = !h.s.pointee.withholdsFastPath
    epoch = h.s.pointee.contexts.epoch.pointee
    self.tag = tag
    hash = HartPointer.hash(tag)
  }

  /// It is the one that an access would go by now.
  @inline(__always)
  func isCurrent(_ h: HartPointer) -> Bool { isOpen && epoch == h.s.pointee.contexts.epoch.pointee }
  /// What it depends on may have changed: the hart's mode, `hstatus`, or a register of translation.
  mutating func close() { isOpen = false }
}
