/// Memory for Swift's arrays and objects: a list of free blocks, first fit, fed by `sbrk`.
///
/// A block begins with its size; the memory that is handed out begins 16 bytes later, so it is aligned to 16. While a
/// block is free, the next free block stands behind the size, in order of addresses, and neighbours are joined.
enum Heap {
  private struct Block {
    var size: Int
    var next: UnsafeMutablePointer<Block>?
  }

  private static let headerSize = 16
  private nonisolated(unsafe) static var free: UnsafeMutablePointer<Block>?

  /// At least `bytes` bytes, or nil when the kernel has no more.
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let size = (bytes + headerSize + 15) & ~15
    var previous: UnsafeMutablePointer<Block>?
    var block = free
    while let candidate = block, candidate.pointee.size < size {
      previous = candidate
      block = candidate.pointee.next
    }
    guard let found = block else { return grow(by: size) ? allocate(bytes) : nil }
    var rest = found.pointee.next
    if found.pointee.size - size >= 2 * headerSize {
      let remainder = (UnsafeMutableRawPointer(found) + size).assumingMemoryBound(to: Block.self)
      remainder.pointee = Block(size: found.pointee.size - size, next: rest)
      found.pointee.size = size
      rest = remainder
    }
    if let previous { previous.pointee.next = rest } else { free = rest }
    return UnsafeMutableRawPointer(found) + headerSize
  }

  static func release(_ memory: UnsafeMutableRawPointer) {
    let block = (memory - headerSize).assumingMemoryBound(to: Block.self)
    var previous: UnsafeMutablePointer<Block>?
    var next = free
    while let candidate = next, candidate < block {
      previous = candidate
      next = candidate.pointee.next
    }
    block.pointee.next = next
    if let previous { previous.pointee.next = block } else { free = block }
    join(block)
    if let previous { join(previous) }
  }

  /// Joins a free block with the next one if nothing is between them.
  private static func join(_ block: UnsafeMutablePointer<Block>) {
    let end = UnsafeMutableRawPointer(block) + block.pointee.size
    guard let next = block.pointee.next, end == UnsafeMutableRawPointer(next) else { return }
    block.pointee.size += next.pointee.size
    block.pointee.next = next.pointee.next
  }

  private static func grow(by size: Int) -> Bool {
    let bytes = max((size + 4095) & ~4095, 16384)
    guard let start = try? Kernel.changeHeap(by: bytes) else { return false }
    let memory = UnsafeMutableRawPointer(bitPattern: UInt(start))!
    memory.assumingMemoryBound(to: Block.self).pointee = Block(size: bytes, next: nil)
    release(memory + headerSize)
    return true
  }
}

/// `posix_memalign` of runtime.S. Nobody asks for more alignment than 16 bytes.
@c(heap_allocate) func heapAllocate(
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: UInt, _ size: UInt
) -> CInt {
  result.pointee = Heap.allocate(Int(size))
  let outOfMemory: CInt = 12
  return result.pointee == nil ? outOfMemory : 0
}

/// `free` of runtime.S.
@c(heap_release) func heapRelease(_ memory: UnsafeMutableRawPointer?) {
  if let memory { Heap.release(memory) }
}
