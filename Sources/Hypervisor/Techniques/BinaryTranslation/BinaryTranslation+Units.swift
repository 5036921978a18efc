import RISCV

// How units come into the cache, are found there, linked, and thrown away.
extension BinaryTranslation {
  func callOut(_ cpu: VirtualCPU) -> (bits: UInt32, reason: ExitReason) {
    guard let bits = sides[cpu.hart.index].exit?.instruction?.bits else {
      preconditionFailure("no instruction of the guest's has called out")
    }
    return (bits, bits == 0x73 ? .environmentCall : ExitReason(instruction: bits))
  }

  func dispatch(_ cpu: VirtualCPU) -> DispatchOutcome {
    let hart = cpu.hart
    let side = sides[hart.index]
    let context = context(for: cpu)
    side.suspended = nil
    (side.found, side.target) = (nil, nil)
    let mayChain = side.stub.map { $0.unit.isLive && $0.unit.stubs[$0.index].target == hart.pc } ?? false
    if !mayChain { side.stub = nil }
    if let code = context.find(hart.pc), let unit = cache.unit(at: Int(truncatingIfNeeded: code &- context.base)) {
      cpu.ledger.charge(.monitor, .lookup)
      report(.lookup, cpu, hart.pc, unit.number)
      (side.found, side.target) = (Found(unit, 0, context), unit)
      return .found(mayChain: mayChain)
    }
    if context.isStraddle(hart.pc) {
      cpu.ledger.charge(.monitor, .lookup)
      return .untranslatable
    }
    let found: GuestTranslation
    switch paging.walkFetch(cpu, hart.pc) {
    case .failure(let trap): return .refused(trap)
    case .success(let translation): found = translation
    }
    guard host.guestMemory.contains(found.page, count: 4096), let rights = found.effectiveRights, rights & 4 != 0,
      paging.anchor(cpu, hart.pc & ~0xfff, found, rights)
    else { return .untranslatable }
    let key = TranslatedUnit.Key(pc: hart.pc, page: found.page, mode: hart.privilege)
    guard fetch(key.page, Int(hart.pc & 0xfff)) != nil else {
      context.noteStraddle(hart.pc)
      return .untranslatable
    }
    cpu.ledger.charge(.monitor, .lookup)
    side.wanted = key
    guard let unit = cache.unit(for: key) else { return .untranslated }
    report(.lookup, cpu, hart.pc, unit.number)
    use(unit, cpu, context)
    return .found(mayChain: mayChain)
  }

  func use(_ unit: TranslatedUnit, _ cpu: VirtualCPU, _ context: CacheContext) {
    let (page, key, base) = (cpu.hart.pc & ~0xfff, unit.key!, context.base)
    if farChains.claim(key.page, for: context.space!, cache) {
      // The page may be mapped at several addresses.
      let pages = Set(cache.units(inPage: key.page).map { $0.key!.pc & ~0xfff })
      for other in sides.flatMap(\.contexts) {
        for page in pages { other.forget(page...page | 0xfff) }
        other.interrupt()
      }
    }
    // Who knows what the guest has at one address of a page knows it of all.
    if !context.knows(page: page) {
      for other in cache.units(inPage: key.page)
      where other.isSought && other.key!.pc & ~0xfff == page && other.key!.mode == key.mode {
        context.enter(other.key!.pc, base &+ UInt64(other.offset))
      }
    }
    unit.isSought = true
    context.enter(cpu.hart.pc, base &+ UInt64(unit.offset))
    let side = sides[cpu.hart.index]
    (side.found, side.target) = (Found(unit, 0, context), unit)
  }

  /// The instruction at an offset into a page of the guest's; nil where it reaches into the next one.
  private func fetch(_ page: UInt64, _ offset: Int) -> UInt32? {
    func parcel(_ offset: Int) -> UInt32? {
      offset > 4094 ? nil : host.guestMemory.loadHalfword(GuestPhysicalAddress(page + UInt64(offset))).map(UInt32.init)
    }
    guard let low = parcel(offset), low & 3 == 3 else { return parcel(offset) }
    return parcel(offset + 2).map { $0 << 16 | low }
  }

  func translate(_ cpu: VirtualCPU) {
    let side = sides[cpu.hart.index]
    let key = side.wanted!
    _ = host.frames.frame(for: key.page, .fetch)
    let made = UnitTranslator(
      pc: key.pc, mode: key.mode, fetch: { fetch(key.page, $0) },
      isAdapted: { adaptation?.isAdapted(.init(address: key.page | UInt64($0), mode: key.mode)) ?? false })
    cpu.ledger.charge(.monitor, .translateInstruction, UInt64(made.guest.count))
    if let unit = cache.add(made, key) {
      use(unit, cpu, context(for: cpu))
    } else {
      report(.flush, cpu, 0, cache.units.count { $0.key != nil })
      flush(cpu, because: .full)
      // SAFETY: an empty cache has room for any unit.
      use(cache.add(made, key)!, cpu, context(for: cpu))
    }
    report(.translate, cpu, key.pc, side.found!.unit)
    paging.setHoldsCode(cpu, key.page, true)
  }

