/// Interrupts of this hart, and of the devices through the PLIC (platform-level interrupt controller). All devices
/// interrupt the boot hart.
enum Interrupts {
  // Bits in sie and sip; the cause of an interrupt is the number of its bit.
  static let software: UInt64 = 1 << 1
  static let timer: UInt64 = 1 << 5
  static let external: UInt64 = 1 << 9

  private nonisolated(unsafe) static var plic: UInt64 = 0
  private nonisolated(unsafe) static var context: UInt64 = 0

  static func start(_ board: borrowing Board) {
    guard let device = board.plic else { fail("no interrupt controller (riscv,plic0) in the device tree") }
    plic = PhysicalAddress(device.address).mapped
    context = board.plicContext
    store32(plic + 0x20_0000 + context * 0x1000, 0)  // threshold: every priority is heard
  }

  /// Lets the interrupts of a device through.
  static func enable(_ number: UInt32) {
    store32(plic + UInt64(number) * 4, 1)  // priority
    let word = plic + 0x2000 + context * 0x80 + UInt64(number / 32) * 4
    store32(word, load32(word) | 1 << (number % 32))
  }

  /// Deals with all interrupts that are pending. Returns whether the timer was among them: for a process that runs,
  /// its share of time is over.
  static func handlePending() -> Bool {
    let pending = read_sip() & read_sie()
    if pending & software != 0 { clear_software_interrupt() }  // a call to look for work, no more
    if pending & external != 0 { handleDevices() }
    guard pending & timer != 0 else { return false }
    Timer.cancel()
    return true
  }

  private static func handleDevices() {
    let claim = plic + 0x20_0004 + context * 0x1000
    while true {
      let number = load32(claim)
      if number == 0 { return }
      switch number {
      case UART.interrupt: Keyboard.handleInterrupt()
      case Disk.interrupt: Disk.handleInterrupt()
      case Balloon.interrupt: Balloon.handleInterrupt()
      default: say("interrupt \(number) is nobody's")
      }
      store32(claim, number)
    }
  }
}
