/// One hart of a machine: its architectural state to look at and to change, and the engine that runs it.
///
/// Its storage lies behind pointers that live as long as it does; the run loops work on those.
package final class Hart {
  package let index: Int
  let pointer: HartPointer

  /// A hart after reset: M-mode, interrupts off, `pc` at `resetVector`.
  package init(
    index: Int, memory: PhysicalMemory, svade: Bool = false, quirks: PrivilegeQuirks = [], resetVector: UInt64 = 0x1000
  ) {
    self.index = index
    let dataTLB = TranslationCache(count: TranslationCache.dataCount)
    let registers = UnsafeMutablePointer<UInt64>.allocate(capacity: HartPointer.registerCount)
    registers.initialize(repeating: 0, count: HartPointer.registerCount)
    let jumps = UnsafeMutablePointer<JumpCacheEntry>.allocate(capacity: JumpCacheEntry.count)
    jumps.initialize(repeating: JumpCacheEntry(), count: JumpCacheEntry.count)
    let scratch = UnsafeMutablePointer<DecodedOperation>.allocate(capacity: BlockCache.room)
    scratch.initialize(repeating: DecodedOperation(.illegal), count: BlockCache.room)
    let state = UnsafeMutablePointer<HartState>.allocate(capacity: 1)
    state.initialize(
      to: HartState(
        pc: resetVector, index: index, menvcfg: svade ? 0 : MachineEnvironment.adue,
        henvcfg: svade ? 0 : MachineEnvironment.adue, svade: svade, quirks: quirks, dataTLB: dataTLB,
        fetchTLB: TranslationCache(count: TranslationCache.fetchCount), contexts: ContextTable(), jumps: jumps,
        jumpPages: .allocate(),
        memory: .passRetained(memory), memoryBase: memory.base, memorySize: memory.size, memoryBytes: memory.bytes,
        memoryIsView: memory.isView, codePages: memory.blocks.granules, blocks: .passUnretained(memory.blocks),
        counts: HartCounts.allocate(), generation: memory.blocks.generation, scratch: scratch,
        records: EventBuffer.allocate()))
    pointer = HartPointer(s: state, x: registers, tlb: dataTLB.entries)
    if !memory.isView { memory.blocks.register(dataTLB) }
    pointer.updateContexts()
  }

  /// What the reset button does to a hart: as after `init`, but counts, clock and observation go on.
  package func reset(pc: UInt64) {
    pointer.creditMode()
    let old = pointer.s.pointee
    old.dataTLB.removeAll()
    old.fetchTLB.removeAll()
    old.contexts.epoch.pointee &+= 1
    pointer.x.update(repeating: 0, count: HartPointer.registerCount)
    pointer.s.pointee = HartState(
      pc: pc, index: index, menvcfg: old.svade ? 0 : MachineEnvironment.adue,
      henvcfg: old.svade ? 0 : MachineEnvironment.adue, retiredBefore: old.retired,
      clockBefore: old.clock, creditedRetired: old.creditedRetired, svade: old.svade, quirks: old.quirks,
      dataTLB: old.dataTLB, fetchTLB: old.fetchTLB, contexts: old.contexts, jumps: old.jumps,
      jumpPages: old.jumpPages, memory: old.memory,
      memoryBase: old.memoryBase, memorySize: old.memorySize, memoryBytes: old.memoryBytes,
      memoryIsView: old.memoryIsView, codePages: old.codePages, blocks: old.blocks, counts: old.counts,
      generation: old.generation, scratch: old.scratch,
      bus: old.bus, records: old.records, recordCount: old.recordCount, hasUrgentEvents: old.hasUrgentEvents,
      eventMask: old.eventMask, urgentMask: old.urgentMask, watches: old.watches)
    pointer.s.pointee.isObserved = old.isObserved
    pointer.s.pointee.recordLimit = old.recordLimit
    pointer.s.pointee.walkCache = old.walkCache
    old.walkCache?.pointee.removeAll()
    pointer.s.pointee.withholdsFastPath = old.withholdsFastPath
    pointer.s.pointee.check = old.check
    pointer.s.pointee.monitorCalls = old.monitorCalls
    pointer.s.pointee.worldBorder = old.worldBorder
    pointer.updateContexts()
  }

  deinit {
    let state = pointer.s
    pointer.dropWalkCache()
    state.pointee.dataTLB.deallocate()
    state.pointee.fetchTLB.deallocate()
    state.pointee.contexts.deallocate()
    state.pointee.jumps.deallocate()
    state.pointee.jumpPages.deallocate()
    state.pointee.scratch.deallocate()
    state.pointee.counts.deallocate()
    state.pointee.records.deallocate()
    state.pointee.memory.release()
    state.deinitialize(count: 1)
    state.deallocate()
    pointer.x.deallocate()
  }

  // MARK: Registers

  package var pc: UInt64 {
    get { pointer.s.pointee.pc }
    set { pointer.s.pointee.pc = newValue & ~1 }
  }
  /// Integer register 0 to 31; x0 reads zero.
  package func x(_ number: Int) -> UInt64 { pointer.x[number & 31] }
  /// Writes an integer register; a write to x0 is dropped.
  package func setX(_ number: Int, _ value: UInt64) {
    if number & 31 != 0 { pointer.x[number & 31] = value }
  }
  /// Floating-point register 0 to 31 as 64 bits, singles NaN-boxed.
  package func f(_ number: Int) -> UInt64 { pointer.f[number & 31] }
  package func setF(_ number: Int, _ value: UInt64) { pointer.f[number & 31] = value }

  package var privilege: PrivilegeMode {
    get { pointer.s.pointee.privilege }
    set {
      pointer.creditMode()
      pointer.s.pointee.privilege = newValue
      pointer.updateContexts()
    }
  }
  /// Instructions that this hart has retired.
  package var retired: UInt64 { pointer.s.pointee.retired }
  /// It waits for an interrupt.
  package var isWaiting: Bool { pointer.s.pointee.isWaiting }
  /// The value of a CSR, without side effect or privilege check; nil when this machine does not have it.
  package func readCSR(_ number: UInt16) -> UInt64? { pointer.readCSR(number) }
  /// Writes a CSR by its WARL rules; false when it is read-only or not there.
  package func writeCSR(_ number: UInt16, _ value: UInt64) -> Bool {
    guard number >> 10 != 3, pointer.readCSR(number) != nil else { return false }
    pointer.writeCSR(number, value)
    return true
  }

  // MARK: Running, for the machine's scheduler

  /// The bus that answers what is not RAM. Set once, before the hart runs.
  package func attach(_ bus: any SystemBus) { pointer.s.pointee.bus = BusReference(bus) }

  /// Runs until `allowance` instructions have retired or trapped or something else ends the run. The guest's clock stands at `clock`
  /// when it starts. With `byStep` every instruction takes the step path.
  package func run(allowance: Int, clock: UInt64, byStep: Bool = false) -> HartStop {
    begin(allowance: allowance, clock: clock)
    let stop = Engine.run(pointer, byStep: byStep || isObserved)
    return stop
  }

  /// Executes one instruction or takes one trap or interrupt, on the step path, breakpoint or not. In translated code that is one of
  /// the guest's: those that complete none go on, up to a breakpoint of the code's own, unless it is to be one of the host's. One
  /// at the beginning is passed over where the hart was stopped there.
  package func step(clock: UInt64, byHost: Bool = false, wasStopped: Bool = true) -> HartStop {
    begin(allowance: 1, clock: clock)
    if !byHost && !wasStopped && pointer.stopsInTranslatedCode(at: pointer.s.pointee.pc) { return .breakpoint }
    var stop = HartStop.attention
    if pointer.s.pointee.isWaiting {
      guard pointer.s.pointee.mip & pointer.s.pointee.mie != 0 else { return .waiting }
      pointer.s.pointee.isWaiting = false
    }
    if let interrupt = pointer.pendingInterrupt() {
      pointer.take(interrupt)
    } else {
      Engine.step(pointer)
      if !byHost && pointer.s.pointee.translatedWindow.size != 0 {
        Engine.complete(pointer, 1, until: pointer.stopsInTranslatedCode)
        if pointer.s.pointee.budget == 1 && !pointer.s.pointee.hasExited { stop = .breakpoint }
      }
    }
    pointer.s.pointee.wantsAttention = false
    return stop
  }

  func begin(allowance: Int, clock: UInt64) {
    let state = pointer.s
    state.pointee.retiredBefore = state.pointee.retired
    state.pointee.clockBefore = clock
    state.pointee.allowance = allowance
    state.pointee.budget = allowance
    state.pointee.trapped = 0
  }

  /// What of the last allowance was used, by instructions that retired or trapped.
  package var used: Int { pointer.s.pointee.allowance - pointer.s.pointee.budget }
  /// How many of those retired.
  package var usedRetired: Int { used - pointer.s.pointee.trapped }
  /// The guest's clock as this hart has it, exact inside an instruction.
  package var clock: UInt64 { pointer.s.pointee.clock }
  /// `mtime` as this hart has it, in ticks.
  package var time: UInt64 { pointer.s.pointee.time }
  /// An enabled interrupt is pending, whatever the privilege: what ends `wfi`.
  package var hasWakeUp: Bool { pointer.s.pointee.mip & pointer.s.pointee.mie != 0 }
  /// Sets the timer bits of `mip` for a clock at which the hart does not run.
  package func updateTimers(clock: UInt64) { pointer.updateTimers(clock: clock) }
  /// The clock at which a timer interrupt becomes pending next; `UInt64.max` when none will.
  package var nextTimerClock: UInt64 { pointer.nextTimerClock() }
  /// Ends a turn: another hart may store now, so the LR reservation goes.
  package func endTurn() { pointer.s.pointee.reservation = 0 }

  /// The CLINT's compare register for this hart, in ticks.
  package var timerCompare: UInt64 { pointer.s.pointee.mtimecmp }
  package func setTimerCompare(_ ticks: UInt64, clock: UInt64) {
    pointer.s.pointee.mtimecmp = ticks
    pointer.updateTimers(clock: clock)
  }
  /// `mtime` less the clock in ticks.
  package var timeOffset: UInt64 { pointer.s.pointee.timeOffset }
  package func setTimeOffset(_ ticks: UInt64, clock: UInt64) {
    pointer.s.pointee.timeOffset = ticks
    pointer.updateTimers(clock: clock)
  }
  /// Drives a wire into `mip`.
  package func setInterrupt(_ interrupt: Interrupt, level: Bool) {
    if level {
      pointer.s.pointee.mipWires |= interrupt.mask
    } else {
      pointer.s.pointee.mipWires &= ~interrupt.mask
    }
    pointer.s.pointee.recheck = true
  }

  // MARK: Observation

  /// What the stale-translation check has found; nil while it is off, which is while nobody asks for events of the kind `.stale`.
  package private(set) var translationCheck: TranslationCheck?

  /// Chooses what this hart reports: kinds after which it stops at once, and kinds that are recorded until it stops.
  package func observe(urgent: EventMask, recorded: EventMask) {
    let mask = urgent.union(recorded)
    pointer.s.pointee.urgentMask = urgent
    guard mask != pointer.s.pointee.eventMask else { return }
    pointer.s.pointee.eventMask = mask
    pointer.s.pointee.isObserved = mask.contains(.memory)
    if !mask.contains(.stale) { translationCheck = nil } else if translationCheck == nil { translationCheck = .init() }
    pointer.s.pointee.check = translationCheck.map(Unmanaged.passUnretained)
    pointer.s.pointee.withholdsFastPath = !mask.isDisjoint(with: [.memory, .stale])
    pointer.s.pointee.contexts.epoch.pointee &+= 1
    pointer.updateContexts()
  }
  var isObserved: Bool { !pointer.s.pointee.eventMask.isDisjoint(with: .needsStepping) }

  /// Records what a device did, for whoever observes it. A device does so a few times at most before the hart runs on.
  package func report(_ kind: Event.Kind) {
    if pointer.s.pointee.eventMask.contains(kind.mask) { pointer.record(kind) }
  }
  /// Something was recorded since ``forgetRecords()``.
  package var hasRecords: Bool { pointer.s.pointee.recordCount != 0 }
  /// Among the records is one of a kind that was asked for as urgent, or an access to a watched place.
  package var hasUrgentEvents: Bool { pointer.s.pointee.hasUrgentEvents }

  /// What was recorded, in order. Valid until the hart runs again.
  package var records: UnsafeBufferPointer<EventRecord> {
    UnsafeBufferPointer(start: pointer.s.pointee.records, count: pointer.s.pointee.recordCount)
  }
  package func forgetRecords() {
    pointer.s.pointee.recordCount = 0
    pointer.s.pointee.hasUrgentEvents = false
  }

  /// Accesses in these ranges are reported as memory events, whatever `eventMask` says.
  package var watchedRanges: [WatchedRange] {
    get { pointer.s.pointee.watches.ranges }
    set {
      pointer.s.pointee.watches.ranges = newValue
      pointer.s.pointee.dataTLB.dropPointers()
      pointer.s.pointee.contexts.epoch.pointee &+= 1
      pointer.updateContexts()
    }
  }

  // MARK: Translation

  /// Translates an address, in the present mode or another one, and tells each reference on the way; changes nothing.
  package func walk(_ address: GuestVirtualAddress, _ kind: AccessKind, in mode: PrivilegeMode? = nil) -> WalkReport {
    pointer.explain(address.value, kind, in: mode)
  }

  /// Where an address lies for the debugger: the walk without its checks of rights, in the present mode or another one; nil
  /// where no page is.
  package func physicalAddress(
    of address: GuestVirtualAddress, in mode: PrivilegeMode? = nil
  ) -> GuestPhysicalAddress? {
    pointer.physicalAddress(of: address.value, in: mode ?? privilege).map { GuestPhysicalAddress($0) }
  }

  /// Where a guest-physical address lies: by the G-stage in VS and VU, without its checks of rights; elsewhere it is the
  /// machine's own. Nil where no page is.
  package func hostPhysicalAddress(of address: GuestPhysicalAddress) -> UInt64? {
    pointer.guestPhysicalAddress(address.value, pointer.fetchRegime(privilege))
  }

  /// The interrupt that it takes before its next instruction.
  package var pendingInterrupt: Interrupt? { pointer.pendingInterrupt() }

  /// The translations that the two TLBs hold.
  package var tlbEntries: [TLBEntry] { pointer.tlbEntries() }
}

extension PhysicalMemory {
  /// Page offsets of addresses at which blocks stop for a breakpoint.
  package func setBreakpoints(_ addresses: some Sequence<UInt64>) {
    blocks.setBreakpoints(Set(addresses.map { UInt16($0 & 4095) }))
  }
}
