/// The disk: a virtio block device, read a page at a time.
enum Disk {
  static let sectorSize: UInt64 = 512

  private nonisolated(unsafe) static var device: VirtioDevice?
  private nonisolated(unsafe) static var queue: Virtqueue?
  private nonisolated(unsafe) static var isBusy = false
  private nonisolated(unsafe) static var isDone = false
  /// Two of the three buffers of a request: what is wanted, and how it went.
  private nonisolated(unsafe) static var request = PhysicalAddress(0)

  static var interrupt: UInt32 { device?.interrupt ?? UInt32.max }

  /// Where in the configuration the number of sectors is.
  private static let capacityField: UInt64 = 0
  private(set) nonisolated(unsafe) static var sectors: UInt64 = 0

  /// Takes the block device in a slot into use. Returns false if there is none.
  static func start(in slot: Board.Device) -> Bool {
    guard let device = VirtioDevice(in: slot, kind: VirtioDevice.Kind.block) else { return false }
    guard device.reset(wanting: 0) != nil else { return false }
    let queue = Virtqueue(number: 0)
    guard device.setUp(queue) else { return false }
    device.start()
    sectors = UInt64(device.configuration(capacityField)) | UInt64(device.configuration(capacityField + 4)) << 32
    request = PageAllocator.allocateForever(bytes: pageSize)
    self.device = device
    self.queue = queue
    Interrupts.enable(device.interrupt)
    return true
  }

  /// Reads up to eight sectors into a page. Several processes may want to; they wait for one another.
  static func read(sector: UInt64, count: UInt64, into page: PhysicalAddress) throws(Failure) {
    guard count > 0 && count <= pageSize / sectorSize && sector < sectors && count <= sectors - sector else {
      throw .deviceError
    }
    while isBusy { Scheduler.wait(for: .diskFree) }
    isBusy = true
    isDone = false

    // The request: a header of 16 bytes that the device reads (0: read; the sector), the data, and a byte of status.
    let statusPlace = PhysicalAddress(request.bits + 16)
    store64(request.mapped, 0)
    store64(request.mapped + 8, sector)
    store8(statusPlace.mapped, 0xff)
    queue!.describe(0, request, count: 16, deviceWrites: false, isLast: false)
    queue!.describe(1, page, count: count * sectorSize, deviceWrites: true, isLast: false)
    queue!.describe(2, statusPlace, count: 1, deviceWrites: true, isLast: true)
    queue!.handOver()
    device!.notify(queue!)

    waitUntilDone()
    let status = load8(statusPlace.mapped)
    isBusy = false
    Scheduler.wake(.diskFree)
    if status != 0 { throw .deviceError }
  }

  /// A process sleeps until the interrupt. While the kernel starts there is none that could: it asks again and again.
  private static func waitUntilDone() {
    while !isDone {
      if currentHart.pointee.process != nil { Scheduler.wait(for: .diskDone) } else { handleInterrupt() }
    }
  }

  static func handleInterrupt() {
    guard let device else { return }
    _ = device.acknowledgeInterrupt()
    guard queue!.takeBack() else { return }
    isDone = true
    Scheduler.wake(.diskDone)
  }
}
