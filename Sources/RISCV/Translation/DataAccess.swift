/// Loads and stores of a hart: the inline path through the TLB, and what it falls back on.
extension HartPointer {
  /// Loads a naturally aligned or misaligned integer from a guest-virtual address.
  @inline(__always)
  func load<Value: FixedWidthInteger & UnsignedInteger>(_ address: UInt64, as type: Value.Type) throws(Departure)
    -> Value
  {
    let index = ((address &>> 12) ^ s.pointee.dataHash) & UInt64(TranslationCache.dataCount - 1)
    let entry = tlb + Int(truncatingIfNeeded: index)
    if entry.pointee.loadTag == address & Self.tagMask(type) | s.pointee.fastTag {
      return Self.host(entry.pointee.addend &+ address).load(as: Value.self)
    }
    return try loadMissed(address, as: type)
  }

  /// A load whose page the TLB did not have, most likely.
  @inline(never)
  private func loadMissed<Value: FixedWidthInteger & UnsignedInteger>(
    _ address: UInt64, as type: Value.Type
  ) throws(Departure) -> Value {
    if address & UInt64(MemoryLayout<Value>.size - 1) == 0, quickFill(address, .load) {
      let entry = tlb + s.pointee.dataTLB.index(address, hash: s.pointee.dataHash)
      return Self.host(entry.pointee.addend &+ address).load(as: Value.self)
    }
    return Value(truncatingIfNeeded: try loadSlow(address, AccessWidth(rawValue: UInt8(MemoryLayout<Value>.size))!))
  }

