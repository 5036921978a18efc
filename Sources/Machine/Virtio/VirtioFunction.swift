import RISCV

/// What a virtio device does, apart from how it is reached: block, network, console, entropy, balloon. The transport owns the queues and calls
/// this with whole chains of buffers, all of which lie in RAM.
package protocol VirtioFunction: AnyObject {
  /// For people, such as `"block"`.
  var name: String { get }
  /// Virtio specification, "Device Types".
  var deviceID: UInt32 { get }
  /// Device-specific feature bits that it offers.
  var features: UInt64 { get }
  var queueCount: Int { get }
  /// Device-specific configuration, little-endian; what lies beyond reads zero.
  var configuration: [UInt8] { get }
  /// The driver writes there; the default ignores it. Returns the queue whose kept chain goes back for it, if any.
  func writeConfiguration(_ bytes: [UInt8], at offset: Int) -> Int?
  /// The driver has read these bytes of the configuration; the default does nothing.
  func configurationWasRead(_ bytes: Range<Int>)
  /// Whether it can make use of a chain of this queue now.
  func wantsChain(queue: Int) -> Bool
  /// A chain of this queue stays with the device once it is served, until the slot's `giveBack`. There is one at a time.
  func keepsChain(queue: Int) -> Bool
  /// Carries out one request. Returns how many bytes it wrote to the chain's writable part.
  func serve(_ chain: VirtioChain, queue: Int, memory: PhysicalMemory) throws(VirtioFault) -> UInt32
  /// What the driver made available has been served, as far as one run goes.
  func finished(queue: Int)
  /// The driver has finished its set-up and accepted `features`; or, with nil, it has reset the device.
  func driverChanged(_ features: UInt64?)
  var fields: [DeviceField] { get }
}

extension VirtioFunction {
  package var configuration: [UInt8] { [] }
  package func writeConfiguration(_ bytes: [UInt8], at offset: Int) -> Int? { nil }
  package func configurationWasRead(_ bytes: Range<Int>) {}
  package func keepsChain(queue: Int) -> Bool { false }
  package func wantsChain(queue: Int) -> Bool { true }
  package func finished(queue: Int) {}
  package func driverChanged(_ features: UInt64?) {}
  package var fields: [DeviceField] { [] }
}

/// The driver broke the protocol; the device asks to be reset (`DEVICE_NEEDS_RESET`).
package struct VirtioFault: Error, Sendable, Equatable {
  /// What the driver did, for `info devices`.
  package var reason: String
  package init(_ reason: String) { self.reason = reason }
}
