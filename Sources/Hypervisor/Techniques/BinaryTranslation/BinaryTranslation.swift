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
      physical.openContext(context.translation, code: cache.hostCode, at: context.base)
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
    if let current = side.current, current.isFor(space) {
      if current.isDoubtful { check(current) }
      return current
    }
    side.uses += 1
    let context = side.contexts.first { $0.isFor(space) } ?? side.contexts.min { $0.lastUse < $1.lastUse }!
    if !context.isFor(space) { context.change(to: space) }
    context.lastUse = side.uses
    side.current = context
    if context.isDoubtful { check(context) }
    return context
  }

  func mustDispatch(_ cpu: VirtualCPU) -> Bool {
    guard isTranslated(cpu.hart) else { return false }
    let side = sides[cpu.hart.index]
    side.entry = entry(side, cpu)
    return side.entry == nil
  }

  /// Where the guest can be entered; nil where the monitor has to find its code first.
  private func entry(_ side: Side, _ cpu: VirtualCPU) -> Entry? {
    let hart = cpu.hart
    let context = context(for: cpu)
    if let stop = side.suspended, stop.unit.isLive, stop.pc == hart.pc, stop.epoch == context.epoch,
      stop.registers == (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
    {
      return Entry(offset: stop.offset, raw: stop.raw)
    }
    guard let found = side.found, found.translation == context.translation, found.epoch == context.epoch,
      found.mode == hart.privilege
    else { return nil }
    if found.here.pc == hart.pc { return Entry(offset: found.here.offset) }
    guard let next = found.next, next.pc == hart.pc else { return nil }
    return Entry(offset: next.offset)
  }

  func enter(_ cpu: VirtualCPU) -> UInt64 {
    let (hart, physical) = (cpu.hart, cpu.physical)
    guard isTranslated(hart) else { return hart.pc }
    let side = sides[hart.index]
    lendRegisters(hart, side)
    // SAFETY: the monitor has made out that nothing has to be dispatched, and in which context.
    let (entry, context) = (side.entry!, side.current!)
    if let raw = entry.raw {
      physical.setX(UnitTranslator.first, raw.0)
      physical.setX(UnitTranslator.second, raw.1)
    }
    return context.base &+ UInt64(entry.offset)
  }

  func cacheOffset(_ cpu: VirtualCPU) -> Int? {
    guard isTranslated(cpu.hart), !mustDispatch(cpu) else { return nil }
    return sides[cpu.hart.index].entry?.offset
  }

  func takeState(_ cpu: VirtualCPU) {
    guard !isTranslated(cpu.hart) else { return }
    if cpu.physical.floatStatus == 3 && TrapAndEmulate.governingFloatStatus(cpu.hart) != 3 { cpu.hart.dirtyFloat() }
  }

  func recover(_ cpu: VirtualCPU, pc: UInt64, isExit: Bool) -> UInt64 {
    let hart = cpu.hart
    let side = sides[hart.index]
    (side.suspended, side.found, side.exit, side.stub) = (nil, nil, nil, nil)
    guard isTranslated(hart) else { return pc }
    // SAFETY: it was entered in the context that is in place.
    let context = side.current!
    let offset = Int(truncatingIfNeeded: pc &- context.base)
    guard let unit = cache.unit(at: offset), let instruction = unit.instruction(at: offset) else {
      preconditionFailure("the guest left the translation cache for \(pc)")
    }
    takeRegisters(hart, side)
    let raw = (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
    if instruction.spilled.contains(.first) { hart.setX(UnitTranslator.first, slot(.first, side)) }
    if instruction.spilled.contains(.second) { hart.setX(UnitTranslator.second, slot(.second, side)) }
    let guestPC = unit.pc(of: instruction.place) ?? target(raw.0, instruction.place, context)
    var index: Int?
    if case .at(let number) = instruction.place {
      // Behind what the monitor does for one instruction, the next one of the unit follows.
      (index, side.found) = (number, Found(unit, number, context))
    }
    if isExit {
      side.exit = Exit(
        offset: offset, role: instruction.role,
        instruction: index.map { (unit.site(of: $0), guestPC, unit.guest[$0].bits) }, accesses: accesses(cpu))
    } else {
      side.suspended = Suspension(
        unit: unit, offset: offset, pc: guestPC,
        registers: (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second)), raw: raw, epoch: context.epoch)
    }
    return guestPC
  }

  /// Where an indirect jump goes, by what is in the first register.
  private func target(_ register: UInt64, _ place: TranslatedUnit.Place, _ context: CacheContext) -> UInt64 {
    guard place == .found else { return register }
    let unit = cache.unit(at: Int(truncatingIfNeeded: register &- context.base))!
    // SAFETY: units and links begin at an address that is known.
    return unit.pc(of: unit.code[0].place)!
  }

  private func slot(_ slot: ContextSlot, _ side: Side) -> UInt64 { side.slots[Int(slot.rawValue)] }

  /// Puts the virtual hart's registers into the context, as they read in its mode.
  private func lendRegisters(_ hart: Hart, _ side: Side) {
    let registers = hart.trapRegisters
    side.lent = registers
    for index in registers.indices { side.slots[ContextSlot.firstRegister + index] = registers[index] }
    side.slots[Int(ContextSlot.pending.rawValue)] =
      hart.hasWakeUp ? TrapRegister.interruptEnable(in: hart.privilege) : 0
  }

  /// Takes back what translated code has written.
  private func takeRegisters(_ hart: Hart, _ side: Side) {
    for index in side.lent.indices {
      let value = side.slots[ContextSlot.firstRegister + index]
      if value != side.lent[index] { hart[register: TrapRegister(rawValue: index)!] = value }
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
      guard let exit = side.exit else { return .decode }
      if exit.role == .callOut { return .callOut }
      if exit.role == .adapted { return .adapted }
      if exit.role == .stub, let unit = cache.unit(at: exit.offset) {
        let place = exit.offset - unit.offset
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
    for side in sides { (side.found, side.suspended, side.exit, side.stub, side.target) = (nil, nil, nil, nil, nil) }
  }

  var shadowPaging: ShadowPaging? { paging }
  var codeCache: CodeCache? { cache }
}
