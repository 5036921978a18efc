import RISCV
import SystemPackage

/// Loads what a configuration names, and decides where everything goes, as QEMU's `virt` does.
///
/// Firmware that is no ELF goes to the start of RAM; a kernel that is no ELF to the next multiple of 2 MiB, or to the start of
/// RAM without firmware. The device tree ends at the top of RAM or at 3 GiB, whichever is lower; the initial RAM disk ends
/// below it.
struct BootLayout {
  /// Where the boot ROM jumps.
  let start: UInt64
  /// What `fw_dynamic` starts; zero for nothing.
  let next: UInt64
  /// Address of the device tree.
  let deviceTree: UInt64
  let images: [LoadedImage]

  /// No device tree reaches beyond it, so that a 32-bit loader can read it.
  private static let deviceTreeLimit: UInt64 = 3 << 30

  init(_ configuration: MachineConfiguration, memory: PhysicalMemory, again: Bool) throws(MachineError) {
    var loader = Loader(memory: memory, clears: again)
    var start: UInt64?
    if let program = configuration.program {
      try loader.load(program, as: .program, flatAddress: nil)
      start = loader.images.last?.entry
    }
    if case .file(let path) = configuration.bios {
      try loader.load(path, as: .firmware, flatAddress: memory.base)
      start = loader.images.last?.entry
    }
    var next: UInt64?
    if let kernel = configuration.kernel {
      let hasFirmware = start != nil || configuration.bios == .monitor
      let afterFirmware = hasFirmware ? Self.alignUp(max(loader.end, memory.base + 1)) : memory.base
      try loader.load(kernel, as: .kernel, flatAddress: configuration.monitorGuest == nil ? afterFirmware : nil)
      next = loader.images.last?.entry
    }
    for image in configuration.extraImages {
      if image.isRaw, let address = image.address {
        let file = try ImageFile(image.path)
        try loader.place(file, as: .extra, at: address, size: file.byteCount)
      } else {
        try loader.load(image.path, as: .extra, flatAddress: image.address)
      }
    }
    self.start = start ?? next ?? memory.base
    self.next = next ?? 0

    var tree = BoardDeviceTree(configuration)
    // The length does not depend on the address of the initial RAM disk, only on whether there is one.
    let guest = try configuration.monitorGuest.map { path throws(MachineError) in try FlatGuest(path) }
    tree.initrd = configuration.initrd == nil && guest == nil ? nil : AddressRange(start: 0, end: 0)
    tree.guestLoadAddress = guest?.start
    let treeSize = UInt64(FlattenedDeviceTree.encode(tree.root).count)
    let top = min(memory.base + memory.size, Self.deviceTreeLimit)
    guard treeSize <= top - memory.base else {
      throw .noRoom(what: "the device tree", byteCount: treeSize, memory: loader.memoryRange)
    }
    deviceTree = (top - treeSize) / Loader.alignment * Loader.alignment

    if let path = configuration.initrd {
      let file = try ImageFile(path)
      guard file.byteCount < deviceTree - memory.base else {
        throw .noRoom(what: "the initial RAM disk", byteCount: file.byteCount, memory: loader.memoryRange)
      }
      let address = (deviceTree - file.byteCount) / 4096 * 4096
      try loader.place(file, as: .initrd, at: address, size: file.byteCount)
      tree.initrd = AddressRange(start: address, end: address + file.byteCount)
    }
    if let guest {
      let byteCount = UInt64(guest.bytes.count)
      guard byteCount < deviceTree - memory.base else {
        throw .noRoom(what: "the monitor's guest", byteCount: byteCount, memory: loader.memoryRange)
      }
      let address = (deviceTree - byteCount) / 4096 * 4096
      try loader.place(guest, at: address)
      tree.initrd = AddressRange(start: address, end: address + byteCount)
    }
    try loader.place(FlattenedDeviceTree.encode(tree.root), as: .deviceTree, at: deviceTree)
    images = loader.images
  }

  private static func alignUp(_ address: UInt64) -> UInt64 {
    (address + Loader.alignment - 1) / Loader.alignment * Loader.alignment
  }
}
