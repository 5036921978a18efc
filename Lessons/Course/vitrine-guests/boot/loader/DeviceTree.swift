/// The few things that the loader wants from the flattened device tree: where memory ends and where disks may sit.
struct DeviceTree {
  let address: UInt64
  private(set) var memoryStart: UInt64 = 0
  private(set) var memorySize: UInt64 = 0

  var byteCount: UInt64 { word(address + 4) }

  init(at address: UInt64) {
    self.address = address
    guard address != 0, address % 8 == 0, word(address) == 0xd00d_feed else {
      fail("the firmware passes no device tree in a1: use one that does")
    }
    visit { name, compatible, start, size in
      if begins(name, "memory@") && memorySize == 0 {
        memoryStart = start
        memorySize = size
      }
    }
    guard memorySize != 0 else { fail("the device tree tells of no memory: start the machine with some") }
  }

  /// The address of the virtio slot with the number `index`, in the order of the tree.
  func virtioSlot(_ index: Int) -> UInt64? {
    var count = 0
    var found: UInt64?
    visit { name, compatible, start, size in
      guard compatible != 0, begins(compatible, "virtio,mmio") else { return }
      if count == index { found = start }
      count += 1
    }
    return found
  }

  /// Calls `body` with each node's name, its first compatible string (or 0), and start and size of its first registers.
  ///
  /// Tokens: 1 begins a node, 2 ends one, 3 is a property, 4 is nothing. Properties come before children, so a node is
  /// known at the first token that is no property. On a `virt` board whatever interests us has two cells for an address
  /// and two for a size; the nodes of harts have others, and no size.
  private func visit(_ body: (_ name: UInt64, _ compatible: UInt64, _ start: UInt64, _ size: UInt64) -> Void) {
    var position = address + word(address + 8)
    let end = position + word(address + 36)
    let strings = address + word(address + 12)
    var (name, compatible, registers) = (UInt64(0), UInt64(0), UInt64(0))
    while position < end {
      let token = word(position)
      position += 4
      if token != 3 && name != 0 {
        if registers != 0 {
          let start = word(registers) << 32 | word(registers + 4)
          body(name, compatible, start, word(registers + 8) << 32 | word(registers + 12))
        }
        (name, compatible, registers) = (0, 0, 0)
      }
      switch token {
      case 1:
        name = position
        while load8(position) != 0 { position += 1 }
        position = (position + 4) & ~3
      case 2, 4: break
      case 3:
        let count = word(position)
        let property = strings + word(position + 4)
        position += 8
        if begins(property, "compatible") { compatible = position }
        if begins(property, "reg\0") && count >= 16 { registers = position }
        position = (position + count + 3) & ~3
      default: return
      }
    }
  }

  private func begins(_ string: UInt64, _ prefix: StaticString) -> Bool {
    for index in 0..<prefix.utf8CodeUnitCount where load8(string + UInt64(index)) != prefix.utf8Start[index] {
      return false
    }
    return true
  }

  /// A big-endian number of 32 bits.
  private func word(_ address: UInt64) -> UInt64 { UInt64(load32(address).byteSwapped) }
}
