// A hart in the role of a virtual one: the architectural state of a guest, which a monitor advances instruction by instruction,
// or credits with what a physical hart did in its place.
extension Hart {
  /// Begins a part of a turn; the guest's clock stands at `clock`.
  package func beginPart(allowance: Int, clock: UInt64) { begin(allowance: allowance, clock: clock) }

  /// What is left of the allowance, in instructions that retire or trap.
  package var budget: Int { pointer.s.pointee.budget }

  /// Credits what a physical hart did: so many steps, of which so many retired.
  package func credit(steps: Int, retired: Int) {
    pointer.s.pointee.budget -= steps
    pointer.s.pointee.trapped += steps - retired
  }

  /// Executes one instruction on the virtual hart's own model, translating by its own tables: it has no TLB of its own. A trap
  /// that it raises is returned, and has still to be delivered: nothing has retired. `bits` is what a physical hart has fetched there
  /// just now; nil where none has, or nobody knows what.
  package func stepVirtually(_ bits: UInt32? = nil) -> Trap? {
    pointer.forgetWithoutCount()
    pointer.s.pointee.isStepping = true
    defer { pointer.s.pointee.isStepping = false }
    return Engine.attempt(pointer, bits)
  }

  /// The address of the instruction that ``stepVirtually()`` is executing; nil outside.
  package var executingPC: UInt64? { pointer.s.pointee.isStepping ? pointer.s.pointee.pc : nil }

  /// Has the virtual hart take a trap at its `pc`.
  package func deliver(_ trap: Trap) {
    pointer.s.pointee.isStepping = true
    defer { pointer.s.pointee.isStepping = false }
    pointer.take(trap)
  }

  /// Has it take an interrupt, whether it is due or not.
  package func deliver(_ interrupt: Interrupt) { pointer.take(interrupt) }

  /// Takes the interrupt that is due, if one is. False when none is.
  package func takeInterrupt() -> Bool {
    guard let interrupt = pointer.pendingInterrupt() else { return false }
    pointer.take(interrupt)
    return true
  }

  /// Ends waiting where an enabled interrupt is pending. False while it has to wait on.
  package func wakeUp() -> Bool {
    guard pointer.s.pointee.isWaiting else { return true }
    guard hasWakeUp else { return false }
    pointer.s.pointee.isWaiting = false
    return true
  }

  /// What was recorded has to be taken before a physical hart may add to it.
  package var mustHandRecordsOut: Bool { pointer.s.pointee.recordCount > EventBuffer.full / 2 }

  /// A breakpoint may stand at the next instruction.
  package var mayStopHere: Bool { pointer.mayStop(at: pointer.s.pointee.pc) }

  /// Whether the machine has to act before the hart goes on; asked once.
  package func takeAttention() -> Bool {
    defer { pointer.s.pointee.wantsAttention = false }
    return pointer.s.pointee.wantsAttention
  }

  /// Loads and stores take another mode's translation (`mstatus.MPRV`).
  package var lendsPrivilege: Bool { pointer.dataPrivilege != pointer.s.pointee.privilege }

  /// What translations in the running mode depend on, `lendsPrivilege` apart.
  package var translationRegime: TranslationRegime { pointer.dataRegime(pointer.s.pointee.privilege) }

  /// `satp`, `vsatp` and `hgatp`.
  package var translationRegisters: (satp: UInt64, vsatp: UInt64, hgatp: UInt64) {
    (pointer.s.pointee.satp, pointer.s.pointee.vsatp, pointer.s.pointee.hgatp)
  }
  /// Fences of address translation so far, and accesses to devices.
  package var fences: UInt64 { pointer.s.pointee.fences }
  package var busAccesses: UInt64 { pointer.s.pointee.busAccesses }

