/// A virtio device behind a window of registers. Virtual I/O Device Specification, "Virtio Over MMIO".
struct VirtioDevice {
  let base: UInt64
  let interrupt: UInt32

  enum Kind {
    static let block: UInt32 = 2
    static let balloon: UInt32 = 5
  }

  private enum Register {
    static let magic: UInt64 = 0x000
    static let version: UInt64 = 0x004
    static let kind: UInt64 = 0x008
    static let deviceFeatures: UInt64 = 0x010
    static let deviceFeaturesSelect: UInt64 = 0x014
    static let driverFeatures: UInt64 = 0x020
    static let driverFeaturesSelect: UInt64 = 0x024
    static let queueSelect: UInt64 = 0x030
    static let queueSizeMaximum: UInt64 = 0x034
    static let queueSize: UInt64 = 0x038
    static let queueReady: UInt64 = 0x044
    static let queueNotify: UInt64 = 0x050
    static let interruptStatus: UInt64 = 0x060
    static let interruptAcknowledge: UInt64 = 0x064
    static let status: UInt64 = 0x070
    static let queueDescriptors: UInt64 = 0x080
    static let queueAvailable: UInt64 = 0x090
    static let queueUsed: UInt64 = 0x0a0
    static let configuration: UInt64 = 0x100
  }

  private enum Status {
    static let acknowledge: UInt32 = 1
    static let driver: UInt32 = 2
    static let driverOK: UInt32 = 4
    static let featuresOK: UInt32 = 8
  }

  /// The device in a slot if it is of this kind. A device that only speaks the legacy interface is said, and passed over.
  init?(in slot: Board.Device, kind: UInt32) {
    base = PhysicalAddress(slot.address).mapped
    interrupt = slot.interrupt
    guard load32(base + Register.magic) == 0x7472_6976, load32(base + Register.kind) == kind else { return nil }
    guard load32(base + Register.version) == 2 else {
      say(
        "the virtio device at \(hex: slot.address) is a legacy one, which this driver does not know (QEMU: -global virtio-mmio.force-legacy=false)"
      )
      return nil
    }
  }

  /// Begins the handshake, accepts those of the features in `wanted` that the device has, and returns them. Version 1 of
  /// the specification is always among what we accept.
  func reset(wanting wanted: UInt32) -> UInt32? {
    store32(base + Register.status, 0)
    store32(base + Register.status, Status.acknowledge | Status.driver)
    store32(base + Register.deviceFeaturesSelect, 0)
    let accepted = load32(base + Register.deviceFeatures) & wanted
    store32(base + Register.driverFeaturesSelect, 0)
    store32(base + Register.driverFeatures, accepted)
    store32(base + Register.driverFeaturesSelect, 1)
    store32(base + Register.driverFeatures, 1)  // bit 32: version 1
    store32(base + Register.status, Status.acknowledge | Status.driver | Status.featuresOK)
    guard load32(base + Register.status) & Status.featuresOK != 0 else { return nil }
    return accepted
  }

  /// Tells the device where a queue lies. Returns false if the device is without it.
  func setUp(_ queue: Virtqueue) -> Bool {
    store32(base + Register.queueSelect, queue.number)
    guard load32(base + Register.queueSizeMaximum) >= UInt32(Virtqueue.size) else { return false }
    store32(base + Register.queueSize, UInt32(Virtqueue.size))
    storeAddress(Register.queueDescriptors, queue.descriptors)
    storeAddress(Register.queueAvailable, queue.available)
    storeAddress(Register.queueUsed, queue.used)
    store32(base + Register.queueReady, 1)
    return true
  }

  private func storeAddress(_ register: UInt64, _ address: PhysicalAddress) {
    store32(base + register, UInt32(truncatingIfNeeded: address.bits))
    store32(base + register + 4, UInt32(truncatingIfNeeded: address.bits >> 32))
  }

  /// Ends the handshake: from now on the device works.
  func start() {
    let done = Status.acknowledge | Status.driver | Status.featuresOK | Status.driverOK
    store32(base + Register.status, done)
  }

  func notify(_ queue: Virtqueue) { store32(base + Register.queueNotify, queue.number) }

  /// Takes the reasons of an interrupt back and returns them: bit 0 a queue, bit 1 the configuration.
  func acknowledgeInterrupt() -> UInt32 {
    let reasons = load32(base + Register.interruptStatus)
    store32(base + Register.interruptAcknowledge, reasons)
    return reasons
  }

  /// Fields of the device's own configuration.
  func configuration(_ offset: UInt64) -> UInt32 { load32(base + Register.configuration + offset) }
  func setConfiguration(_ offset: UInt64, _ value: UInt32) { store32(base + Register.configuration + offset, value) }
}
