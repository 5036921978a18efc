extension Engine {
  /// Executes exactly one instruction, or takes the trap that it raises: the reference path. It does what the block loop
  /// refers to it, and everything while accesses are observed.
  static func step(_ h: HartPointer) {
    h.s.pointee.isStepping = true
    defer { h.s.pointee.isStepping = false }
    if let trap = attempt(h) { h.take(trap) }
  }

  /// After a step in translated code, which may have completed no instruction of the guest's (`budget` is from before it): goes on
  /// until one does, but not to where `stops` says so.
  static func complete(_ h: HartPointer, _ budget: Int, until stops: (UInt64) -> Bool = { _ in false }) {
    while h.s.pointee.budget == budget && !h.s.pointee.hasExited && !stops(h.s.pointee.pc) { step(h) }
  }

  /// Executes one instruction, or returns the trap that it raises, which has still to be taken. It is fetched unless it is known.
  @inline(__always)
  static func attempt(_ h: HartPointer, _ known: UInt32? = nil) -> Trap? {
    let pc = h.s.pointee.pc
    do {
      let bits = if let known { known } else { try h.fetch(pc) }
      let decoding = h.blocks.decodings[bits]
      let mark = h.translatedMark(at: pc)
      if mark?.guestOffset != nil { h.countEntry(at: pc) }
      h.s.pointee.nextPC = pc &+ decoding.pointee.operation.length
      if h.s.pointee.eventMask.contains(.retired) {
        try executeRecorded(h, bits, decoding.pointee)
      } else {
        try execute(h, decoding.pointee.operation)
      }
      let weight = mark?.weight ?? 1
      h.counts.pointee.overhead &+= UInt64(1 - weight)
      h.s.pointee.pc = h.s.pointee.nextPC
      h.s.pointee.budget -= weight
      return nil
    } catch {
      guard case .trap(let trap) = error else { preconditionFailure("the step path referred to itself") }
      return trap
    }
  }

  /// Executes one operation, and records what it did when it has retired.
  private static func executeRecorded(
    _ h: HartPointer, _ bits: UInt32, _ decoding: DecodingTable.Decoding
  ) throws(Departure) {
    let mode = h.s.pointee.privilege
    if decoding.writes.flags && h.s.pointee.eventMask.contains(.effects) {
      try executeFloat(h, decoding.operation)
    } else {
      try execute(h, decoding.operation)
    }
    if h.translatedMark(at: h.s.pointee.pc)?.weight == 0 { return }
    let register = decoding.writes.number
    h.append(
      EventRecord(.retired, h, privilege: mode, detail: register, bits: bits, a: h.x[Int(register)]),
      isUrgent: h.s.pointee.urgentMask.contains(.retired))
  }

  /// Executes a floating-point operation, and records the flags that it raised, set before or not, and that it made `FS`
  /// dirty. For that the flags are clear while it runs.
  private static func executeFloat(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    let (flags, before) = (h.s.pointee.fflags, StatusBefore(h))
    h.s.pointee.fflags = 0
    defer { h.s.pointee.fflags |= flags }
    try execute(h, op)
    let raised = h.s.pointee.fflags
    if raised != 0 { h.recordEffect(.fflags, UInt64(raised | flags)) }
    h.recordDirty(before)
  }
}

extension HartPointer {
  /// Fetches the instruction at a virtual address, from RAM or a device that holds code.
  func fetch(_ pc: UInt64) throws(Departure) -> UInt32 {
    // As the block loop finds its blocks: a page of RAM that may be executed as a whole, and nothing to check.
    let cache = s.pointee.fetchTLB
    let index = cache.index(pc, hash: s.pointee.fetchHash)
    if cache.entries[index].loadTag == pc & ~0xfff | s.pointee.fetchContext && pc & 0xfff <= 0xffc,
      s.pointee.check == nil
    {
      let offset = memory.offset(of: cache.translations[index].physicalPage | pc & 0xfff)
      let bits = (memory.bytes + offset).loadUnaligned(as: UInt32.self)
      return bits & 3 == 3 ? bits : bits & 0xffff
    }
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
    } else if s.pointee.check != nil {
      checkHit(index, address, .fetch, s.pointee.fetchRegime, cache.translations[index])
    }
    let translation = cache.translations[index]
    let physical = translation.physicalPage | address & 0xfff
    try checkProtection(translation, physical, .fetch, count, mode: s.pointee.fetchRegime.mode, address: address)
    return physical
  }
}
