import Machine
import SystemPackage

extension QemuOption {
  static var deviceOptions: [Self] {
    [
      Self("drive", value: "file=FILE,...", help: "a raw disk image: if=, format=raw, id=, readonly=on, snapshot=on") {
        (invocation, text) throws(QemuUsageError) in try invocation.addDrive(text)
      },
      Self(
        "blockdev", value: "driver=file,...",
        help: "the same in other words: driver=, filename=, node-name=, read-only="
      ) {
        (invocation, text) throws(QemuUsageError) in try invocation.addBlockDevice(text)
      },
      Self(
        "device", value: "NAME,...",
        help: "virtio-blk-, virtio-net-, virtio-rng-, virtio-serial-, virtio-balloon-device, loader"
      ) {
        (invocation, text) in invocation.devices.append(text)
      },
      Self("netdev", value: "user,id=ID", help: "what a network device is connected to, which is nothing here") {
        (invocation, text) throws(QemuUsageError) in try invocation.addNetwork("-netdev", text)
      },
      Self("nic", value: "none|user,...", help: "a network device, connected to nothing") {
        (invocation, text) throws(QemuUsageError) in try invocation.addNetworkDevice(text)
      },
      Self("net", value: "none", help: "anything but none is passed over: name a device with -device") {
        (invocation, text) in
        if text != "none" { invocation.note("-net \(text): passed over; name a device with -device virtio-net-device") }
      },
      Self("global", value: "NAME.PROPERTY=V", help: "virtio-mmio.force-legacy=false, as it always is here") {
        (invocation, text) throws(QemuUsageError) in
        if text == "virtio-mmio.force-legacy=true" || text == "virtio-mmio.force-legacy=on" {
          throw QemuUsageError("-global \(text): the board speaks version 2 of virtio-mmio only")
        }
        if !text.hasPrefix("virtio-mmio.force-legacy=") { invocation.note("-global \(text): passed over") }
      },
      Self("object", value: "TYPE,...", help: "rng-random is passed over: random numbers come from -seed; no other") {
        (invocation, text) throws(QemuUsageError) in
        switch text.prefix(while: { $0 != "," }) {
        case "rng-random", "rng-builtin":
          invocation.note("-object \(text): passed over; random numbers come from -seed")
        case "filter-dump": invocation.note("-object \(text): passed over; no frames are written to a file")
        default: throw QemuUsageError("-object \(text): no such object is known here")
        }
      },
      Self("snapshot", help: "writes to disks are kept in memory; the files stay as they are") { (invocation, _) in
        invocation.isSnapshot = true
      },
      Self("nodefaults", help: "no devices but those that are named, as it always is here") { (_, _) in },
    ]
  }
}

extension QemuInvocation {
  fileprivate mutating func addDrive(_ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: "-drive", firstKey: "file")
    guard let file = properties.take("file") ?? properties.take("filename") else {
      throw QemuUsageError("-drive \(text): it names no file=")
    }
    if let format = properties.take("format"), format != "raw" {
      throw QemuUsageError(
        "-drive \(text): \(format) images are not read here; convert it: qemu-img convert -O raw \(file) disk.raw")
    }
    let interface = properties.take("if") ?? "none"
    guard ["none", "virtio"].contains(interface) else {
      throw QemuUsageError(
        "-drive \(text): if=\(interface) is not on this board; use if=none and -device virtio-blk-device")
    }
    let isReadOnly = try properties.takeSwitch("readonly") ?? false
    let isSnapshot = try properties.takeSwitch("snapshot") ?? false
    let id = properties.take("id")
    properties.pass(
      "media", "cache", "aio", "index", "unit", "discard", "detect-zeroes", "werror", "rerror", "file.locking")
    try properties.finish()
    let mode: DiskImage.Mode = isReadOnly ? .readOnly : isSnapshot ? .overlay : .readWrite
    drives.append(
      Drive(id: id, disk: .init(path: FilePath(file), mode: mode), isAttached: interface == "virtio"))
  }

  /// The node that `raw` stands on may be named by itself, or within.
  fileprivate mutating func addBlockDevice(_ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: "-blockdev", firstKey: "driver")
    let driver = properties.take("driver") ?? ""
    guard driver == "file" || driver == "raw" else {
      throw QemuUsageError("-blockdev \(text): only raw files are read here: driver=file or driver=raw")
    }
    guard let name = properties.take("node-name") else {
      throw QemuUsageError("-blockdev \(text): it has no node-name=")
    }
    let isReadOnly = try properties.takeSwitch("read-only")
    let base = properties.take("file")
    let path = properties.take("filename") ?? properties.take("file.filename")
    properties.pass("file.driver", "cache.direct", "cache.no-flush", "discard", "aio", "locking", "auto-read-only")
    try properties.finish()
    if let base {
      guard let index = drives.firstIndex(where: { $0.id == base }) else {
        throw QemuUsageError("-blockdev \(text): there is no -blockdev with node-name=\(base)")
      }
      drives[index].id = name
      if isReadOnly == true { drives[index].disk.mode = .readOnly }
      return
    }
    guard let path else { throw QemuUsageError("-blockdev \(text): it names no filename=") }
    drives.append(
      Drive(
        id: name, disk: .init(path: FilePath(path), mode: isReadOnly == true ? .readOnly : .readWrite),
        isAttached: false))
  }

  fileprivate mutating func addNetwork(_ option: String, _ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: option, firstKey: "type")
    let type = properties.take("type") ?? ""
    guard type == "user" || type == "hubport" else {
      throw QemuUsageError("\(option) \(text): no packet leaves this process; the type there is here is user")
    }
    if let id = properties.take("id") { networks.append(id) }
    if properties.take("hostfwd") != nil {
      note("\(option) hostfwd: nothing is forwarded; no packet leaves this process")
    }
    note("\(option) \(type): nothing is at the other end; what the guest sends is lost")
  }

  fileprivate mutating func addNetworkDevice(_ text: String) throws(QemuUsageError) {
    guard text != "none" else { return }
    try addNetwork("-nic", text)
    var properties = QemuProperties(text, of: "-nic", firstKey: "type")
    let address = properties.take("mac") ?? properties.take("macaddr")
    devices.append("virtio-net-device" + (address.map { ",mac=\($0)" } ?? ""))
  }
}
