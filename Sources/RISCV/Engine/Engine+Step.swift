extension Engine {
  /// Executes exactly one instruction, or takes the trap that it raises: the reference path. It does what the block loop
  /// refers to it, and everything while accesses are observed.
  static func step(_ h: HartPointer) {
    h.s.pointee.isStepping = true
    defer { h.s.pointee.isStepping = false }
    let pc = h.s.pointee.pc
    do {
      let bits = try h.fetch(pc)
      let op = h.blocks.decode(bits)
      h.s.pointee.nextPC = pc &+ op.length
      try execute(h, op)
      if h.s.pointee.eventMask.contains(.retired) { h.record(.retired(bits: bits)) }
      h.s.pointee.pc = h.s.pointee.nextPC
      h.s.pointee.budget -= 1
    } catch {
      guard case .trap(let trap) = error else { preconditionFailure("the step path referred to itself") }
      h.take(trap)
    }
  }
}

extension HartPointer {
  /// Fetches the instruction at a virtual address, from RAM or a device that holds code.
  func fetch(_ pc: UInt64) throws(Departure) -> UInt32 {
    let low = try parcel(pc, pc)
    if low & 3 != 3 { return UInt32(low) }
    return UInt32(low) | UInt32(try parcel(pc &+ 2, pc)) << 16
  }

  private func parcel(_ address: UInt64, _ pc: UInt64) throws(Departure) -> UInt16 {
    let physical = try translateFetch(address, count: 2)
    if let value = memory.load(GuestPhysicalAddress(physical), as: UInt16.self) { return value }
    do { return try systemBus.fetch(GuestPhysicalAddress(physical)) } catch {
      throw .trap(Trap(.instructionAccessFault, value: address))
    }
  }

  /// The bits at a virtual address as the hart would fetch them, without traps; nil where it could not.
  func fetchedBits(at pc: UInt64) -> UInt32? { try? fetch(pc) }

  /// The physical address of a fetch, through the fetch TLB. An entry's `loadTag` equals its `tag` where the page is RAM
  /// that may be executed as a whole.
  func translateFetch(_ address: UInt64, count: UInt64) throws(Departure) -> UInt64 {
    let cache = s.pointee.fetchTLB
    let index = cache.index(address, hash: s.pointee.fetchHash)
    let tag = address & ~0xfff | s.pointee.fetchContext
    if cache.entries[index].tag != tag || !permits(cache.translations[index], .fetch) {
      do { try fill(cache, index, address, .fetch, regime: s.pointee.fetchRegime, tag: tag) } catch {
        throw .trap(error)
      }
      let translation = cache.translations[index]
      let isWhole = translation.protection != TranslationCache.Translation.split && translation.protection & 4 != 0
      if isWhole && memory.contains(translation.physicalPage, count: 4096) { cache.entries[index].loadTag = tag }
    }
    let translation = cache.translations[index]
    let physical = translation.physicalPage | address & 0xfff
    try checkProtection(translation, physical, .fetch, count, mode: s.pointee.fetchRegime.mode, address: address)
    return physical
  }
}
