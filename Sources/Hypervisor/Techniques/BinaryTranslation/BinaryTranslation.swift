import RISCV

/// Binary translation: the guest's programs run directly in U-mode, under shadow tables; its M and S code, and that of its own guest's
/// kernel, runs translated, from a cache in host memory, in U-mode as well (Adams and Agesen, ASPLOS 2006, section 3).
final class BinaryTranslation: TechniqueEngine {
  private let paging: ShadowPaging
  private let host: HostMachine
  private let cache: CodeCache
  private let sides: [Side]

  /// What belongs to one hart.
  private final class Side {
    /// The frame of its context.
    let slots: UInt64
    let contexts: [CacheContext]
    var uses: UInt64 = 0
    /// The one that is in place.
    var current: CacheContext?
    /// The unit in which the guest goes on, as long as nothing has changed that could forbid it.
    var found: (unit: TranslatedUnit, context: CacheContext, epoch: UInt64)?
    /// Where the simulator's turn ended a run.
    var suspended: Suspension?
    /// Where the last exit was, in translated code.
    var exit: (unit: TranslatedUnit, instruction: TranslatedUnit.HostInstruction)?
    /// The way out by which the guest came to an address for which the monitor has to find the code.
    var stub: (unit: TranslatedUnit, index: Int)?
    /// What has to be translated.
    var wanted: TranslatedUnit.Key?

    init(_ host: HostMachine, _ number: Int) {
      slots = host.pool.allocate()!
      contexts = (0..<BinaryTranslation.contextCount).map { [slots] in
        CacheContext(host, slots: slots, vmid: UInt64(number * BinaryTranslation.contextCount + $0 + 1))
      }
    }
  }

  /// A stop in the midst of translated code, between two instructions of the guest's.
  private struct Suspension {
    var unit: TranslatedUnit
    /// Into the cache.
    var offset: Int
    /// The guest's pc and the two registers, as they were made out, and what the physical hart had in the registers.
    var pc: UInt64
    var registers: (UInt64, UInt64)
    var raw: (UInt64, UInt64)
  }

  /// Address spaces of each hart whose jump tables are kept.
  private static let contextCount = 8

  let observableKinds: EventMask = [.retired, .memory, .marker, .effects, .tlb]

  init(paging: ShadowPaging, host: HostMachine, cacheSize: Int) {
    self.paging = paging
    self.host = host
    cache = CodeCache(host, size: cacheSize)
    sides = host.harts.indices.map { Side(host, $0) }
    paging.reserved = cache.rootEntries
    paging.whenCodeIsStored = { [unowned self] address, count in codeIsStored(address, count) }
  }

  /// The guest's code runs translated.
  private func isTranslated(_ hart: Hart) -> Bool { hart.privilege.level != 0 }

  func mustStep(_ hart: Hart) -> Bool { hart.lendsPrivilege }

  // MARK: Entry and exit

  func prepare(_ cpu: VirtualCPU) -> PrivilegeMode {
    let (hart, physical) = (cpu.hart, cpu.physical)
    physical.setTranslation(paging.root(for: cpu))
    physical.permitOnly(environment: hart.permittedEnvironment)
    let status = TrapAndEmulate.governingFloatStatus(hart)
    if isTranslated(hart) {
      let context = context(for: cpu)
      physical.openContext(context.translation, code: cache.hostCode, at: CodeCache.base(hart.translationRegime))
      // The first instruction that makes the state dirty is stepped: what the guest reads of its status is always true.
      physical.floatStatus = status == 3 ? 3 : 0
    } else {
      physical.openContext(nil, code: nil, at: 0)
      physical.floatStatus = status
    }
    return .user
  }

  private func context(for cpu: VirtualCPU) -> CacheContext {
    let side = sides[cpu.hart.index]
    var regime = cpu.hart.translationRegime
    // Fetches do not ask for these.
    regime.allowsUserPages = false
    regime.readsExecutable = false
    let space = CacheContext.Space(regime: regime, protection: paging.protection(cpu.hart))
    if let current = side.current, current.space == space { return current }
    side.uses += 1
    let context = side.contexts.first { $0.space == space } ?? side.contexts.min { $0.lastUse < $1.lastUse }!
    if context.space != space {
      context.space = space
      context.clear()
    }
    context.lastUse = side.uses
    side.current = context
    return context
  }

  func mustDispatch(_ cpu: VirtualCPU) -> Bool {
    guard isTranslated(cpu.hart) else { return false }
    let side = sides[cpu.hart.index]
    if isSuspended(side, cpu.hart) { return false }
    guard let found = side.found else { return true }
    return !found.unit.isLive || found.context !== context(for: cpu) || found.epoch != found.context.epoch
      || found.unit.key?.mode != cpu.hart.privilege || found.unit.index(of: cpu.hart.pc) == nil
  }

