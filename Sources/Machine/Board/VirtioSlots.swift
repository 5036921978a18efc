/// Which device sits in which of the eight virtio slots.
///
/// A device may name its slot, as `bus=virtio-mmio-bus.N` does for QEMU. Of the others disks take the lowest free slots, from 0
/// on, where xv6 looks for its disk, and network devices, then the balloon, the highest free ones.
struct VirtioSlots {
  enum Content {
    /// Index among the configuration's disks, or network devices.
    case disk(Int)
    case network(Int)
    case console, entropy, balloon
  }
  private(set) var contents = [Content?](repeating: nil, count: MemoryMap.virtioCount)

  init(_ configuration: MachineConfiguration) throws(MachineError) {
    if let slot = configuration.consoleSlot { try put(.console, slot) }
    if let slot = configuration.entropySlot { try put(.entropy, slot) }
    if let slot = configuration.balloon?.slot { try put(.balloon, slot) }
    for (index, disk) in configuration.disks.enumerated() { if let slot = disk.slot { try put(.disk(index), slot) } }
    for (index, device) in configuration.networkDevices.enumerated() {
      if let slot = device.slot { try put(.network(index), slot) }
    }
    for (index, disk) in configuration.disks.enumerated() where disk.slot == nil {
      guard let slot = contents.firstIndex(where: { $0 == nil }) else {
        throw .tooManyDisks(configuration.disks.count)
      }
      contents[slot] = .disk(index)
    }
    for (index, device) in configuration.networkDevices.enumerated() where device.slot == nil {
      guard let slot = contents.lastIndex(where: { $0 == nil }) else {
        throw .tooManyNetworkDevices(
          disks: configuration.disks.count, networkDevices: configuration.networkDevices.count)
      }
      contents[slot] = .network(index)
    }
    // Last, so that a balloon moves no other device.
    if let balloon = configuration.balloon, balloon.slot == nil {
      guard let slot = contents.lastIndex(where: { $0 == nil }) else { throw .noSlotForBalloon }
      contents[slot] = .balloon
    }
  }

  private mutating func put(_ content: Content, _ slot: Int) throws(MachineError) {
    guard contents.indices.contains(slot) else { throw .noSuchSlot(slot) }
    guard contents[slot] == nil else { throw .slotTaken(slot) }
    contents[slot] = content
  }
}
