import RISCV

/// A virtio entropy device (Virtio specification, "Entropy Device"). Its bytes follow from the machine's seed, so that a run can
/// be repeated; they are good for simulations, not for secrets.
package final class VirtioEntropy: VirtioFunction {
  package let name = "entropy"
  package let deviceID: UInt32 = 4
  package let features: UInt64 = 0
  package let queueCount = 1

  private var random: Xoshiro256
  /// A request gets at most so many bytes; the driver is told how many.
  private static let most: UInt64 = 1 << 16

  package init(seed: UInt64) { random = Xoshiro256(seed: seed, stream: 1) }

  package func serve(
    _ chain: VirtioChain, queue: Int, memory: PhysicalMemory
  ) throws(VirtioFault) -> UInt32 {
    let count = min(chain.writable.count, Self.most)
    chain.writable.write(random.bytes(Int(count)), at: 0, to: memory)
    return UInt32(count)
  }
}
