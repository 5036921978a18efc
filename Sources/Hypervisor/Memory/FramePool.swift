import RISCV

/// The frames of host RAM that the monitor keeps for tables of its own. It never grows: who gets none has to give some back.
package final class FramePool {
  private let memory: PhysicalMemory
  /// First address of the pool, and its frames.
  package let base: UInt64
  package let count: Int
  private var next = 0
  private var free: [UInt64] = []
  private var freeRoots: [UInt64] = []

  init(_ memory: PhysicalMemory, base: UInt64, count: Int) {
    self.memory = memory
    self.base = base
    self.count = count
  }

  /// Frames that are given out.
  package var used: Int { next - free.count - 4 * freeRoots.count }

  /// A frame of zeros; nil when all are given out. Frames come in order of address, those given back first.
  func allocate() -> UInt64? {
    if let frame = free.popLast() {
      memory.clearPage(at: frame)
      return frame
    }
    guard next < count else { return nil }
    defer { next += 1 }
    return base + UInt64(next) << 12
  }

  /// Four frames of zeros in a row, aligned to 16 KiB: the root of a G-stage table.
  func allocateRoot() -> UInt64? {
    if let root = freeRoots.popLast() {
      for frame in 0..<UInt64(4) { memory.clearPage(at: root + frame << 12) }
      return root
    }
    // Those before the aligned place go to the single ones.
    while (base >> 12 + UInt64(next)) & 3 != 0, next < count {
      free.append(base + UInt64(next) << 12)
      next += 1
    }
    guard next + 4 <= count else { return nil }
    defer { next += 4 }
    return base + UInt64(next) << 12
  }

  /// Takes a root of four frames back.
  func releaseRoot(_ root: UInt64) { freeRoots.append(root) }
  /// Takes a frame back.
  func release(_ frame: UInt64) { free.append(frame) }
}
