import RISCV

/// The device's side of one split virtqueue (Virtio specification, "Split Virtqueues"), in memory that a hostile driver may
/// fill with anything and change at any time.
///
/// Addresses and size are checked and fixed when the queue is made ready, so that the rings cannot leave RAM afterwards. A walk
/// is bounded by the number of descriptors, and a chain by the size of RAM, which no honest request exceeds.
package struct VirtioQueue: Sendable {
  /// What the driver sees as `QueueNumMax`.
  package static let maximumSize: UInt16 = 256
  /// Descriptors in one indirect table; more than `maximumSize`, because drivers are known to take the liberty.
  static let longestIndirect = 1024

  private let size: UInt16
  private let descriptors: UInt64
  private let available: UInt64
  private let used: UInt64
  private let allowsIndirect: Bool
  private var nextAvailable: UInt16 = 0
  private var nextUsed: UInt16 = 0

  /// Checks what the driver set. Throws what makes the queue unusable.
  init(
    size: UInt32, descriptors: UInt64, available: UInt64, used: UInt64, allowsIndirect: Bool, memory: PhysicalMemory
  ) throws(VirtioFault) {
    guard size > 0, size <= Self.maximumSize, size & (size - 1) == 0 else {
      throw VirtioFault("queue size \(size) is not a power of two up to \(Self.maximumSize)")
    }
    let count = UInt64(size)
    guard descriptors % 16 == 0, available % 2 == 0, used % 4 == 0 else {
      throw VirtioFault("a part of the queue is not aligned")
    }
    guard memory.contains(descriptors, count: 16 * count), memory.contains(available, count: 4 + 2 * count),
      memory.contains(used, count: 4 + 8 * count)
    else { throw VirtioFault("a part of the queue is not in RAM") }
    self.size = UInt16(size)
    self.descriptors = descriptors
    self.available = available
    self.used = used
    self.allowsIndirect = allowsIndirect
  }

  /// Whether the driver wants to be interrupted when a request is done.
  func wantsInterrupt(_ memory: PhysicalMemory) -> Bool {
    (memory.load(GuestPhysicalAddress(available), as: UInt16.self) ?? 0) & 1 == 0
  }

  /// Takes the next chain that the driver made available; nil when there is none.
  mutating func next(_ memory: PhysicalMemory) throws(VirtioFault) -> VirtioChain? {
    let index = memory.load(GuestPhysicalAddress(available &+ 2), as: UInt16.self) ?? 0
    guard index != nextAvailable else { return nil }
    guard index &- nextAvailable <= size else {
      throw VirtioFault("available index \(index) is more than a queue ahead of \(nextAvailable)")
    }
    let place = available &+ 4 &+ 2 &* UInt64(nextAvailable % size)
    let head = memory.load(GuestPhysicalAddress(place), as: UInt16.self) ?? 0
    let chain = try walk(head, memory)
    nextAvailable &+= 1
    return chain
  }

  /// Gives a chain back. `written` bytes of its writable part are new.
  mutating func complete(_ chain: VirtioChain, written: UInt32, _ memory: PhysicalMemory) {
    let element = used &+ 4 &+ 8 &* UInt64(nextUsed % size)
    memory.store(UInt32(chain.head), to: GuestPhysicalAddress(element))
    memory.store(written, to: GuestPhysicalAddress(element &+ 4))
    nextUsed &+= 1
    memory.store(nextUsed, to: GuestPhysicalAddress(used &+ 2))
  }

  // MARK: Descriptors

  private struct Descriptor {
    var address: UInt64
    var count: UInt32
    var flags: UInt16
    var next: UInt16

    var hasNext: Bool { flags & 1 != 0 }
    var isWritable: Bool { flags & 2 != 0 }
    var isIndirect: Bool { flags & 4 != 0 }
  }

  /// Descriptors in a row, the queue's own or an indirect table.
  private struct Table {
    var address: UInt64
    var count: Int

    func load(_ index: UInt16, _ memory: PhysicalMemory) throws(VirtioFault) -> Descriptor {
      let place = address &+ 16 &* UInt64(index)
      guard Int(index) < count, let address = memory.load(GuestPhysicalAddress(place), as: UInt64.self),
        let count = memory.load(GuestPhysicalAddress(place &+ 8), as: UInt32.self),
        let flags = memory.load(GuestPhysicalAddress(place &+ 12), as: UInt16.self),
        let next = memory.load(GuestPhysicalAddress(place &+ 14), as: UInt16.self)
      else { throw VirtioFault("descriptor \(index) is not in its table") }
      return Descriptor(address: address, count: count, flags: flags, next: next)
    }
  }

  private func walk(_ head: UInt16, _ memory: PhysicalMemory) throws(VirtioFault) -> VirtioChain {
    var chain = VirtioChain(head: head)
    var table = Table(address: descriptors, count: Int(size))
    var index = head
    var seen = 0
    var insideIndirect = false
    while true {
      seen += 1
      guard seen <= table.count else { throw VirtioFault("the chain of descriptor \(head) loops") }
      let descriptor = try table.load(index, memory)
      if descriptor.isIndirect {
        guard allowsIndirect, !insideIndirect, !descriptor.hasNext else {
          throw VirtioFault("descriptor \(index) may not be indirect here")
        }
        table = try indirectTable(descriptor, memory)
        insideIndirect = true
        index = 0
        seen = 0
        continue
      }
      try add(descriptor, to: &chain, memory)
      guard descriptor.hasNext else { return chain }
      index = descriptor.next
    }
  }

  private func indirectTable(_ descriptor: Descriptor, _ memory: PhysicalMemory) throws(VirtioFault) -> Table {
    let count = Int(descriptor.count) / 16
    guard descriptor.count % 16 == 0, count > 0, count <= Self.longestIndirect,
      memory.contains(descriptor.address, count: UInt64(descriptor.count))
    else { throw VirtioFault("an indirect table of \(descriptor.count) bytes at \(hexadecimal(descriptor.address))") }
    return Table(address: descriptor.address, count: count)
  }

  private func add(
    _ descriptor: Descriptor, to chain: inout VirtioChain, _ memory: PhysicalMemory
  ) throws(VirtioFault) {
    let count = UInt64(descriptor.count)
    guard count == 0 || memory.contains(descriptor.address, count: count) else {
      throw VirtioFault("a buffer of \(count) bytes at \(hexadecimal(descriptor.address)) is not in RAM")
    }
    guard chain.byteCount + count <= memory.size else { throw VirtioFault("a request longer than RAM") }
    if descriptor.isWritable {
      chain.writable.append(descriptor.address, count)
    } else {
      guard chain.writable.count == 0 else { throw VirtioFault("a readable buffer after a writable one") }
      chain.readable.append(descriptor.address, count)
    }
  }
}
