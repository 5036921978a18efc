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
///
/// A *view* is what a guest takes for its RAM under a monitor: each of its pages lies in some page of the host's RAM, or in none
/// yet. A page that nobody has stored to reads as zeros.
package final class PhysicalMemory {
  /// First physical address, page aligned.
  package let base: UInt64
  /// Bytes, a multiple of 4096.
  package let size: UInt64
  /// The first byte, in this process, of the RAM in which this one lies: its own, or that of which it is a view.
  let bytes: UnsafeMutableRawPointer
  /// Decoded blocks of the code in that RAM, shared by all harts.
  let blocks: BlockCache
  /// Counts stores by others than harts; an LR reservation remembers it.
  let foreignStores: UnsafeMutablePointer<UInt64>
  /// Where the pages of a view lie; nil for RAM that lies in itself.
  let pageMap: PageMap?
  /// `PageMap.places` of it.
  private let places: UnsafeMutablePointer<UInt32>?

  /// Sets RAM aside without touching it. Throws when the operating system refuses.
  package init(base: UInt64 = 0x8000_0000, size: UInt64) throws(PhysicalMemoryError) {
    precondition(base % 4096 == 0 && size % 4096 == 0 && size > 0, "RAM is whole pages")
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    // Behind the last page stands one of zeros, which views read where they have no page.
    guard let mapping = mmap(nil, Int(size) + 4096, PROT_READ | PROT_WRITE, flags, -1, 0), mapping != MAP_FAILED else {
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
    pageMap = nil
    places = nil
    foreignStores = .allocate(capacity: 1)
    foreignStores.initialize(to: 0)
  }

  /// A view of another RAM, at addresses of its own, that has no page of it yet. Both share bytes, decoded code and reservations.
  package init(viewOf whole: PhysicalMemory, base: UInt64, size: UInt64) {
    precondition(base % 4096 == 0 && size % 4096 == 0 && whole.pageMap == nil)
    self.base = base
    self.size = size
    bytes = whole.bytes
    blocks = whole.blocks
    foreignStores = whole.foreignStores
    let pageMap = PageMap(whole, pageCount: Int(size >> 12))
    self.pageMap = pageMap
    places = pageMap.places
  }

  deinit {
    guard pageMap == nil else { return }
    munmap(bytes, Int(size) + 4096)
    foreignStores.deallocate()
  }

  /// Where a physical address in RAM lies behind `bytes`: for reading only where a view has no page there.
  @inline(__always)
  func offset(of address: UInt64) -> Int {
    let offset = Int(truncatingIfNeeded: address &- base)
    guard let places else { return offset }
    return Int(places[offset >> 12]) << 12 | offset & 4095
  }

  /// As ``offset(of:)``, for a store, or for an access that keeps the place: a view gets its page before.
  @inline(__always)
  func settledOffset(of address: UInt64, _ cause: FirstTouch = .step) -> Int {
    guard let pageMap else { return Int(truncatingIfNeeded: address &- base) }
    pageMap.settle(Int(truncatingIfNeeded: address &- base) >> 12, cause)
    return offset(of: address)
  }

  /// Visits a range of RAM piece by piece, as far as it lies together: offset behind `bytes`, and length.
  private func forEachPiece(
    _ address: UInt64, _ count: Int, settling cause: FirstTouch? = nil, _ body: (_ offset: Int, _ count: Int) -> Void
  ) {
    guard isView else { return body(Int(address &- base), count) }
    var (address, left) = (address, count)
    while left > 0 {
      let part = min(left, 4096 - Int(address & 4095))
      body(cause.map { settledOffset(of: address, $0) } ?? offset(of: address), part)
      address &+= UInt64(part)
      left -= part
    }
  }

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
      forEachPiece(address.value, count) { offset, part in
        memcpy(buffer.baseAddress! + initialized, bytes + offset, part)
        initialized += part
      }
    }
  }

  /// Copies bytes in. Returns false, having written nothing, when the range leaves RAM.
  @discardableResult
  package func write(_ source: some Collection<UInt8>, to address: GuestPhysicalAddress) -> Bool {
    let count = source.count
    guard count > 0 else { return true }
    guard contains(address.value, count: UInt64(count)) else { return false }
    var rest = source[...]
    forEachPiece(address.value, count, settling: .device) { offset, part in
      noteForeignStore(offset: offset, count: part)
      UnsafeMutableRawBufferPointer(start: bytes + offset, count: part).copyBytes(from: rest.prefix(part))
      rest = rest.dropFirst(part)
    }
    return true
  }

  /// Reads a little-endian integer, or returns nil when it leaves RAM.
  package func load<Value: FixedWidthInteger>(_ address: GuestPhysicalAddress, as type: Value.Type) -> Value? {
    let count = MemoryLayout<Value>.size
    guard contains(address.value, count: UInt64(count)) else { return nil }
    if isView && Int(address.value & 4095) + count > 4096 {
      return read(address, count: count)!.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
    return Value(littleEndian: (bytes + offset(of: address.value)).loadUnaligned(as: Value.self))
  }

  /// `load` of a doubleword for callers in other modules, for which a generic function is slow: some 400 instructions of the host.
  package func loadDoubleword(_ address: GuestPhysicalAddress) -> UInt64? { load(address, as: UInt64.self) }
  /// The same for half-words.
  package func loadHalfword(_ address: GuestPhysicalAddress) -> UInt16? { load(address, as: UInt16.self) }

  /// Writes a little-endian integer. Returns false, having written nothing, when it leaves RAM.
  @discardableResult
  package func store<Value: FixedWidthInteger>(_ value: Value, to address: GuestPhysicalAddress) -> Bool {
    let count = MemoryLayout<Value>.size
    guard contains(address.value, count: UInt64(count)) else { return false }
    if isView && Int(address.value & 4095) + count > 4096 {
      return write((0..<count).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }, to: address)
    }
    let offset = settledOffset(of: address.value, .device)
    noteForeignStore(offset: offset, count: count)
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
  /// The words of a page of a monitor's own, for ``storeTableEntry(_:at:)`` and ``tableEntry(at:)`` at once; good as long as this memory.
  package func tableEntries(ofPageAt address: UInt64) -> UnsafeMutablePointer<UInt64> {
    precondition(contains(address, count: 4096) && address % 4096 == 0)
    return (bytes + Int(address &- base)).assumingMemoryBound(to: UInt64.self)
  }
  /// Sets a page of a monitor's own to zeros.
  package func clearPage(at address: UInt64) {
    precondition(contains(address, count: 4096) && address % 4096 == 0)
    memset(bytes + Int(address &- base), 0, 4096)
  }

  /// Begins or ends to report stores to the page at an address to whom ``whenTracedPageIsStored(_:)`` names.
  package func traceStores(toPage address: UInt64, _ isTraced: Bool) {
    precondition(contains(address))
    blocks.trace(page: settledOffset(of: address) >> 12, isTraced)
  }
  /// Called before a store to a traced page by a virtual hart, which no page table stops, or by a device: the address and how many bytes.
  package func whenTracedPageIsStored(_ body: @escaping (_ address: UInt64, _ count: Int) -> Void) {
    blocks.onTracedStore = { [unowned self] offset, count in
      if let page = page(at: offset >> 12) { body(base &+ UInt64(page << 12 | offset & 4095), count) }
    }
  }

  /// The content of a page goes, to be zeros from now on: the guest has no use for it. A view gives the page back.
  package func forgetPage(at address: UInt64, _ reason: PageReturn) {
    precondition(contains(address))
    let page = address & ~0xfff
    guard let pageMap else {
      noteForeignStore(offset: offset(of: page), count: 4096)
      let start = bytes + Int(page &- base)
      // A page that nobody has touched stays so: a guest that reports all its free memory takes none of the system's.
      if start.load(as: UInt64.self) != 0 || memcmp(start, start + 8, 4088) != 0 { clearPage(at: page) }
      return
    }
    let index = Int(page &- base) >> 12
    // What was derived from the content goes first. Reservations end as they do in RAM that is no view.
    if pageMap.hasPlace(index) {
      noteForeignStore(offset: offset(of: page), count: 4096)
      pageMap.onReturn?(index, reason)
    } else {
      foreignStores.pointee &+= 1
    }
  }

  private func noteForeignStore(offset: Int, count: Int) {
    foreignStores.pointee &+= 1
    blocks.storeHappened(offset: offset, count: count)
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
    // In large pieces first, where both lie together: most of RAM is alike.
    let canBeLarge = !isView && !other.isView
    var start: UInt64 = 0
    while start < size, found.count < limit {
      let piece: UInt64 = canBeLarge && start % (1 << 20) == 0 && size - start >= 1 << 20 ? 1 << 20 : 4096
      let (here, there) = (bytes + offset(of: base + start), other.bytes + other.offset(of: other.base + start))
      defer { start += piece }
      if memcmp(here, there, Int(piece)) == 0 { continue }
      for place in stride(from: 0, to: Int(piece), by: 8) where found.count < limit {
        let words = (
          here.load(fromByteOffset: place, as: UInt64.self), there.load(fromByteOffset: place, as: UInt64.self)
        )
        if words.0 != words.1 { found.append((base &+ start &+ UInt64(place), words.0, words.1)) }
      }
    }
    return found
  }

  /// Visits each page that is not all zeros, in order of address.
  package func forEachNonzeroPage(_ body: (UInt64, UnsafeBufferPointer<UInt64>) -> Void) {
    let wordCount = 4096 / MemoryLayout<UInt64>.size
    for page in 0..<Int(size >> 12) where !isView || place(ofPage: page) != nil {
      let start = bytes + offset(of: base &+ UInt64(page << 12))
      let words = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt64.self), count: wordCount)
      if words.contains(where: { $0 != 0 }) { body(base &+ UInt64(page) << 12, words) }
    }
  }
}
