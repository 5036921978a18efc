import Machine
import RISCV

/// The simulated physical machine below a monitor: RAM that holds the monitor's tables and the guest's memory, and a physical
/// hart for each virtual one.
///
/// Host-physical addresses: RAM begins where the guest's does, with the monitor's frames; the guest's memory follows.
package final class HostMachine {
  /// All of the host's RAM.
  package let memory: PhysicalMemory
  package let harts: [Hart]
  /// The monitor's frames.
  package let pool: FramePool
  /// The guest's memory: a window of `memory`.
  package let guestMemory: PhysicalMemory
  /// What host-physical addresses of the guest's memory are ahead of guest-physical ones.
  package let guestShift: UInt64

  /// Bytes of the monitor's frames.
  package static let poolSize: UInt64 = 64 << 20

  package init(_ configuration: MachineConfiguration) throws(MachineError) {
    try configuration.validate()
    do {
      memory = try PhysicalMemory(base: MemoryMap.memory, size: Self.poolSize + configuration.memorySize)
    } catch { throw .memoryRefused(error) }
    guestShift = Self.poolSize
    guestMemory = PhysicalMemory(
      windowOf: memory, at: MemoryMap.memory + guestShift, size: configuration.memorySize, base: MemoryMap.memory)
    pool = FramePool(memory, base: MemoryMap.memory, count: Int(Self.poolSize >> 12))
    let (memory, bus) = (memory, EmptyBus())
    harts = (0..<configuration.hartCount).map { index in
      let hart = Hart(
        index: index, memory: memory, svade: configuration.cpu.svade, quirks: configuration.cpu.quirks, resetVector: 0)
      hart.attach(bus)
      hart.becomePhysical()
      return hart
    }
  }

  /// The host-physical address of a place in the guest's memory; nil where the guest has no memory.
  package func hostAddress(of address: GuestPhysicalAddress) -> UInt64? {
    guestMemory.contains(address.value) ? address.value &+ guestShift : nil
  }
}

/// The physical board has no devices that a guest could reach: all that it sees are virtual.
private final class EmptyBus: SystemBus {
  func read(_ address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) -> UInt64 {
    throw BusFault()
  }
  func write(_ value: UInt64, to address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) {
    throw BusFault()
  }
  func fetch(_ address: GuestPhysicalAddress) throws(BusFault) -> UInt16 { throw BusFault() }
}
