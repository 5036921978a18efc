import Machine
import SystemPackage

// What `-device` and `-drive` make, once all options are known: a device may come before the drive that it names.
extension QemuInvocation {
  /// Gives each device its slot, in the order in which they are named.
  mutating func attachDevices() throws(QemuUsageError) {
    for text in devices {
      var properties = QemuProperties(text, of: "-device", firstKey: "driver")
      let driver = plainName(properties.take("driver") ?? "", &properties)
      properties.pass("id")
      switch driver {
      case "virtio-blk-device": try attachDisk(&properties, text)
      case "virtio-net-device": try attachNetworkDevice(&properties, text)
      case "virtio-rng-device":
        guard configuration.entropySlot == nil else { throw QemuUsageError("-device \(text): one of these is enough") }
        configuration.entropySlot = try slot(&properties, text)
        properties.pass("rng", "max-bytes", "period")
      case "virtio-serial-device":
        guard configuration.consoleSlot == nil else { throw QemuUsageError("-device \(text): one of these is enough") }
        configuration.consoleSlot = try slot(&properties, text)
        properties.pass("max_ports")
      case "virtio-balloon-device":
        guard configuration.balloon == nil else { throw QemuUsageError("-device \(text): one of these is enough") }
        let deflates = try properties.takeSwitch("deflate-on-oom") ?? false
        let reports = try properties.takeSwitch("free-page-reporting") ?? false
        configuration.balloon = .init(
          deflatesOnOutOfMemory: deflates, reportsFreePages: reports, slot: try slot(&properties, text))
        properties.pass("free-page-hint", "page-poison", "guest-stats-polling-interval")
      case "virtconsole", "virtserialport":
        note("-device \(driver): passed over; the second console is part of virtio-serial-device and shown nowhere")
        continue
      case "loader": try addImage(&properties, text)
      default:
        throw QemuUsageError(
          "-device \(text): no such device is on this board; there are virtio-blk-device, virtio-net-device, "
            + "virtio-rng-device, virtio-serial-device, virtio-balloon-device and loader")
      }
      try properties.finish()
    }
    for drive in drives where !drive.isUsed {
      if drive.isAttached {
        try attachByItself(drive)
      } else {
        note("-drive \(drive.disk.path): no -device uses it")
      }
    }
  }

  /// The device that the board has in place of one on the PCI bus.
  private mutating func plainName(_ driver: String, _ properties: inout QemuProperties) -> String {
    guard driver.hasSuffix("-pci"),
      ["virtio-blk", "virtio-net", "virtio-rng", "virtio-serial", "virtio-balloon"].contains(driver.dropLast(4))
    else { return driver }
    note("-device \(driver): the board has no PCI; the device is in a virtio-mmio slot")
    properties.pass("bus", "addr", "disable-legacy", "disable-modern")
    return String(driver.dropLast(4)) + "-device"
  }

  /// The slot that `bus=` names, or the highest free one: QEMU asks its latest bus first.
  private mutating func slot(_ properties: inout QemuProperties, _ text: String) throws(QemuUsageError) -> Int {
    guard let bus = properties.take("bus") else {
      guard let slot = freeSlots.popLast() else {
        throw QemuUsageError("-device \(text): no virtio slot is free; the board has \(MemoryMap.virtioCount)")
      }
      return slot
    }
    let name = "virtio-mmio-bus."
    guard bus.hasPrefix(name), let slot = Int(bus.dropFirst(name.count)), (0..<MemoryMap.virtioCount).contains(slot)
    else {
      throw QemuUsageError(
        "-device \(text): there is no bus \(bus); there are \(name)0 to \(name)\(MemoryMap.virtioCount - 1)")
    }
    guard let index = freeSlots.firstIndex(of: slot) else {
      throw QemuUsageError("-device \(text): \(bus) has a device already")
    }
    freeSlots.remove(at: index)
    return slot
  }

  private mutating func attachDisk(_ properties: inout QemuProperties, _ text: String) throws(QemuUsageError) {
    let id = properties.take("drive")
    guard let index = drives.firstIndex(where: { $0.id != nil && $0.id == id }) else {
      throw QemuUsageError("-device \(text): there is no -drive with id=\(id ?? "")")
    }
    guard !drives[index].isUsed else { throw QemuUsageError("-device \(text): the drive is in use already") }
    drives[index].isUsed = true
    drives[index].disk.slot = try slot(&properties, text)
    properties.pass("serial", "scsi", "config-wce", "bootindex", "num-queues", "queue-size", "write-cache")
    addDisk(drives[index].disk)
  }

  /// A drive with `if=virtio`, for which QEMU makes a device on the PCI bus.
  private mutating func attachByItself(_ drive: Drive) throws(QemuUsageError) {
    guard let slot = freeSlots.popLast() else { throw QemuUsageError("-drive if=virtio: no virtio slot is free") }
    note("-drive if=virtio: the board has no PCI; the disk is in virtio-mmio slot \(slot)")
    var disk = drive.disk
    disk.slot = slot
    addDisk(disk)
  }

  private mutating func addDisk(_ disk: MachineConfiguration.Disk) {
    var disk = disk
    if disk.mode == .readWrite, isSnapshot || opensPrompt {
      disk.mode = .overlay
      if !isSnapshot {
        note(
          "-S: writes to \(disk.path) are kept in memory, so that the prompt can go back in time; "
            + "the file stays as it is")
      }
    }
    configuration.disks.append(disk)
  }

  private mutating func attachNetworkDevice(_ properties: inout QemuProperties, _ text: String) throws(QemuUsageError) {
    if let network = properties.take("netdev"), !networks.contains(network) {
      throw QemuUsageError("-device \(text): there is no -netdev with id=\(network)")
    }
    var device = MachineConfiguration.NetworkDevice(
      address: MACAddress(device: configuration.networkDevices.count), slot: try slot(&properties, text))
    if let address = properties.take("mac") {
      guard let parsed = MACAddress(parsing: address), !parsed.isGroup else {
        throw QemuUsageError("-device \(text): mac=\(address) is no address of a network device")
      }
      device.address = parsed
    }
    // Offloads that the device does not have: switched off they change nothing, and switched on they are not offered.
    properties.pass(
      "csum", "gso", "guest_csum", "guest_tso4", "guest_tso6", "guest_ecn", "guest_ufo", "host_tso4", "host_tso6",
      "host_ecn", "host_ufo", "mrg_rxbuf", "ctrl_vq", "ctrl_rx", "status", "mq", "packed", "event_idx", "indirect_desc")
    configuration.networkDevices.append(device)
  }

  private mutating func addImage(_ properties: inout QemuProperties, _ text: String) throws(QemuUsageError) {
    guard let file = properties.take("file") else {
      throw QemuUsageError("-device \(text): loader takes file=FILE,addr=ADDRESS here")
    }
    let address = try properties.takeNumber("addr")
    let isRaw = try properties.takeSwitch("force-raw") ?? false
    if properties.take("cpu-num") != nil {
      throw QemuUsageError("-device \(text): cpu-num is not supported; every hart starts at the reset vector")
    }
    configuration.extraImages.append(.init(path: FilePath(file), address: address, isRaw: isRaw))
  }
}
