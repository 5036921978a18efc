import RISCV

/// The serial port, a National Semiconductor 16550A with FIFOs of 16 bytes, clocked at 3.6864 MHz; `uart0`, line 10.
///
/// Transmission takes no time: what the guest writes is on the console at once, and the transmitter is always empty. Reception
/// is paced by the board. The character timeout is the real one, four character times at the divisor set, in guest time.
/// The empty transmitter interrupts by a pulse where the data sheet has a level: xv6 never reads the interrupt identification
/// that would end the level, and lives because QEMU's PLIC does not look at the level again on completion.
/// Registers are bytes at offsets 0...7; a wider access reaches the one register at its offset, as on QEMU.
package final class UART16550A: TimedDevice {
  package let name = "uart0"
  package let windowSize: UInt64 = 0x100
  /// The clock that the divisor divides, in Hz; the device tree says so too.
  package static let clockFrequency: UInt64 = 3_686_400

  private unowned let port: any HartPort
  private let line: InterruptLine
  private let agenda: Agenda
  private let onOutput: (UInt8) -> Void

  private var received = ReceiveFIFO()
  private var interruptEnable: UInt8 = 0
  private var fifoControl: UInt8 = 0
  private var lineControl: UInt8 = 0
  private var modemControl: UInt8 = 0
  private var modemStatus: UInt8 = 0
  private var scratch: UInt8 = 0
  private var divisor: UInt16 = 12
  private var overrun = false
  /// The transmitter became empty and nobody has been told.
  private var transmitterEmptied = false
  private var timedOut = false
  /// What `pendingInterrupt` was at the latest update.
  private var latestInterrupt: UInt8 = 1
  /// When the receive FIFO was last touched, in clock units.
  private var lastActivity: UInt64 = 0
  package private(set) var dueClock: UInt64 = .max

  package init(port: any HartPort, line: InterruptLine, agenda: Agenda, onOutput: @escaping (UInt8) -> Void) {
    self.port = port
    self.line = line
    self.agenda = agenda
    self.onOutput = onOutput
    reset()
  }

  package func reset() {
    received = ReceiveFIFO()
    interruptEnable = 0
    fifoControl = 0
    lineControl = 0
    modemControl = 0
    modemStatus = Self.connected
    scratch = 0
    divisor = 12
    overrun = false
    transmitterEmptied = false
    timedOut = false
    dueClock = .max
    update()
  }

  // MARK: Reception

  /// How many bytes the far end may send now: none while the last ones lie unread, one to a guest that polls (it may clear
  /// its FIFO at every layer of a boot, and what is inside is lost), a FIFO full to one that takes receive interrupts.
  package var room: Int {
    guard received.isEmpty, modemControl & ModemControl.loop == 0 else { return 0 }
    return hasFIFO && interruptEnable & InterruptEnable.received != 0 ? ReceiveFIFO.depth : 1
  }

  /// A byte comes in on the wire.
  package func receive(_ byte: UInt8) {
    if received.append(byte, capacity: hasFIFO ? ReceiveFIFO.depth : 1) { overrun = true }
    touchReceiver()
    update()
  }

  private var hasFIFO: Bool { fifoControl & FIFOControl.enable != 0 }

  private var trigger: Int {
    switch fifoControl >> 6 {
    case 0: 1
    case 1: 4
    case 2: 8
    default: 14
    }
  }

  /// Starts the character timeout over.
  private func touchReceiver() {
    timedOut = false
    lastActivity = port.clock
    dueClock = .max
    guard hasFIFO, !received.isEmpty, received.count < trigger else { return }
    let wordLength = 5 + UInt64(lineControl & 3)
    let bits = 1 + wordLength + (lineControl & 8 != 0 ? 1 : 0) + (lineControl & 4 != 0 ? 2 : 1)
    dueClock = lastActivity &+ 4 * bits * UInt64(max(divisor, 1)) * 16 * 100_000_000 / Self.clockFrequency
    agenda.note(dueClock)
  }

  package func clockReached() {
    guard dueClock <= port.clock else { return }
    dueClock = .max
    timedOut = true
    update()
  }

  // MARK: Interrupts

  /// The highest pending source as the low nibble of the interrupt identification register; 1 for none.
  private var pendingInterrupt: UInt8 {
    if interruptEnable & InterruptEnable.lineStatus != 0, overrun { return 0x6 }
    if interruptEnable & InterruptEnable.received != 0 {
      if timedOut { return 0xc }
      if received.count >= (hasFIFO ? trigger : 1) { return 0x4 }
    }
    if interruptEnable & InterruptEnable.transmitterEmpty != 0, transmitterEmptied { return 0x2 }
    if interruptEnable & InterruptEnable.modemStatus != 0, modemStatus & 0xf != 0 { return 0x0 }
    return 0x1
  }

  private func update() {
    let interrupt = pendingInterrupt
    line.set(interrupt != 0x1 && interrupt != 0x2)
    if interrupt == 0x2, latestInterrupt != 0x2 { line.pulse() }
    latestInterrupt = interrupt
  }

  // MARK: Registers

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    let latches = lineControl & LineControl.divisorLatch != 0
    switch offset {
    case 0 where latches: return UInt64(divisor & 0xff)
    case 1 where latches: return UInt64(divisor >> 8)
    case 0: return UInt64(takeReceived())
    case 1: return UInt64(interruptEnable)
    case 2: return UInt64(identifyInterrupt())
    case 3: return UInt64(lineControl)
    case 4: return UInt64(modemControl)
    case 5: return UInt64(takeLineStatus())
    case 6: return UInt64(takeModemStatus())
    case 7: return UInt64(scratch)
    default: throw DeviceFault()
    }
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    let byte = UInt8(truncatingIfNeeded: value)
    let latches = lineControl & LineControl.divisorLatch != 0
    switch offset {
    case 0 where latches: divisor = divisor & 0xff00 | UInt16(byte)
    case 1 where latches: divisor = divisor & 0x00ff | UInt16(byte) << 8
    case 0: transmit(byte)
    case 1: setInterruptEnable(byte & 0xf)
    case 2: setFIFOControl(byte)
    case 3: lineControl = byte
    case 4: setModemControl(byte & 0x1f)
    case 5, 6: break  // Status registers: for factory tests only.
    case 7: scratch = byte
    default: throw DeviceFault()
    }
    update()
  }

  private func takeReceived() -> UInt8 {
    let byte = received.removeFirst() ?? 0
    touchReceiver()
    update()
    return byte
  }

  private func transmit(_ byte: UInt8) {
    if modemControl & ModemControl.loop != 0 { receive(byte) } else { onOutput(byte) }
    // The write answers one interrupt, and the byte's departure raises the next.
    transmitterEmptied = false
    update()
    transmitterEmptied = true
  }

  private func setInterruptEnable(_ value: UInt8) {
    // Switching the interrupt on while the transmitter is empty raises it: drivers start their output with that.
    if value & ~interruptEnable & InterruptEnable.transmitterEmpty != 0 { transmitterEmptied = true }
    interruptEnable = value
  }

  private func identifyInterrupt() -> UInt8 {
    let source = pendingInterrupt
    if source == 0x2 {
      transmitterEmptied = false
      update()
    }
    return source | (hasFIFO ? 0xc0 : 0)
  }

  private func setFIFOControl(_ value: UInt8) {
    let changed = (value ^ fifoControl) & FIFOControl.enable != 0
    if changed || value & FIFOControl.clearReceiver != 0 { received = ReceiveFIFO() }
    if changed || value & FIFOControl.clearTransmitter != 0 { transmitterEmptied = true }
    // The other bits are programmed only together with the enable bit.
    fifoControl = value & FIFOControl.enable != 0 ? value & 0xc9 : 0
    touchReceiver()
  }

  private func takeLineStatus() -> UInt8 {
    let status = (received.isEmpty ? 0 : 0x01) | (overrun ? 0x02 : 0) | 0x60
    overrun = false
    update()
    return UInt8(status)
  }

  // MARK: Modem lines

  /// Clear to send, data set ready and carrier: somebody listens at the far end.
  private static let connected: UInt8 = 0xb0

  private func setModemControl(_ value: UInt8) {
    modemControl = value
    var lines = Self.connected
    if value & ModemControl.loop != 0 {
      // DTR drives DSR, RTS drives CTS, OUT1 the ring indicator, OUT2 the carrier.
      lines = (value & 1) << 5 | (value & 2) << 3 | (value & 4) << 4 | (value & 8) << 4
    }
    let old = modemStatus & 0xf0
    // The ring indicator counts only its trailing edge.
    let changed = (old ^ lines) & ~0x40 | old & ~lines & 0x40
    modemStatus = lines | modemStatus & 0xf | changed >> 4
  }

  private func takeModemStatus() -> UInt8 {
    let status = modemStatus
    modemStatus &= 0xf0
    update()
    return status
  }

  package var fields: [DeviceField] {
    [
      .init("IER", hex: interruptEnable), .init("FCR", hex: fifoControl), .init("LCR", hex: lineControl),
      .init("MCR", hex: modemControl), .init("MSR", hex: modemStatus), .init("SCR", hex: scratch),
      .init("divisor", divisor), .init("receive FIFO", "\(received.count) bytes"),
      .init("interrupt", pendingInterrupt == 1 ? "none" : "pending, IIR 0x\(String(pendingInterrupt, radix: 16))"),
    ]
  }
}

private enum InterruptEnable {
  static let received: UInt8 = 1
  static let transmitterEmpty: UInt8 = 2
  static let lineStatus: UInt8 = 4
  static let modemStatus: UInt8 = 8
}

private enum FIFOControl {
  static let enable: UInt8 = 1
  static let clearReceiver: UInt8 = 2
  static let clearTransmitter: UInt8 = 4
}

private enum LineControl {
  static let divisorLatch: UInt8 = 0x80
}

private enum ModemControl {
  static let loop: UInt8 = 0x10
}

/// Up to 16 received bytes, first in, first out.
private struct ReceiveFIFO {
  static let depth = 16
  private var bytes: [UInt8] = []

  var count: Int { bytes.count }
  var isEmpty: Bool { bytes.isEmpty }

  mutating func removeFirst() -> UInt8? { bytes.isEmpty ? nil : bytes.removeFirst() }

  /// Adds a byte; returns whether one was lost: the new one with FIFOs on, the old one where there is a single register.
  mutating func append(_ byte: UInt8, capacity: Int) -> Bool {
    if bytes.count < capacity {
      bytes.append(byte)
      return false
    }
    if capacity == 1 { bytes[0] = byte }
    return true
  }
}
