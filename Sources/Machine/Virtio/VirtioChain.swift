import RISCV

/// The buffers of one request: what the device may read, then what it may write, all of it in RAM.
package struct VirtioChain: Sendable {
  /// Index of the first descriptor, by which the driver knows the request.
  package let head: UInt16
  package internal(set) var readable = VirtioBuffers()
  package internal(set) var writable = VirtioBuffers()

  init(head: UInt16) { self.head = head }

  package var byteCount: UInt64 { readable.count &+ writable.count }
}

/// Stretches of RAM that a request strings together; requests do not depend on where one ends and the next begins.
package struct VirtioBuffers: Sendable {
  private var stretches: [(address: UInt64, count: UInt64)] = []
  /// In bytes.
  package private(set) var count: UInt64 = 0

  mutating func append(_ address: UInt64, _ byteCount: UInt64) {
    guard byteCount > 0 else { return }
    stretches.append((address, byteCount))
    count += byteCount
  }

  /// Visits each whole page that lies in one of the stretches. Returns how many stretches are not of whole pages.
  @discardableResult
  func forEachPage(_ body: (UInt64) -> Void) -> UInt64 {
    var broken: UInt64 = 0
    for stretch in stretches {
      let size = VirtioBalloon.pageSize
      if stretch.address % size != 0 || stretch.count % size != 0 { broken += 1 }
      let (first, end) = ((stretch.address + size - 1) / size, (stretch.address + stretch.count) / size)
      guard first < end else { continue }
      for page in first..<end { body(page * size) }
    }
    return broken
  }

  /// Copies bytes out; fewer than asked for where the buffers end.
  package func read(at offset: UInt64, count: Int, from memory: PhysicalMemory) -> [UInt8] {
    var bytes: [UInt8] = []
    forEachStretch(offset, count) { address, part in
      bytes.append(contentsOf: memory.read(GuestPhysicalAddress(address), count: part) ?? [])
    }
    return bytes
  }

  /// Copies bytes in; those beyond the end are dropped.
  package func write(_ bytes: [UInt8], at offset: UInt64, to memory: PhysicalMemory) {
    var done = 0
    forEachStretch(offset, bytes.count) { address, part in
      memory.write(bytes[done..<done + part], to: GuestPhysicalAddress(address))
      done += part
    }
  }

  private func forEachStretch(_ offset: UInt64, _ count: Int, _ body: (UInt64, Int) -> Void) {
    var skip = offset
    var rest = UInt64(count)
    for stretch in stretches where rest > 0 {
      guard skip < stretch.count else {
        skip -= stretch.count
        continue
      }
      let part = min(rest, stretch.count - skip)
      body(stretch.address + skip, Int(part))
      skip = 0
      rest -= part
    }
  }
}
