/// What answers a physical access that is not RAM: the board's devices.
///
/// A hart calls it with naturally aligned accesses only, and only from the step path, so that the clock and the retired
/// count are exact while a device looks at them.
package protocol SystemBus: AnyObject {
  /// Reads `width` bytes, zero-extended. Throws when nothing answers there.
  func read(_ address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault) -> UInt64
  /// Writes the low `width` bytes of `value`. Throws when nothing answers there.
  func write(_ value: UInt64, to address: GuestPhysicalAddress, width: AccessWidth, hart: Int) throws(BusFault)
  /// Reads one 16-bit parcel of code, for devices that hold code (boot ROM, flash). Throws for all others.
  func fetch(_ address: GuestPhysicalAddress) throws(BusFault) -> UInt16
}

/// No device answers at this address, or the device refuses the access: an access fault for the guest.
package struct BusFault: Error, Sendable {
  package init() {}
}

/// What devices may do to the harts of their board.
package protocol HartPort: AnyObject {
  var hartCount: Int { get }
  /// Drives one of the wires `machineSoftware`, `machineExternal`, `supervisorExternal` of a hart.
  func setInterrupt(_ interrupt: Interrupt, level: Bool, hart: Int)
  /// The hart's `mtimecmp`, in ticks. All ones at reset.
  func timerCompare(hart: Int) -> UInt64
  func setTimerCompare(_ ticks: UInt64, hart: Int)
  /// The value of `mtime`, in ticks of 100 ns, exact at the instruction that reads it.
  var time: UInt64 { get set }
  /// The guest's clock, in clock units (ten to a tick). Unlike `time` the guest cannot set it, so devices wait by it.
  var clock: UInt64 { get }
  /// Tells an observer, if there is one, what a device did; it belongs to the hart that runs, or will run next.
  func report(_ kind: Event.Kind)
}

extension HartPort {
  package func report(_ kind: Event.Kind) {}
}
