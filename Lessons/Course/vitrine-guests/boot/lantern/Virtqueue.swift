/// A split virtqueue: how a driver hands buffers to a device and gets them back. Virtual I/O Device Specification, "Split
/// Virtqueues". Its three parts share one page:
///
///     0     descriptors: address, length, flags and next, of each buffer; 16 bytes each
///     1024  available ring: chains of buffers from the driver to the device
///     2048  used ring: the same chains back again
///
/// One chain is on its way at a time, always from descriptor 0 on: this kernel needs no more.
struct Virtqueue {
  static let size = 8

  let number: UInt32
  private let page: PhysicalAddress
  /// Chains that were handed over, and that came back, since the start. The rings' own counters are 16 bits of these.
  private var handedOver: UInt16 = 0
  private var cameBack: UInt16 = 0

  var descriptors: PhysicalAddress { page }
  var available: PhysicalAddress { PhysicalAddress(page.bits + 1024) }
  var used: PhysicalAddress { PhysicalAddress(page.bits + 2048) }

  init(number: UInt32) {
    self.number = number
    page = PageAllocator.allocateForever(bytes: pageSize)
  }

  private enum Flag {
    static let next: UInt64 = 1
    static let deviceWrites: UInt64 = 2
  }

  /// Describes one buffer of the chain.
  func describe(_ index: UInt64, _ buffer: PhysicalAddress, count: UInt64, deviceWrites: Bool, isLast: Bool) {
    let place = descriptors.mapped + index * 16
    var flags = deviceWrites ? Flag.deviceWrites : 0
    if !isLast { flags |= Flag.next }
    store64(place, buffer.bits)
    store64(place + 8, count | flags << 32 | (index + 1) << 48)
  }

  /// Hands the chain to the device, which wants to be notified then.
  mutating func handOver() {
    let ring = UnsafeMutablePointer<UInt16>(bitPattern: UInt(available.mapped))!
    ring[2 + Int(handedOver) % Virtqueue.size] = 0  // the chain begins at descriptor 0
    fence_all()  // what the index promises has to be there
    handedOver &+= 1
    store32(available.mapped, UInt32(handedOver) << 16)  // the index; the flags are 0
    fence_all()
  }

  /// Whether the device has given the chain back.
  mutating func takeBack() -> Bool {
    guard load16(used.mapped + 2) != cameBack else { return false }
    fence_all()
    cameBack &+= 1
    return true
  }

  var isBusy: Bool { handedOver != cameBack }
}
