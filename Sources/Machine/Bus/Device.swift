import RISCV

/// A memory-mapped device. It sees offsets into its own window, never guest-physical addresses.
///
/// The bus asks for naturally aligned accesses only, so `offset` is a multiple of the width and the whole access lies inside
/// the window. Nothing that a guest writes may stop the process or make it grow without bound: a device computes with `&+`,
/// checks every range, and refuses by throwing.
package protocol Device: AnyObject {
  /// Name in traces, the device tree and the debugger, such as `"uart0"`.
  var name: String { get }
  /// Size of the register window, in bytes.
  var windowSize: UInt64 { get }
  /// Reads a register, zero-extended. Throws for a width or an offset that the device does not answer.
  func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64
  /// Writes the low `width` bytes of `value`, of which the upper bytes are zero.
  func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault)
  /// Reads one 16-bit parcel of code. Only devices that hold code answer; the default throws.
  func fetch(offset: UInt64) throws(DeviceFault) -> UInt16
  /// Goes back to the state at power-on. Interrupt lines fall.
  func reset()
  /// What `info devices` shows: the registers that matter, in words.
  var fields: [DeviceField] { get }
}

extension Device {
  package func fetch(offset: UInt64) throws(DeviceFault) -> UInt16 { throw DeviceFault() }
  package var fields: [DeviceField] { [] }
}

/// The device refuses the access: an access fault for the guest.
package struct DeviceFault: Error, Sendable {
  package init() {}
}

/// One line of what `info devices` tells about a device.
package struct DeviceField: Sendable, Equatable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: some CustomStringConvertible) {
    self.name = name
    self.value = value.description
  }

  /// A value in hexadecimal.
  package init(_ name: String, hex value: some BinaryInteger) {
    self.name = name
    self.value = "0x" + String(value, radix: 16)
  }
}

/// A device that has something to do at a certain time, or at the next turn border.
package protocol TimedDevice: Device {
  /// When the device wants `clockReached`, in clock units; `.max` for never.
  var dueClock: UInt64 { get }
  /// Called at the first turn border at or after `dueClock`, and perhaps earlier: the device looks at the clock itself.
  func clockReached()
}

/// The earliest time at which any device of a board wants to be called, so that a turn border costs one comparison.
package final class Agenda {
  /// In clock units; never later than the earliest `dueClock` of the board's devices, perhaps earlier.
  package private(set) var earliest: UInt64 = .max

  package init() {}

  /// A device tells that its `dueClock` is now `clock`.
  package func note(_ clock: UInt64) { earliest = min(earliest, clock) }
  /// The board has called everyone who was due: start over from the exact minimum.
  func restart(at clock: UInt64) { earliest = clock }
}
