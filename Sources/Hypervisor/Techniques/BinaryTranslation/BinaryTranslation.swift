import RISCV

/// Binary translation: the guest's programs run directly in U-mode, under shadow tables; its M and S code, and that of its own guest's
/// kernel, runs translated, from a cache in host memory, in U-mode as well (Adams and Agesen, ASPLOS 2006, section 3).
final class BinaryTranslation: TechniqueEngine {
  let paging: ShadowPaging
  let host: HostMachine
  let cache: CodeCache
  let sides: [Side]
  @exclusivity(unchecked) var farChains = FarChains()
  /// Nil where instructions stay as they were translated.
  @exclusivity(unchecked) var adaptation: Adaptation?

  /// What belongs to one hart.
  final class Side {
    /// The frame of its context.
    let slots: UInt64
    let contexts: [CacheContext]
    @exclusivity(unchecked) var uses: UInt64 = 0
    /// The one that is in place.
    @exclusivity(unchecked) var current: CacheContext?
    /// The unit in which the guest goes on, as long as nothing has changed that could forbid it.
    @exclusivity(unchecked) var found: (unit: TranslatedUnit, context: CacheContext, epoch: UInt64)?
    /// Where the simulator's turn ended a run.
    @exclusivity(unchecked) var suspended: Suspension?
    /// Where the last exit was, in translated code.
    @exclusivity(unchecked) var exit: (unit: TranslatedUnit, instruction: TranslatedUnit.HostInstruction)?
    /// How many accesses only the monitor could do had been done before it.
    @exclusivity(unchecked) var accesses: UInt64 = 0
    /// The way out by which the guest came to an address for which the monitor has to find the code.
    @exclusivity(unchecked) var stub: (unit: TranslatedUnit, index: Int)?
    /// What has to be translated.
    @exclusivity(unchecked) var wanted: TranslatedUnit.Key?
    /// The registers as the context got them.
    @exclusivity(unchecked) var lent = [6 of UInt64](repeating: 0)

    init(_ host: HostMachine, _ number: Int) {
      slots = host.pool.allocate()!
      contexts = (0..<BinaryTranslation.contextCount).map { [slots] in
        CacheContext(host, slots: slots, vmid: UInt64(number * BinaryTranslation.contextCount + $0 + 1))
      }
    }
  }

  /// A stop in the midst of translated code, between two instructions of the guest's.
  struct Suspension {
    var unit: TranslatedUnit
    /// Into the cache.
    var offset: Int
    /// The guest's pc and the two registers, as they were made out, and what the physical hart had in the registers.
    var pc: UInt64
    var registers: (UInt64, UInt64)
    var raw: (UInt64, UInt64)
    /// That of the context then.
    var epoch: UInt64
  }

  /// Address spaces of each hart whose jump tables are kept.
  private static let contextCount = 8

  let observableKinds: EventMask = [.retired, .memory, .marker, .effects, .tlb]

  init(paging: ShadowPaging, host: HostMachine, _ choices: MonitorChoices) {
    self.paging = paging
    self.host = host
    cache = CodeCache(host, size: choices.cacheSize)
    adaptation = choices.isAdaptive ? Adaptation() : nil
    sides = host.harts.indices.map { Side(host, $0) }
    paging.reserved = cache.rootEntries
    paging.whenCodeIsStored = { [unowned self] address, count in codeIsStored(address, count) }
    paging.whenUnmapped = { [unowned self] addresses in unmapped(addresses) }
  }

  /// The guest's code runs translated.
  func isTranslated(_ hart: Hart) -> Bool { hart.privilege.level != 0 }

  func mustStep(_ hart: Hart) -> Bool { hart.lendsPrivilege }

  // MARK: Entry and exit

  func prepare(_ cpu: VirtualCPU) -> PrivilegeMode {
    let (hart, physical) = (cpu.hart, cpu.physical)
    physical.setTranslation(paging.root(for: cpu))
    physical.permitOnly(environment: hart.permittedEnvironment)
    let status = TrapAndEmulate.governingFloatStatus(hart)
    if isTranslated(hart) {
      // It was put in place when the monitor made out that nothing has to be dispatched.
      let context = sides[hart.index].current!
      physical.openContext(context.translation, code: cache.hostCode, at: CodeCache.base(hart.translationRegime))
      // The first instruction that makes the state dirty is stepped: what the guest reads of its status is always true.
      physical.floatStatus = status == 3 ? 3 : 0
    } else {
      physical.openContext(nil, code: nil, at: 0)
      physical.floatStatus = status
    }
    return .user
  }