  func chain(_ cpu: VirtualCPU) {
    let side = sides[cpu.hart.index]
    guard let (source, index) = side.stub, let target = side.target, let from = source.key, let to = target.key,
      source.isLive, source.stubs[index].link == nil
    else { return }
    side.stub = nil
    // Within a page the way is always the same. To another one it is as long as the guest maps it there.
    let isNear = from.pc >> 12 == to.pc >> 12 && from.page == to.page && from.mode == to.mode
    let space = context(for: cpu).space!
    let isOwned = farChains.isOwned(from.page, by: space)
    guard let end = isNear || isOwned ? target : cache.link(to: to.pc) else { return }
    cache.link(source, index, to: end)
    if !isNear && isOwned { farChains.note(source, index, to: to.pc, space) }
    cpu.ledger.charge(.monitor, .chain)
    report(.chain, cpu, to.pc, source.number, cause: isNear || isOwned ? 0 : 1)
  }

  private func report(
    _ step: TranslationStep, _ cpu: VirtualCPU, _ address: UInt64, _ unit: Int, cause: UInt64 = 0
  ) {
    cpu.hart.report(.translation(step, address: address, unit: unit, cause: cause), if: .translation)
  }

  private func report(_ step: TranslationStep, _ unit: TranslatedUnit, _ address: UInt64, cause: UInt64 = 0) {
    if let cpu = paging.cpu { report(step, cpu, address, unit.number, cause: cause) }
  }

  /// Throws all translations away.
  func flush(_ cpu: VirtualCPU, because end: PastUnits.End) {
    for page in cache.pages { paging.setHoldsCode(cpu, page, false) }
    cache.flush(because: end)
    farChains.removeAll()
    adaptation?.removeAll()
    for side in sides {
      for context in side.contexts { context.clear() }
      (side.found, side.stub, side.target) = (nil, nil, nil)
    }
  }

  /// Somebody is about to store to code of which there are translations.
  func codeIsStored(_ address: UInt64, _ count: Int) {
    let page = address & ~0xfff
    adaptation?.forget(address, count)
    for unit in cache.units(inPage: page) {
      let start = page | unit.key!.pc & 0xfff
      if start < address + UInt64(count) && address < start + UInt64(unit.guestSize) {
        remove(unit, because: .stored(address: address, pc: paging.cpu?.hart.executingPC))
      }
    }
    if cache.units(inPage: page).isEmpty { paging.setHoldsCode(paging.cpu, page, false) }
  }

  func remove(_ unit: TranslatedUnit, because end: PastUnits.End) {
    cache.remove(unit, because: end)
    switch end {
    case .stored(let address, _): report(.invalidate, unit, unit.key!.pc, cause: address)
    case .pageReturned: report(.invalidate, unit, unit.key!.pc)
    case .adapted, .full, .reset: break
    }
    for side in sides {
      if side.found?.unit == unit.number { side.found = nil }
      for context in side.contexts { context.forget(unit.key!.pc) }
    }
  }

  /// Shadow entries went, perhaps some from which the jump table was made.
  func unmapped(_ addresses: [ClosedRange<UInt64>]?) {
    var wasChained = false
    if let addresses {
      for range in addresses where farChains.sever(range, cache) { wasChained = true }
    } else {
      farChains.isDoubtful = true
    }
    for side in sides {
      for context in side.contexts where context.space != nil {
        if let addresses { addresses.forEach(context.forget) } else { context.isDoubtful = true }
        if wasChained { context.interrupt() }
      }
    }
  }

  func check(_ context: CacheContext) {
    let space = context.space!
    context.forgetPages { !paging.isAnchored($0, space.regime, space.protection) }
  }
}

// Instructions that trap again and again are translated otherwise.
extension BinaryTranslation {
  /// Accesses so far that only the monitor can do: to devices, and stores to pages that are traced.
  func accesses(_ cpu: VirtualCPU) -> UInt64 { cpu.hart.busAccesses &+ paging.tracedStores }

  func emulated(_ cpu: VirtualCPU) {
    guard let exit = sides[cpu.hart.index].exit, let (site, pc, _) = exit.instruction,
      exit.role == .identical || exit.role == .adapted,
      adaptation?.note(site, wasNeeded: accesses(cpu) != exit.accesses) ?? false,
      let unit = cache.unit(at: exit.offset)
    else { return }
    report(.adapt, unit, pc, cause: exit.role == .identical ? 1 : 0)
    for other in cache.units(inPage: site.address & ~0xfff)
    where other.key!.mode == site.mode && other.index(of: other.key!.pc & ~0xfff | site.address & 0xfff) != nil {
      remove(other, because: .adapted)
    }
  }
}