  /// Grows whenever PMP changes.
  package var protectionEpoch: UInt64 { pointer.s.pointee.protectionEpoch }
  /// The registers of PMP: configurations, then addresses. Two harts alike in them protect alike.
  package var protectionRegisters: [UInt64] {
    let pmp = pointer.s.pointee.pmp
    return (0..<PhysicalMemoryProtection.entryCount).map { UInt64(pmp.configuration[$0]) }
      + (0..<PhysicalMemoryProtection.entryCount).map { pmp.address[$0] }
  }
  /// What PMP lets a mode do with all of a range, as R W X in bits 0 to 2; nil where entries split it.
  package func protectionRights(_ start: UInt64, count: UInt64, mode: PrivilegeMode) -> UInt8? {
    guard case .all(let rights) = pointer.protection(start, count: count, mode: mode) else { return nil }
    return rights
  }

  /// Walks the guest's tables as an access in the running mode does, A and D bits included. `references` counts the entries
  /// of all stages that were read, whatever came of it.
  package func translate(
    _ address: UInt64, _ kind: AccessKind, references: inout Int
  ) -> Result<GuestTranslation, Trap> {
    let regime = translationRegime
    var result = GuestTranslation(page: address & ~0xfff)
    if regime.isPaged {
      var recorder = PathRecorder()
      defer { references += recorder.references }
      do {
        let leaf = try pointer.walk(address, kind, regime: regime, isDry: false, recorder: &recorder)
        result.page = leaf.physical
        result.level = Int(leaf.level)
        result.isNapot = leaf.isNapot
        result.entry = leaf.flags
        result.rights = leaf.rights
      } catch {
        return .failure(error)
      }
      (result.tables, result.tableCount) = (recorder.tables, recorder.count)
      result.leafBefore = recorder.last
    }
    result.protection = protectionRights(result.page, count: 4096, mode: regime.mode)
    return .success(result)
  }

  /// Reports something that the monitor did on behalf of this hart.
  package func report(_ kind: Event.Kind, if mask: EventMask) {
    if !pointer.s.pointee.eventMask.isDisjoint(with: mask) { pointer.record(kind) }
  }
  /// The kinds of events that are asked for.
  package var eventMask: EventMask { pointer.s.pointee.eventMask }
}

/// What a virtual hart's walk found.
package struct GuestTranslation: Sendable {
  /// Guest-physical address of the 4 KiB page.
  package var page: UInt64
  /// Level of the leaf; 0 for 4 KiB, and where the guest does not translate.
  package var level = 0
  package var isNapot = false
  /// The leaf's low bits (V R W X U G A D), A and D as they are now; all without translation.
  package var entry: UInt8 = 0xff
  /// What the tables allow in the running mode: R W X in bits 0 to 2, W only once D is set.
  package var rights: UInt8 = 7
  /// What PMP allows on the whole page; nil where entries split it.
  package var protection: UInt8?
  /// Guest-physical addresses of the entries of the first stage that were read, from the root.
  package var tables = [5 of UInt64](repeating: 0)
  package var tableCount = 0
  /// The leaf as it was read, before A and D were set.
  package var leafBefore: UInt64 = 0

  init(page: UInt64) { self.page = page }

  /// R W X of tables and PMP together; nil where PMP splits the page.
  package var effectiveRights: UInt8? { protection.map { $0 & rights } }
}

private struct PathRecorder: WalkRecorder {
  var tables = [5 of UInt64](repeating: 0)
  var count = 0
  var references = 0
  var last: UInt64 = 0

  @inline(__always)
  mutating func reference(_ stage: TranslationStage, level: Int, index: UInt64, address: UInt64, entry: UInt64) {
    references += 1
    guard stage == .first, count < 5 else { return }
    tables[count] = address
    last = entry
    count += 1
  }
  @inline(__always) mutating func failed(_ reason: @autoclosure () -> String) {}
}

extension HartPointer {
  /// Forgets what both TLBs hold, as no fence does: nothing is counted or reported.
  func forgetWithoutCount() {
    guard s.pointee.contexts.used.pointee != 0 else { return }
    s.pointee.contexts.removeAll()
    s.pointee.dataTLB.forgetLarge()
    s.pointee.fetchTLB.forgetLarge()
    updateContexts()
  }
}
