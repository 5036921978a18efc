/// The first virtio disk of the board: requests one at a time, and waiting instead of interrupts. Virtual I/O Device
/// Specification, "Virtio Over MMIO" and "Block Device".
struct Disk {
  static let sectorSize: UInt64 = 512

  /// The registers of a slot.
  private enum Register {
    static let magic: UInt64 = 0x00
    static let version: UInt64 = 0x04
    static let deviceID: UInt64 = 0x08
    static let driverFeatures: UInt64 = 0x20
    static let driverFeaturesSelect: UInt64 = 0x24
    static let queueSelect: UInt64 = 0x30
    static let queueSizeMaximum: UInt64 = 0x34
    static let queueSize: UInt64 = 0x38
    static let queueReady: UInt64 = 0x44
    static let queueNotify: UInt64 = 0x50
    static let status: UInt64 = 0x70
    static let queueDescriptors: UInt64 = 0x80
    static let queueAvailable: UInt64 = 0x90
    static let queueUsed: UInt64 = 0xa0
    static let capacity: UInt64 = 0x100
  }

  let slot: UInt64
  let sectorCount: UInt64
  private var requests: UInt16 = 0
  // The parts of the queue in their page: descriptors, available ring, used ring, then a request's header and result.
  private let descriptors = address_of_virtqueue()
  private var available: UInt64 { descriptors + 512 }
  private var used: UInt64 { descriptors + 1024 }
  private var header: UInt64 { descriptors + 2048 }
  private var result: UInt64 { descriptors + 2064 }

  init(on tree: DeviceTree) {
    slot = Disk.find(on: tree)
    sectorCount = UInt64(load32(slot + Register.capacity)) | UInt64(load32(slot + Register.capacity + 4)) << 32
    store32(slot + Register.status, 0)  // reset
    store32(slot + Register.status, 1)  // acknowledge: we have seen it
    store32(slot + Register.status, 1 | 2)  // driver: we know what it is
    store32(slot + Register.driverFeaturesSelect, 0)
    store32(slot + Register.driverFeatures, 0)
    store32(slot + Register.driverFeaturesSelect, 1)
    store32(slot + Register.driverFeatures, 1)  // bit 32: version 1 of the standard
    store32(slot + Register.status, 1 | 2 | 8)  // features OK?
    store32(slot + Register.queueSelect, 0)
    guard load32(slot + Register.status) & 8 != 0, load32(slot + Register.queueSizeMaximum) >= 4 else {
      fail("the disk does not take a driver that wants only virtio version 1: use a virtio-blk device of this version")
    }
    store32(slot + Register.queueSize, 4)
    place(Register.queueDescriptors, descriptors)
    place(Register.queueAvailable, available)
    place(Register.queueUsed, used)
    store32(slot + Register.queueReady, 1)
    store32(slot + Register.status, 1 | 2 | 8 | 4)  // driver OK: from now on it works
  }

  private func place(_ register: UInt64, _ address: UInt64) {
    store32(slot + register, UInt32(truncatingIfNeeded: address))
    store32(slot + register + 4, UInt32(address >> 32))
  }

  private static func find(on tree: DeviceTree) -> UInt64 {
    var index = 0
    while let slot = tree.virtioSlot(index) {
      if load32(slot + Register.magic) == 0x7472_6976 && load32(slot + Register.version) == 2
        && load32(slot + Register.deviceID) == 2
      {
        return slot
      }
      index += 1
    }
    fail("no disk in any virtio slot: start the machine with one")
  }

  /// Reads sectors to an address in memory.
  mutating func read(sector: UInt64, count: UInt64, to address: UInt64) {
    store32(header, 0)  // read
    store32(header + 4, 0)
    store64(header + 8, sector)
    store32(result, 0xff)
    describe(0, header, 16, flags: 1)
    describe(1, address, count * Disk.sectorSize, flags: 1 | 2)
    describe(2, result, 1, flags: 2)

    store16(available + 4 + UInt64(requests % 4) * 2, 0)  // the chain begins at descriptor 0
    fence_all()  // the chain before the index that makes it valid, and that before the bell
    requests &+= 1
    store16(available + 2, requests)
    fence_all()
    store32(slot + Register.queueNotify, 0)
    while load16(used + 2) != requests {}
    fence_all()
    guard load8(result) == 0 else { fail("the disk reports an error: give it a disk that can be read") }
  }

  /// Flags: 1 the chain goes on, 2 the device writes.
  private func describe(_ index: UInt64, _ address: UInt64, _ count: UInt64, flags: UInt64) {
    store64(descriptors + index * 16, address)
    store64(descriptors + index * 16 + 8, count | flags << 32 | (index + 1) << 48)
  }

  /// Resets the device: its queue lies in the loader's memory, which is the kernel's next.
  func leave() { store32(slot + Register.status, 0) }
}
