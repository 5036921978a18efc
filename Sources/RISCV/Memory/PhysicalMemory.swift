#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The RAM of one machine: one contiguous range of physical addresses, backed by pages that the operating system hands out
/// on first touch, so that RAM that is never touched costs nothing.
///
/// Harts reach it through pointers in their TLB entries. Everyone else (devices, loaders, the debugger) uses the checked
/// functions here; their stores drop decoded code and LR reservations that they overlap, as a hart's own stores do.
package final class PhysicalMemory {
  /// First physical address, page aligned.
  package let base: UInt64
  /// Bytes, a multiple of 4096.
  package let size: UInt64
  /// The first byte of RAM in this process.
  let bytes: UnsafeMutableRawPointer
  /// Decoded blocks of the code in this RAM, shared by all harts.
  let blocks: BlockCache
  /// Where this RAM begins in that which `blocks` is about, in bytes: not zero in a view.
  let blockOffset: Int
  /// The memory that this one is a window of.
  private let whole: PhysicalMemory?
  /// Counts stores by others than harts; an LR reservation remembers it.
  let foreignStores: UnsafeMutablePointer<UInt64>

  /// Sets RAM aside without touching it. Throws when the operating system refuses.
  package init(base: UInt64 = 0x8000_0000, size: UInt64) throws(PhysicalMemoryError) {
    precondition(base % 4096 == 0 && size % 4096 == 0 && size > 0, "RAM is whole pages")
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    guard let mapping = mmap(nil, Int(size), PROT_READ | PROT_WRITE, flags, -1, 0), mapping != MAP_FAILED else {
      throw .refused(byteCount: size)
    }
    #if canImport(Glibc)
      // Large pages, where the system has them at hand: guests with large working sets miss the host's TLB less.
      madvise(mapping, Int(size), MADV_HUGEPAGE)
    #endif
    self.base = base
    self.size = size
    bytes = mapping
    blocks = BlockCache(base: base, bytes: mapping, pageCount: Int(size >> 12))
    blockOffset = 0
    whole = nil
    foreignStores = .allocate(capacity: 1)
    foreignStores.initialize(to: 0)
  }

  /// A window of another RAM at addresses of its own: what a guest takes for its RAM, inside the host's. Both share bytes,
  /// decoded code and reservations.
  ///
  /// - Parameter start: the first address of the window in `whole`, page aligned; all of the window lies in it.
  package init(windowOf whole: PhysicalMemory, at start: UInt64, size: UInt64, base: UInt64) {
    precondition(start % 4096 == 0 && base % 4096 == 0 && size % 4096 == 0 && whole.contains(start, count: size))
    self.base = base
    self.size = size
    self.whole = whole
    blockOffset = whole.blockOffset + Int(start &- whole.base)
    bytes = whole.bytes + Int(start &- whole.base)
    blocks = whole.blocks
    foreignStores = whole.foreignStores
  }

  deinit {
    guard whole == nil else { return }
    munmap(bytes, Int(size))
    foreignStores.deallocate()
  }

  /// The physical address of a place in RAM.
  func address(of place: UnsafeRawPointer) -> UInt64 { base &+ UInt64(place - UnsafeRawPointer(bytes)) }

  /// Whether `count` bytes from `address` all lie in RAM.
  @inline(__always)
  package func contains(_ address: UInt64, count: UInt64 = 1) -> Bool {
    let offset = address &- base
    return offset < size && count <= size &- offset
  }

  /// Copies bytes out, or returns nil when the range leaves RAM.
  package func read(_ address: GuestPhysicalAddress, count: Int) -> [UInt8]? {
    guard count >= 0, contains(address.value, count: UInt64(count)) || count == 0 else { return nil }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 { memcpy(buffer.baseAddress!, bytes + Int(address.value &- base), count) }
      initialized = count
    }
  }

  /// Copies bytes in. Returns false, having written nothing, when the range leaves RAM.
  @discardableResult
  package func write(_ source: some Collection<UInt8>, to address: GuestPhysicalAddress) -> Bool {
    let count = source.count
    guard count > 0 else { return true }
    guard contains(address.value, count: UInt64(count)) else { return false }
    let offset = Int(address.value &- base)
    noteForeignStore(offset: offset, count: count)
    let target = UnsafeMutableRawBufferPointer(start: bytes + offset, count: count)
    target.copyBytes(from: source)
    return true
  }

  /// Reads a little-endian integer, or returns nil when it leaves RAM.
  package func load<Value: FixedWidthInteger>(_ address: GuestPhysicalAddress, as type: Value.Type) -> Value? {
    guard contains(address.value, count: UInt64(MemoryLayout<Value>.size)) else { return nil }
    return Value(littleEndian: (bytes + Int(address.value &- base)).loadUnaligned(as: Value.self))
  }

  /// `load` of a doubleword for callers in other modules, for which a generic function is slow: some 400 instructions of the host.
  package func loadDoubleword(_ address: GuestPhysicalAddress) -> UInt64? { load(address, as: UInt64.self) }

  /// Writes a little-endian integer. Returns false, having written nothing, when it leaves RAM.
  @discardableResult
  package func store<Value: FixedWidthInteger>(_ value: Value, to address: GuestPhysicalAddress) -> Bool {
    guard contains(address.value, count: UInt64(MemoryLayout<Value>.size)) else { return false }
    let offset = Int(address.value &- base)
    noteForeignStore(offset: offset, count: MemoryLayout<Value>.size)
    (bytes + offset).storeBytes(of: value.littleEndian, as: Value.self)
    return true
  }

  /// `store` of a doubleword by a monitor to a table of its own: no reservation ends, and no code is looked for.
  package func storeTableEntry(_ value: UInt64, at address: UInt64) {
    precondition(contains(address, count: 8) && address % 8 == 0)
    (bytes + Int(address &- base)).storeBytes(of: value, as: UInt64.self)
  }
  /// Reads what ``storeTableEntry(_:at:)`` wrote.
  package func tableEntry(at address: UInt64) -> UInt64 {
    precondition(contains(address, count: 8) && address % 8 == 0)
    return (bytes + Int(address &- base)).load(as: UInt64.self)
  }
  /// Sets a page of a monitor's own to zeros.
  package func clearPage(at address: UInt64) {
    precondition(contains(address, count: 4096) && address % 4096 == 0)
    memset(bytes + Int(address &- base), 0, 4096)
  }

  /// Begins or ends to report stores to the page at an address to `onTracedStore`.
  package func traceStores(toPage address: UInt64, _ isTraced: Bool) {
    precondition(contains(address))
    blocks.trace(page: (blockOffset + Int(address &- base)) >> 12, isTraced)
  }
  /// Called before a store to a traced page by a virtual hart, which no page table stops, or by a device: the address and how many bytes.
  package func whenTracedPageIsStored(_ body: @escaping (_ address: UInt64, _ count: Int) -> Void) {
    let (base, shift) = (base, blockOffset)
    blocks.onTracedStore = { offset, count in body(base &+ UInt64(offset - shift), count) }
  }

  private func noteForeignStore(offset: Int, count: Int) {
    foreignStores.pointee &+= 1
    blocks.storeHappened(offset: blockOffset + offset, count: count)
  }
}

