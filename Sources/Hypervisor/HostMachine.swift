import Machine
import RISCV

/// The simulated physical machine below a monitor: RAM that holds the monitor's tables and the guest's memory, and a physical
/// hart for each virtual one.
///
/// Host-physical addresses: RAM begins where the guest's does, with the monitor's frames; those for the guest's memory follow.
package final class HostMachine {
  /// All of the host's RAM.
  package let memory: PhysicalMemory
  package let harts: [Hart]
  /// The monitor's frames.
  package let pool: FramePool
  /// The guest's memory: a view of `memory`, page by page in frames that are given on first touch.
  package let guestMemory: PhysicalMemory
  package let frames: HostFrames

  /// Bytes of the monitor's frames.
  package static let poolSize: UInt64 = 64 << 20

  /// With `usesLargePages` the guest's memory gets its frames in aligned pieces of 2 MiB.
  package init(_ configuration: MachineConfiguration, usesLargePages: Bool = false) throws(MachineError) {
    try configuration.validate()
    do {
      memory = try PhysicalMemory(base: MemoryMap.memory, size: Self.poolSize + configuration.memorySize)
    } catch { throw .memoryRefused(error) }
    guestMemory = PhysicalMemory(viewOf: memory, base: MemoryMap.memory, size: configuration.memorySize)
    pool = FramePool(memory, base: MemoryMap.memory, count: Int(Self.poolSize >> 12))
    frames = HostFrames(
      memory, base: MemoryMap.memory + Self.poolSize, view: guestMemory, usesLargePages: usesLargePages)
    let (memory, bus) = (memory, EmptyBus())
    harts = (0..<configuration.hartCount).map { index in
      let hart = Hart(
        index: index, memory: memory, svade: configuration.cpu.svade, quirks: configuration.cpu.quirks, resetVector: 0)
      hart.attach(bus)
      hart.becomePhysical()
      return hart
    }
  }

  /// The host-physical address of a place in the guest's memory; nil where the guest has no memory, or none that was touched.
  package func hostAddress(of address: GuestPhysicalAddress) -> UInt64? { frames.hostAddress(of: address) }
}

/// The physical board has no devices that a guest could reach: all that it sees are virtual.
final class EmptyBus: SystemBus {
  func read(_ address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) -> UInt64 {
    throw BusFault()
  }
  func write(_ value: UInt64, to address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) {
    throw BusFault()
  }
  func fetch(_ address: GuestPhysicalAddress) throws(BusFault) -> UInt16 { throw BusFault() }
}