  private func isSuspended(_ side: Side, _ hart: Hart) -> Bool {
    guard let stop = side.suspended else { return false }
    return stop.unit.isLive && stop.pc == hart.pc
      && stop.registers == (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
  }

  func enter(_ cpu: VirtualCPU) -> UInt64 {
    let (hart, physical) = (cpu.hart, cpu.physical)
    guard isTranslated(hart) else { return hart.pc }
    let side = sides[hart.index]
    let base = CodeCache.base(hart.translationRegime)
    if isSuspended(side, hart), let stop = side.suspended {
      physical.setX(UnitTranslator.first, stop.raw.0)
      physical.setX(UnitTranslator.second, stop.raw.1)
      return base &+ UInt64(stop.offset)
    }
    let unit = side.found!.unit
    return base &+ UInt64(unit.offset + Int(unit.guest[unit.index(of: hart.pc)!].start))
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
    let raw = (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
    if instruction.spilled.contains(.first) { hart.setX(UnitTranslator.first, slot(.first, side)) }
    if instruction.spilled.contains(.second) { hart.setX(UnitTranslator.second, slot(.second, side)) }
    let guestPC = unit.pc(of: instruction.place) ?? slot(.target, side)
    if isExit {
      side.exit = (unit, instruction)
    } else {
      let registers = (hart.x(UnitTranslator.first), hart.x(UnitTranslator.second))
      side.suspended = Suspension(unit: unit, offset: offset, pc: guestPC, registers: registers, raw: raw)
    }
    // Behind what the monitor does for one instruction, the next one of the unit follows.
    side.found = side.current.map { (unit, $0, $0.epoch) }
    return guestPC
  }

  private func slot(_ slot: ContextSlot, _ side: Side) -> UInt64 {
    host.memory.tableEntry(at: side.slots + UInt64(slot.address))
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
      if instruction.role == .stub {
        let place = Int(instruction.offset)
        side.stub = unit.stubs.firstIndex { $0.offset == place }.map { (unit, $0) }
      }
      return .dispatch
    default: return .decode
    }
  }

  func chargeEntry(_ cpu: VirtualCPU) {}

  // MARK: The cache

  func callOut(_ cpu: VirtualCPU) -> (bits: UInt32, reason: ExitReason) {
    guard let (unit, instruction) = sides[cpu.hart.index].exit, case .at(let index) = instruction.place else {
      preconditionFailure("no instruction of the guest's has called out")
    }
    let bits = unit.guest[index].bits
    return (bits, bits == 0x73 ? .environmentCall : ExitReason(instruction: bits))
  }

  func dispatch(_ cpu: VirtualCPU) -> DispatchOutcome {
    let hart = cpu.hart
    let side = sides[hart.index]
    let context = context(for: cpu)
    side.suspended = nil
    side.found = nil
    let mayChain = side.stub.map { $0.unit.isLive && $0.unit.stubs[$0.index].target == hart.pc } ?? false
    if !mayChain { side.stub = nil }
    let base = CodeCache.base(hart.translationRegime)
    if let code = context.find(hart.pc), let unit = cache.unit(at: Int(truncatingIfNeeded: code &- base)) {
      cpu.ledger.charge(.monitor, .lookup)
      side.found = (unit, context, context.epoch)
      return .found(mayChain: mayChain)
    }
    let found: GuestTranslation
    switch paging.walkFetch(cpu, hart.pc) {
    case .failure(let trap): return .refused(trap)
    case .success(let translation): found = translation
    }
    guard host.guestMemory.contains(found.page, count: 4096), let rights = found.effectiveRights, rights & 4 != 0 else {
      return .untranslatable
    }
    let key = TranslatedUnit.Key(pc: hart.pc, page: found.page, mode: hart.privilege)
    guard fetch(key.page, Int(hart.pc & 0xfff)) != nil else { return .untranslatable }
    cpu.ledger.charge(.monitor, .lookup)
    side.wanted = key
    guard let unit = cache.unit(for: key) else { return .untranslated }
    use(unit, cpu, context)
    return .found(mayChain: mayChain)
  }

  private func use(_ unit: TranslatedUnit, _ cpu: VirtualCPU, _ context: CacheContext) {
    let base = CodeCache.base(cpu.hart.translationRegime)
    context.enter(cpu.hart.pc, base &+ UInt64(unit.offset))
    sides[cpu.hart.index].found = (unit, context, context.epoch)
  }

  /// The instruction at an offset into a page of the guest's; nil where it reaches into the next one.
  private func fetch(_ page: UInt64, _ offset: Int) -> UInt32? {
    guard offset <= 4094, let low = host.guestMemory.load(GuestPhysicalAddress(page + UInt64(offset)), as: UInt16.self)
    else { return nil }
    if low & 3 != 3 { return UInt32(low) }
    guard offset <= 4092 else { return nil }
    return host.guestMemory.load(GuestPhysicalAddress(page + UInt64(offset)), as: UInt32.self)
  }

  func translate(_ cpu: VirtualCPU) {
    let side = sides[cpu.hart.index]
    let key = side.wanted!
    _ = host.frames.frame(for: key.page, .fetch)
    let made = UnitTranslator(pc: key.pc) { fetch(key.page, $0) }
    cpu.ledger.charge(.monitor, .translateInstruction, UInt64(made.guest.count))
    if let unit = cache.add(made, key) {
      use(unit, cpu, context(for: cpu))
    } else {
      flush(cpu)
      // SAFETY: an empty cache has room for any unit.
      use(cache.add(made, key)!, cpu, context(for: cpu))
    }
    paging.setHoldsCode(cpu, key.page, true)
  }

  func chain(_ cpu: VirtualCPU) {
    let side = sides[cpu.hart.index]
    guard let (source, index) = side.stub, let target = side.found?.unit, let from = source.key, let to = target.key,
      source.isLive, source.stubs[index].link == nil
    else { return }
    side.stub = nil
    // Within a page the way is always the same. To another one it is as long as the guest maps it there.
    let isNear = from.pc >> 12 == to.pc >> 12 && from.page == to.page && from.mode == to.mode
    guard let end = isNear ? target : cache.link(to: to.pc) else { return }
    cache.link(source, index, to: end)
    cpu.ledger.charge(.monitor, .chain)
  }

  /// Throws all translations away.
  private func flush(_ cpu: VirtualCPU) {
    for page in cache.pages { paging.setHoldsCode(cpu, page, false) }
    cache.flush()
    for side in sides {
      for context in side.contexts { context.clear() }
      side.stub = nil
    }
  }

  /// Somebody is about to store to code of which there are translations.
  private func codeIsStored(_ address: UInt64, _ count: Int) {
    let page = address & ~0xfff
    for unit in cache.units(inPage: page) {
      let start = page | unit.key!.pc & 0xfff
      if start < address + UInt64(count) && address < start + UInt64(unit.guestSize) { remove(unit) }
    }
    if cache.units(inPage: page).isEmpty { paging.setHoldsCode(paging.cpu, page, false) }
  }

  private func remove(_ unit: TranslatedUnit) {
    cache.remove(unit)
    for side in sides {
      for context in side.contexts { context.forget(unit.key!.pc) }
    }
  }

  /// The guest knows nothing of the cache: what happened there happened at its own instruction. What the cache's own sequences do is
  /// nothing of its.
  func rename(_ record: inout EventRecord, _ cpu: VirtualCPU) -> Bool {
    let base = CodeCache.base(cpu.hart.translationRegime)
    guard isTranslated(cpu.hart), record.pc &- base < UInt64(cache.size),
      let unit = cache.unit(at: Int(record.pc &- base)), let instruction = unit.instruction(at: Int(record.pc &- base))
    else { return true }
    switch record.kind {
    case .load, .store, .update, .tlbFill:
      guard instruction.role == .identical else { return false }
    default: break
    }
    guard case .at(let index) = instruction.place else { return record.kind != .retired }
    let guest = unit.guest[index]
    record.pc = unit.pc(of: instruction.place)!
    guard record.kind == .retired, instruction.role != .identical else { return true }
    record.bits = guest.bits
    (record.detail, record.a) = (0, 0)
    if let decoded = InstructionSet.shared.decode(guest.bits), decoded.row.flow != .branch, decoded.fields.rd != 0 {
      // `auipc`, or a jump that links: what it writes does not depend on any register.
      record.detail = UInt8(decoded.fields.rd)
      record.a =
        decoded.row.flow == .usesPC
        ? record.pc &+ UInt64(bitPattern: decoded.fields.imm) : record.pc &+ UInt64(decoded.length)
    }
    return true
  }

  // MARK: Services

  func walk(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> WalkOutcome { paging.walk(cpu, exit.value, exit.accessKind) }
  func fill(_ cpu: VirtualCPU, _ exit: Hart.Exit, _ page: FoundPage) -> ExitReason? {
    paging.fill(cpu, exit.value, page)
  }

  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence
  ) {
    paging.translationChanged(cpu, from: before, to: after, fence: fence)
    guard before.fences != after.fences else { return }
    for context in sides[cpu.hart.index].contexts {
      if fence.isFirstStage, let address = fence.address {
        context.forget(page: address & ~0xfff)
      } else {
        context.clear()
      }
    }
  }

  func virtualMode(of mode: PrivilegeMode, _ hart: Hart) -> PrivilegeMode { hart.privilege }

  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64) {
    for unit in cache.units(inPage: page) { remove(unit) }
    paging.setHoldsCode(cpu, page, false)
    paging.pageIsReturned(cpu, page)
  }

  func reset() {
    paging.dropEverything()
    if let cpu = paging.cpu { flush(cpu) }
    for side in sides { (side.found, side.suspended, side.exit, side.stub) = (nil, nil, nil, nil) }
  }

  var shadowPaging: ShadowPaging? { paging }
  var codeCache: CodeCache? { cache }
}