/// Why RAM could not be set aside.
package enum PhysicalMemoryError: Error, Sendable, CustomStringConvertible {
  /// The operating system refused `byteCount` bytes of address space. Ask for less memory.
  case refused(byteCount: UInt64)

  package var description: String {
    switch self {
    case .refused(let byteCount):
      "the operating system refused \(byteCount >> 20) MiB of address space for the guest's RAM; use a smaller --memory"
    }
  }
}

extension PhysicalMemory {
  /// The doublewords in which it differs from another RAM of the same size, in order of address: the first `limit` of them.
  package func differences(
    from other: PhysicalMemory, limit: Int
  ) -> [(address: UInt64, here: UInt64, there: UInt64)] {
    precondition(size == other.size)
    var found: [(address: UInt64, here: UInt64, there: UInt64)] = []
    // In large pieces first: most of RAM is alike.
    var offset = 0
    while offset < Int(size), found.count < limit {
      let piece = offset % (1 << 20) == 0 && Int(size) - offset >= 1 << 20 ? 1 << 20 : 4096
      if memcmp(bytes + offset, other.bytes + offset, piece) == 0 {
        offset += piece
        continue
      }
      let end = offset + piece
      while offset < end, found.count < limit {
        let here = (bytes + offset).load(as: UInt64.self)
        let there = (other.bytes + offset).load(as: UInt64.self)
        if here != there { found.append((base &+ UInt64(offset), here, there)) }
        offset += 8
      }
    }
    return found
  }

  /// Visits each page that is not all zeros, in order of address.
  package func forEachNonzeroPage(_ body: (UInt64, UnsafeBufferPointer<UInt64>) -> Void) {
    let wordCount = 4096 / MemoryLayout<UInt64>.size
    for page in 0..<Int(size >> 12) {
      let start = (bytes + (page << 12)).assumingMemoryBound(to: UInt64.self)
      let words = UnsafeBufferPointer(start: start, count: wordCount)
      if words.contains(where: { $0 != 0 }) { body(base &+ UInt64(page) << 12, words) }
    }
  }
}