  /// Stores an integer at a guest-virtual address.
  @inline(__always)
  func store<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value, to address: UInt64) throws(Departure) {
    let index = ((address &>> 12) ^ s.pointee.dataHash) & UInt64(TranslationCache.dataCount - 1)
    let entry = tlb + Int(truncatingIfNeeded: index)
    if entry.pointee.storeTag == address & Self.tagMask(Value.self) | s.pointee.fastTag {
      Self.host(entry.pointee.addend &+ address).storeBytes(of: value, as: Value.self)
      return
    }
    try storeMissed(value, to: address)
  }

  /// A store to a page that the TLB did not have, most likely.
  @inline(never)
  private func storeMissed<Value: FixedWidthInteger & UnsignedInteger>(
    _ value: Value, to address: UInt64
  ) throws(Departure) {
    if address & UInt64(MemoryLayout<Value>.size - 1) == 0, quickFill(address, .store) {
      let entry = tlb + s.pointee.dataTLB.index(address, hash: s.pointee.dataHash)
      // A page that holds code has no pointer for stores.
      if entry.pointee.storeTag != .max {
        Self.host(entry.pointee.addend &+ address).storeBytes(of: value, as: Value.self)
        return
      }
    }
    try storeSlow(UInt64(value), address, AccessWidth(rawValue: UInt8(MemoryLayout<Value>.size))!)
  }

  /// A pointer to RAM for an atomic access; misaligned ones trap.
  @inline(__always)
  func pointer<Value: FixedWidthInteger>(
    _ address: UInt64, _ kind: AccessKind, as type: Value.Type
  ) throws(Departure) -> UnsafeMutablePointer<Value> {
    let index = ((address &>> 12) ^ s.pointee.dataHash) & UInt64(TranslationCache.dataCount - 1)
    let entry = tlb + Int(truncatingIfNeeded: index)
    let tag = kind == .load ? entry.pointee.loadTag : entry.pointee.storeTag
    if tag == address & Self.tagMask(type) | s.pointee.fastTag {
      return Self.host(entry.pointee.addend &+ address).assumingMemoryBound(to: type)
    }
    return try pointerSlow(address, kind, count: UInt64(MemoryLayout<Value>.size)).assumingMemoryBound(to: type)
  }

  /// Keeps the page's address and the bits that must be zero for an aligned access.
  @inline(__always)
  static func tagMask<Value>(_ type: Value.Type) -> UInt64 { ~0xfff | UInt64(MemoryLayout<Value>.size - 1) }

  // SAFETY: a tag that matched vouches for the page: `addend` was computed for it from RAM's mapping.
  @inline(__always)
  static func host(_ address: UInt64) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: UInt(address)).unsafelyUnwrapped
  }

  // MARK: - The slow path

  @inline(never)
  func loadSlow(_ address: UInt64, _ width: AccessWidth) throws(Departure) -> UInt64 {
    let count = UInt64(width.rawValue)
    if address & 0xfff &+ count > 4096 { return try loadAcrossPages(address, count) }
    let physical = try translate(address, .load, count)
    let memory = memory
    if memory.contains(physical, count: count) {
      let watched = isWatched(address, physical, count, .load)
      if watched && !s.pointee.isStepping { throw .step }
      let host = memory.bytes + memory.offset(of: physical)
      var value: UInt64 = 0
      for index in 0..<Int(count) {
        value |= UInt64(host.load(fromByteOffset: index, as: UInt8.self)) << UInt64(8 * index)
      }
      if watched || s.pointee.isObserved {
        note(.load, address, physical, width, old: value, new: value, isWatched: watched)
      }
      return value
    }
    guard s.pointee.isStepping else { throw .step }
    guard address & (count - 1) == 0 else { throw .trap(Trap(.loadAddressMisaligned, value: address)) }
    do {
      counts.pointee.busAccesses &+= 1
      s.pointee.busAccesses &+= 1
      let value = try systemBus.read(GuestPhysicalAddress(physical), width: width, hart: s.pointee.index)
      s.pointee.wantsAttention = true
      if s.pointee.isObserved { note(.load, address, physical, width, old: value, new: value, isWatched: false) }
      return value
    } catch { throw .trap(Trap(.loadAccessFault, value: address)) }
  }

  @inline(never)
  func storeSlow(_ value: UInt64, _ address: UInt64, _ width: AccessWidth) throws(Departure) {
    let count = UInt64(width.rawValue)
    if address & 0xfff &+ count > 4096 { return try storeAcrossPages(value, address, count) }
    let physical = try translate(address, .store, count)
    let memory = memory
    if memory.contains(physical, count: count) {
      let host = try ramForStore(address, physical, count)
      let watched = isWatched(address, physical, count, .store)
      if watched || s.pointee.isObserved {
        var old: UInt64 = 0
        for index in 0..<Int(count) {
          old |= UInt64(host.load(fromByteOffset: index, as: UInt8.self)) << UInt64(8 * index)
        }
        note(.store, address, physical, width, old: old, new: value, isWatched: watched)
      }
      for index in 0..<Int(count) {
        host.storeBytes(of: UInt8(truncatingIfNeeded: value >> UInt64(8 * index)), toByteOffset: index, as: UInt8.self)
      }
      return
    }
    guard s.pointee.isStepping else { throw .step }
    guard address & (count - 1) == 0 else { throw .trap(Trap(.storeAddressMisaligned, value: address)) }
    do {
      if s.pointee.isObserved { note(.store, address, physical, width, old: 0, new: value, isWatched: false) }
      counts.pointee.busAccesses &+= 1
      s.pointee.busAccesses &+= 1
      try systemBus.write(value, to: GuestPhysicalAddress(physical), width: width, hart: s.pointee.index)
      s.pointee.wantsAttention = true
    } catch { throw .trap(Trap(.storeAccessFault, value: address)) }
  }

  /// RAM that is about to be stored to: what stands in the way (a watch, decoded code) is for the step path.
  private func ramForStore(
    _ address: UInt64, _ physical: UInt64, _ count: UInt64
  ) throws(Departure) -> UnsafeMutableRawPointer {
    let memory = memory
    let offset = memory.settledOffset(of: physical)
    let isNews = blocks.wantsToKnow(offset: offset, count: Int(count))
    if isNews || isWatched(address, physical, count, .store) {
      guard s.pointee.isStepping else { throw .step }
      if isNews { blocks.storeHappened(offset: offset, count: Int(count)) }
    }
    return memory.bytes + offset
  }

  private func loadAcrossPages(_ address: UInt64, _ count: UInt64) throws(Departure) -> UInt64 {
    guard s.pointee.isStepping else { throw .step }
    var value: UInt64 = 0
    let second = (address | 0xfff) &+ 1
    _ = try translate(address, .load, second &- address)
    _ = try translate(second, .load, address &+ count &- second)
    for index in 0..<count {
      value |= try loadSlow(address &+ index, .byte) << (8 * index)
    }
    return value
  }

  private func storeAcrossPages(_ value: UInt64, _ address: UInt64, _ count: UInt64) throws(Departure) {
    guard s.pointee.isStepping else { throw .step }
    let second = (address | 0xfff) &+ 1
    let first = try translate(address, .store, second &- address)
    let rest = try translate(second, .store, address &+ count &- second)
    guard memory.contains(first, count: second &- address), memory.contains(rest, count: address &+ count &- second)
    else {
      throw .trap(Trap(.storeAddressMisaligned, value: address))
    }
    for index in 0..<count {
      try storeSlow((value >> (8 * index)) & 0xff, address &+ index, .byte)
    }
  }

  /// RAM for an atomic access or a cache block, aligned to its `count` bytes.
  @inline(never)
  func pointerSlow(_ address: UInt64, _ kind: AccessKind, count: UInt64) throws(Departure) -> UnsafeMutableRawPointer {
    guard address & (count - 1) == 0 else {
      throw .trap(Trap(kind == .load ? .loadAddressMisaligned : .storeAddressMisaligned, value: address))
    }
    let physical = try translate(address, kind, count)
    guard memory.contains(physical, count: count) else {
      throw .trap(Trap(.accessFault(kind), value: address))
    }
    if isWatched(address, physical, count, kind) && !s.pointee.isStepping { throw .step }
    if kind == .store { return try ramForStore(address, physical, count) }
    return memory.bytes + memory.settledOffset(of: physical)
  }

  /// Reports an atomic access after it was done.
  func noteAtomic(_ address: UInt64, _ kind: EventRecord.Kind, _ width: AccessWidth, old: UInt64, new: UInt64) {
    let access = kind == .load ? AccessKind.load : .store
    guard let physical = try? translate(address, access, UInt64(width.rawValue)) else { return }
    let watched = isWatched(address, physical, UInt64(width.rawValue), access)
    if watched || s.pointee.isObserved { note(kind, address, physical, width, old: old, new: new, isWatched: watched) }
  }

  // MARK: - Translation

  /// The physical address of a data access of `count` bytes within one page.
  func translate(_ address: UInt64, _ kind: AccessKind, _ count: UInt64) throws(Departure) -> UInt64 {
    let cache = s.pointee.dataTLB
    let index = cache.index(address, hash: s.pointee.dataHash)
    let tag = address & ~0xfff | s.pointee.dataContext
    if cache.entries[index].tag != tag || !permits(cache.translations[index], kind) {
      do { try fill(cache, index, address, kind, regime: s.pointee.dataRegime, tag: tag) } catch { throw .trap(error) }
      setPointers(index, address)
    } else if s.pointee.check != nil {
      checkHit(index, address, kind, s.pointee.dataRegime, cache.translations[index])
    } else if cache.entries[index].loadTag != tag || cache.entries[index].storeTag != tag {
      setPointers(index, address)
    }
    let translation = cache.translations[index]
    let physical = translation.physicalPage | address & 0xfff
    try checkProtection(translation, physical, kind, count, mode: s.pointee.dataRegime.mode, address: address)
    return physical
  }

  /// Finds the translation of a page by walking, and keeps it.
  func fill(
    _ cache: TranslationCache, _ index: Int, _ address: UInt64, _ kind: AccessKind, regime: TranslationRegime,
    tag: UInt64
  ) throws(Trap) {
    var translation = TranslationCache.Translation(physicalPage: address & ~0xfff, flags: 0xff, rights: 7)
    if regime.isPaged {
      if cache.count == TranslationCache.dataCount {
        counts.pointee.dataMisses &+= 1
      } else {
        counts.pointee.fetchMisses &+= 1
      }
      var recorder = CountingRecorder(cache: s.pointee.walkCache)
      defer { noteReferences(recorder) }
      let leaf = try walk(address, kind, regime: regime, isDry: false, recorder: &recorder)
      translation.physicalPage = leaf.physical
      translation.flags = leaf.flags
      translation.rights = leaf.rights
      translation.level = leaf.level
      translation.isNapot = leaf.isNapot
      if s.pointee.eventMask.contains(.tlb) {
        record(.tlbFill(address: address, physical: leaf.physical, kind))
      }
    }
    switch protection(translation.physicalPage, count: 4096, mode: regime.mode) {
    case .all(let rights): translation.protection = regime.protection(rights)
    case .split: translation.protection = TranslationCache.Translation.split
    }
    cache.translations[index] = translation
    if translation.shift > 12 { cache.noteLarge(tag: tag, shift: translation.shift) }
    cache.entries[index] = TranslationCache.Entry(tag: tag)
    if s.pointee.check != nil { noteFill(index, address, kind, regime) }
  }

  private func noteReferences(_ recorder: CountingRecorder) {
    counts.pointee.firstStageReferences &+= recorder.firstStage
    counts.pointee.guestStageReferences &+= recorder.guestStage
    counts.pointee.walkCacheHits &+= recorder.cacheHits
  }

  /// Gives an entry of the data TLB its host pointer, as far as nothing is in the way.
  private func setPointers(_ index: Int, _ address: UInt64) {
    let cache = s.pointee.dataTLB
    let translation = cache.translations[index]
    let memory = memory
    let page = translation.physicalPage
    guard translation.protection != TranslationCache.Translation.split, memory.contains(page, count: 4096) else {
      return
    }
    let tag = cache.entries[index].tag
    let offset = memory.offset(of: page)
    let host = UInt64(UInt(bitPattern: memory.bytes + offset))
    cache.entries[index].addend = host &- (address & ~0xfff)
    let virtualPage = address & ~0xfff
    if translation.protection & 1 != 0, permits(translation, .load), !isWatched(virtualPage, page, 4096, .load) {
      cache.entries[index].loadTag = tag
    }
    if translation.protection & 2 != 0, permits(translation, .store), !isWatched(virtualPage, page, 4096, .store),
      !blocks.wantsToKnow(offset: offset, count: 4096)
    {
      cache.entries[index].storeTag = tag
    }
  }

  /// Whether a kept translation allows an access of `kind`; if not, the tables are walked again before anything faults.
  @inline(__always)
  func permits(_ translation: TranslationCache.Translation, _ kind: AccessKind) -> Bool {
    translation.rights & kind.right != 0
  }

  /// What PMP lets a mode do with a range.
  @inline(__always)
  func protection(_ start: UInt64, count: UInt64, mode: PrivilegeMode) -> PhysicalMemoryProtection.Rights {
    // What is open to S-mode is open to all.
    let offset = start &- s.pointee.memoryBase &- s.pointee.openStart
    return offset < s.pointee.openSize && count <= s.pointee.openSize &- offset
      ? .all(7) : s.pointee.pmp.rights(start, count: count, mode: mode)
  }

  @inline(__always)
  func checkProtection(
    _ translation: TranslationCache.Translation, _ physical: UInt64, _ kind: AccessKind, _ count: UInt64,
    mode: PrivilegeMode, address: UInt64
  ) throws(Departure) {
    var rights = translation.protection
    if rights == TranslationCache.Translation.split {
      guard case .all(let exact) = s.pointee.pmp.rights(physical, count: count, mode: mode) else {
        throw .trap(Trap(.accessFault(kind), value: address))
      }
      rights = kind == .load ? s.pointee.dataRegime.protection(exact) : exact
    }
    if rights & kind.right == 0 { throw .trap(Trap(.accessFault(kind), value: address)) }
  }

  // MARK: - Observation

  @inline(__always)
  var systemBus: any SystemBus { s.pointee.bus.unsafelyUnwrapped.bus }

  func isWatched(_ address: UInt64, _ physical: UInt64, _ count: UInt64, _ kind: AccessKind) -> Bool {
    guard !s.pointee.watches.ranges.isEmpty else { return false }
    return s.pointee.watches.ranges.contains { range in
      (kind == .load ? range.onLoad : range.onStore)
        && range.overlaps(range.space == .virtual ? address : physical, count: count)
    }
  }

  private func note(
    _ kind: EventRecord.Kind, _ address: UInt64, _ physical: UInt64, _ width: AccessWidth, old: UInt64, new: UInt64,
    isWatched: Bool
  ) {
    append(
      EventRecord(
        kind, self, privilege: s.pointee.privilege, detail: width.rawValue, a: address, b: physical, c: old, d: new),
      isUrgent: isWatched || s.pointee.urgentMask.contains(.memory))
  }
}

extension TranslationCache.Translation {
  /// In place of rights: PMP entries split the page, so each access is checked by itself.
  static let split: UInt8 = 0x80
}

/// Holds the bus for the hart, which keeps only plain pointers.
final class BusReference {
  let bus: any SystemBus
  init(_ bus: any SystemBus) { self.bus = bus }
}