  func context(for cpu: VirtualCPU) -> CacheContext {
    let side = sides[cpu.hart.index]
    let regime = cpu.hart.translationRegime.forFetches
    let space = CacheContext.Space(regime: regime, protection: paging.protection(cpu.hart))
    if farChains.isDoubtful {
      farChains.check(cache) { paging.isAnchored($0, $1.regime, $1.protection) }
    }
    if let current = side.current, current.space == space {
      if current.isDoubtful { check(current) }
      return current
    }
    side.uses += 1
    let context = side.contexts.first { $0.space == space } ?? side.contexts.min { $0.lastUse < $1.lastUse }!
    if context.space != space {
      context.space = space
      context.clear()
    }
    context.lastUse = side.uses
    side.current = context
    if context.isDoubtful { check(context) }
    return context
  }

  func mustDispatch(_ cpu: VirtualCPU) -> Bool {
    guard isTranslated(cpu.hart) else { return false }
    let side = sides[cpu.hart.index]
    let context = context(for: cpu)
    if isSuspended(side, cpu.hart) { return false }
    guard let found = side.found else { return true }
    return !found.unit.isLive || found.context !== context || found.epoch != found.context.epoch
      || found.unit.key?.mode != cpu.hart.privilege || found.unit.index(of: cpu.hart.pc) == nil
  }

