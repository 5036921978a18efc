import RISCV

/// A virtio network device without offloads (Virtio specification, "Network Device"). Its cable ends in `port`.
package final class VirtioNetwork: VirtioFunction {
  package let name = "network"
  package let deviceID: UInt32 = 1
  /// MAC and STATUS.
  package let features: UInt64 = 1 << 5 | 1 << 16
  /// To the guest, and from it.
  package let queueCount = 2
  package static let receiveQueue = 0

  package let address: MACAddress
  package let port = NetworkPort()

  /// Before each frame in a buffer. `num_buffers`, its last field, is 1 for what is received; a driver that has not accepted
  /// VERSION_1 does not know that field (Virtio specification, "Legacy Interface: Device Operation").
  private var header = VirtioNetwork.fullHeader
  private static let fullHeader: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]

  package init(address: MACAddress) { self.address = address }

  /// The address, and that the link is up.
  package var configuration: [UInt8] { address.bytes + [1, 0] }

  package func driverChanged(_ features: UInt64?) {
    guard let features else { return }
    header = features & 1 << 32 == 0 ? Array(Self.fullHeader.dropLast(2)) : Self.fullHeader
  }

  package func wantsChain(queue: Int) -> Bool { queue != Self.receiveQueue || port.hasFrames }

  package func serve(
    _ chain: VirtioChain, queue: Int, memory: PhysicalMemory
  ) throws(VirtioFault) -> UInt32 {
    queue == Self.receiveQueue ? receive(chain, memory) : transmit(chain, memory)
  }

  private func transmit(_ chain: VirtioChain, _ memory: PhysicalMemory) -> UInt32 {
    // One byte more than any frame has: what is longer is seen to be, and dropped.
    port.send(
      chain.readable.read(
        at: UInt64(header.count), count: NetworkPort.frameSizes.upperBound + 1, from: memory))
    return 0
  }

  private func receive(_ chain: VirtioChain, _ memory: PhysicalMemory) -> UInt32 {
    guard let frame = port.takeFrame() else { return 0 }
    let bytes = header + frame
    guard UInt64(bytes.count) <= chain.writable.count else {
      port.noteDropped()
      return 0
    }
    chain.writable.write(bytes, at: 0, to: memory)
    return UInt32(bytes.count)
  }

  package var fields: [DeviceField] {
    [
      DeviceField("address", address), .init("cable", port.network == nil ? "loose" : "in a switch"),
      .init("sent", port.sentCount), .init("received", port.receivedCount), .init("dropped", port.droppedCount),
    ]
  }
}
