/// The serial line: a 16550A. Output waits for room; input comes by interrupt.
enum UART {
  private nonisolated(unsafe) static var base: UInt64 = 0
  private(set) nonisolated(unsafe) static var interrupt: UInt32 = 0

  /// Whether the device tree has told where it is.
  static var isReady: Bool { base != 0 }

  // Registers, by their offsets. The divisor, the line's format and the FIFO stay as the
  // firmware has set them: to switch the FIFO would throw away what has been typed already.
  private static let data: UInt64 = 0
  private static let interruptEnable: UInt64 = 1
  private static let modemControl: UInt64 = 4
  private static let lineStatus: UInt64 = 5
  private static let dataReady: UInt8 = 1 << 0
  private static let transmitterEmpty: UInt8 = 1 << 5

  static func start(_ device: Board.Device) {
    base = PhysicalAddress(device.address).mapped
    interrupt = device.interrupt
    store8(base + modemControl, 1 << 3)  // lets the interrupt out of the chip
    store8(base + interruptEnable, 0)
  }

  static func put(_ byte: UInt8) {
    while load8(base + lineStatus) & transmitterEmpty == 0 {}
    store8(base + data, byte)
  }

  /// The next byte that has come in, or nil.
  static func take() -> UInt8? {
    guard load8(base + lineStatus) & dataReady != 0 else { return nil }
    return load8(base + data)
  }

  /// Whether bytes that come in raise an interrupt. While they do not, they wait in the chip, and the sender with them.
  static func setInputInterrupt(_ enabled: Bool) {
    store8(base + interruptEnable, enabled ? 1 : 0)
  }
}