  private func isSuspended(_ side: Side, _ hart: Hart) -> Bool {
    guard let stop = side.suspended else { return false }
    return stop.unit.isLive && stop.pc == hart.pc && stop.epoch == side.current?.epoch
      && stop.registers == (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
  }

  func enter(_ cpu: VirtualCPU) -> UInt64 {
    let (hart, physical) = (cpu.hart, cpu.physical)
    guard isTranslated(hart) else { return hart.pc }
    let side = sides[hart.index]
    lendRegisters(hart, side)
    if isSuspended(side, hart), let stop = side.suspended {
      physical.setX(UnitTranslator.first, stop.raw.0)
      physical.setX(UnitTranslator.second, stop.raw.1)
    }
    return CodeCache.base(hart.translationRegime) &+ UInt64(nextOffset(side, hart))
  }

  /// Where in the cache a hart goes on for which nothing has to be dispatched.
  private func nextOffset(_ side: Side, _ hart: Hart) -> Int {
    if isSuspended(side, hart), let stop = side.suspended { return stop.offset }
    let unit = side.found!.unit
    return unit.offset + Int(unit.guest[unit.index(of: hart.pc)!].start)
  }

  func cacheOffset(_ cpu: VirtualCPU) -> Int? {
    isTranslated(cpu.hart) && !mustDispatch(cpu) ? nextOffset(sides[cpu.hart.index], cpu.hart) : nil
  }

  func takeState(_ cpu: VirtualCPU) {
    guard !isTranslated(cpu.hart) else { return }
    if cpu.physical.floatStatus == 3 && TrapAndEmulate.governingFloatStatus(cpu.hart) != 3 { cpu.hart.dirtyFloat() }
  }

  func recover(_ cpu: VirtualCPU, pc: UInt64, isExit: Bool) -> UInt64 {
    let hart = cpu.hart
    let side = sides[hart.index]
    (side.suspended, side.exit, side.stub) = (nil, nil, nil)
    guard isTranslated(hart) else { return pc }
    let offset = Int(truncatingIfNeeded: pc &- CodeCache.base(hart.translationRegime))
    guard let unit = cache.unit(at: offset), let instruction = unit.instruction(at: offset) else {
      preconditionFailure("the guest left the translation cache for \(pc)")
    }
    takeRegisters(hart, side)
    let raw = (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
    if instruction.spilled.contains(.first) { hart.setX(UnitTranslator.first, slot(.first, side)) }
    if instruction.spilled.contains(.second) { hart.setX(UnitTranslator.second, slot(.second, side)) }
    let guestPC = unit.pc(of: instruction.place) ?? target(raw.0, instruction.place, hart)
    if isExit {
      (side.exit, side.accesses) = ((unit, instruction), accesses(cpu))
    } else {
      side.suspended = Suspension(
        unit: unit, offset: offset, pc: guestPC,
        registers: (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second)), raw: raw, epoch: side.current!.epoch)
    }
    // Behind what the monitor does for one instruction, the next one of the unit follows.
    side.found = side.current.map { (unit, $0, $0.epoch) }
    return guestPC
  }

  /// Where an indirect jump goes, by what is in the first register.
  private func target(_ register: UInt64, _ place: TranslatedUnit.Place, _ hart: Hart) -> UInt64 {
    guard place == .found else { return register }
    let offset = Int(truncatingIfNeeded: register &- CodeCache.base(hart.translationRegime))
    let unit = cache.unit(at: offset)!
    // SAFETY: units and links begin at an address that is known.
    return unit.pc(of: unit.code[0].place)!
  }

  private func slot(_ slot: ContextSlot, _ side: Side) -> UInt64 {
    host.memory.tableEntry(at: side.slots + UInt64(slot.address))
  }
  private func setSlot(_ slot: ContextSlot, _ side: Side, _ value: UInt64) {
    host.memory.storeTableEntry(value, at: side.slots + UInt64(slot.address))
  }

  /// Puts the virtual hart's registers into the context, as they read in its mode.
  private func lendRegisters(_ hart: Hart, _ side: Side) {
    for register in TrapRegister.allCases {
      let value = hart[register: register]
      side.lent[register.rawValue] = value
      setSlot(ContextSlot(register), side, value)
    }
    setSlot(.pending, side, hart.hasWakeUp ? TrapRegister.interruptEnable(in: hart.privilege) : 0)
  }

  /// Takes back what translated code has written.
  private func takeRegisters(_ hart: Hart, _ side: Side) {
    for register in TrapRegister.allCases {
      let value = slot(ContextSlot(register), side)
      if value != side.lent[register.rawValue] { hart[register: register] = value }
    }
  }

  // MARK: Charges

  func chargeDirectExecution(_ cpu: VirtualCPU) {
    cpu.ledger.stage = cpu.guestLayer
    cpu.chargeHardware(.user, as: cpu.guestLayer)
  }

  func chargeExit(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> VirtualCPU.Phase {
    let side = sides[cpu.hart.index]
    switch exit.cause {
    case .instructionPageFault, .loadPageFault, .storePageFault: return .walk
    case .environmentCallFromU:
      guard let (unit, instruction) = side.exit else { return .decode }
      if instruction.role == .callOut { return .callOut }
      if instruction.role == .adapted { return .adapted }
      if instruction.role == .stub {
        let place = Int(instruction.offset)
        side.stub = unit.stubs.firstIndex { $0.offset == place }.map { (unit, $0) }
      }
      return .dispatch
    default: return .decode
    }
  }

  func chargeEntry(_ cpu: VirtualCPU) {}

  // MARK: Services

  func walk(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> WalkOutcome { paging.walk(cpu, exit.value, exit.accessKind) }
  func fill(_ cpu: VirtualCPU, _ exit: Hart.Exit, _ page: FoundPage) -> ExitReason? {
    paging.fill(cpu, exit.value, page)
  }

  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence
  ) {
    paging.translationChanged(cpu, from: before, to: after, fence: fence)
  }

  func virtualMode(of mode: PrivilegeMode, _ hart: Hart) -> PrivilegeMode { hart.privilege }

  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64) {
    for unit in cache.units(inPage: page) { remove(unit, because: .pageReturned) }
    paging.setHoldsCode(cpu, page, false)
    paging.pageIsReturned(cpu, page)
  }

  func reset() {
    paging.dropEverything()
    if let cpu = paging.cpu { flush(cpu, because: .reset) }
    for side in sides { (side.found, side.suspended, side.exit, side.stub) = (nil, nil, nil, nil) }
  }

  var shadowPaging: ShadowPaging? { paging }
  var codeCache: CodeCache? { cache }
}
