import RISCV

/// A virtio console with one port (Virtio specification, "Console Device"): the guest's second console.
package final class VirtioConsole: VirtioFunction {
  package let name = "console"
  package let deviceID: UInt32 = 3
  package let features: UInt64 = 0
  /// To the guest, and from it.
  package let queueCount = 2
  package static let receiveQueue = 0

  /// What the world types at this console.
  package var input = ConsoleInput()
  /// Called with every byte that the guest writes.
  package var onOutput: ((UInt8) -> Void)?

  private static let piece = 4096

  package init() {}

  package func wantsChain(queue: Int) -> Bool { queue != Self.receiveQueue || !input.isEmpty }

  package func serve(
    _ chain: VirtioChain, queue: Int, memory: PhysicalMemory
  ) throws(VirtioFault) -> UInt32 {
    if queue == Self.receiveQueue {
      let count = min(chain.writable.count, UInt64(input.count))
      let bytes = (0..<count).compactMap { _ in input.removeFirst() }
      chain.writable.write(bytes, at: 0, to: memory)
      return UInt32(truncatingIfNeeded: bytes.count)
    }
    for offset in stride(from: 0, to: chain.readable.count, by: Self.piece) {
      for byte in chain.readable.read(at: offset, count: Self.piece, from: memory) { onOutput?(byte) }
    }
    return 0
  }
}
