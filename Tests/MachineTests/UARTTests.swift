import Machine
import RISCV
import Testing

@Suite("The UART 16550A")
struct UARTTests {
  private let port = FakePort()
  private let plic: PLIC
  private let sink = Sink()
  private let uart: UART16550A

  init() {
    plic = PLIC(port: port)
    let sink = sink
    uart = UART16550A(port: port, line: .init(to: plic, source: 10), agenda: Agenda()) { sink.bytes.append($0) }
  }

  private var line: Bool { plic.level(source: 10) }
  /// Whether the UART has asked for an interrupt; takes the request as a handler would that does nothing else.
  private func takeInterrupt() throws -> Bool {
    try plic.setWord(1, 4 * 10)
    try plic.setWord(1 << 10, 0x2000)
    let source = try plic.word(0x20_0004)
    try plic.setWord(source, 0x20_0004)
    return source == 10
  }
  private func send(_ text: String) { for byte in text.utf8 { uart.receive(byte) } }

  @Test("At reset it is idle: transmitter empty, no interrupt, modem lines up")
  func atReset() throws {
    #expect(try uart.byte(5) == 0x60)
    #expect(try uart.byte(2) == 0x01)
    #expect(try uart.byte(6) == 0xb0)
    #expect(try uart.byte(1) == 0)
    #expect(!line)
  }

  @Test("What is written comes out at once, and a wide access reaches one register", arguments: AccessWidth.allCases)
  func output(width: AccessWidth) throws {
    try uart.write(UInt64(UInt8(ascii: "V")), offset: 0, width: width)
    #expect(sink.text == "V")
    #expect(try uart.read(offset: 5, width: .byte) == 0x60)
  }

  @Test("The divisor latch hides behind DLAB; the scratch register keeps its byte")
  func divisorLatch() throws {
    try uart.setByte(0x83, 3)
    try uart.setByte(0x34, 0)
    try uart.setByte(0x12, 1)
    #expect(try uart.byte(0) == 0x34)
    #expect(try uart.byte(1) == 0x12)
    try uart.setByte(0x03, 3)
    #expect(try uart.byte(1) == 0)
    #expect(sink.bytes.isEmpty)
    try uart.setByte(0xa5, 7)
    #expect(try uart.byte(7) == 0xa5)
    #expect(throws: DeviceFault.self) { try uart.byte(8) }
  }

  @Test("Received bytes come out in order, and data ready falls with the last one")
  func reception() throws {
    try uart.setByte(0x01, 2)
    send("ab")
    #expect(try uart.byte(5) & 1 == 1)
    #expect(try uart.byte(0) == UInt8(ascii: "a"))
    #expect(try uart.byte(0) == UInt8(ascii: "b"))
    #expect(try uart.byte(5) & 1 == 0)
    #expect(try uart.byte(0) == 0)
  }

  @Test("A full FIFO keeps its 16 bytes and reports the overrun once")
  func overrun() throws {
    try uart.setByte(0x01, 2)
    try uart.setByte(0x04, 1)
    send("0123456789abcdefX")
    #expect(line)
    #expect(try uart.byte(2) == 0xc6)
    #expect(try uart.byte(5) == 0x63)
    #expect(try uart.byte(5) == 0x61)
    #expect(!line)
    #expect(try String(decoding: (0..<16).map { _ in try uart.byte(0) }, as: UTF8.self) == "0123456789abcdef")
  }

  @Test("Without FIFOs the newer byte wins")
  func overrunWithoutFIFO() throws {
    send("ab")
    #expect(try uart.byte(5) == 0x63)
    #expect(try uart.byte(0) == UInt8(ascii: "b"))
    #expect(try uart.byte(2) == 0x01)
  }

  @Test("The receive interrupt waits for the trigger level", arguments: [(0, 1), (1, 4), (2, 8), (3, 14)])
  func trigger(setting: UInt8, level: Int) throws {
    try uart.setByte(setting << 6 | 1, 2)
    try uart.setByte(1, 1)
    for _ in 1..<level { uart.receive(0) }
    #expect(!line)
    uart.receive(0)
    #expect(line)
    #expect(try uart.byte(2) == 0xc4)
    _ = try uart.byte(0)
    #expect(!line)
  }

  @Test("Bytes below the trigger level time out after four character times, and reading them ends that")
  func characterTimeout() throws {
    try uart.setByte(0x80, 3)
    try uart.setByte(2, 0)  // 115200 baud
    try uart.setByte(0x03, 3)
    try uart.setByte(0x81, 2)
    try uart.setByte(1, 1)
    port.clock = 1000
    send("ab")
    // 4 characters of 10 bits at 115200 baud: 347.2 microseconds, in units of 10 ns.
    #expect(uart.dueClock == 1000 + 34_722)
    uart.clockReached()
    #expect(!line)
    port.clock = uart.dueClock
    uart.clockReached()
    #expect(line)
    #expect(try uart.byte(2) == 0xcc)
    #expect(try uart.byte(0) == UInt8(ascii: "a"))
    #expect(!line)
    #expect(uart.dueClock == port.clock + 34_722)
    #expect(try uart.byte(0) == UInt8(ascii: "b"))
    #expect(uart.dueClock == .max)
  }

  @Test("Enabling the transmitter interrupt raises it; reading IIR takes it; writing raises it again")
  func transmitterInterrupt() throws {
    try uart.setByte(2, 1)
    #expect(try takeInterrupt())
    #expect(try uart.byte(2) == 0x02)
    #expect(try uart.byte(2) == 0x01)
    #expect(try !takeInterrupt())
    try uart.setByte(UInt8(ascii: "x"), 0)
    #expect(try takeInterrupt())
    #expect(try uart.byte(2) == 0x02)
    // A second enable without a disable between does not raise it.
    try uart.setByte(2, 1)
    #expect(try !takeInterrupt())
    try uart.setByte(0, 1)
    try uart.setByte(2, 1)
    #expect(try takeInterrupt())
  }

  @Test("A driver that never reads IIR, such as xv6's, gets one interrupt for each byte and no storm")
  func transmitterWithoutAcknowledgement() throws {
    try uart.setByte(3, 1)
    #expect(try takeInterrupt())
    #expect(try !takeInterrupt())
    try uart.setByte(UInt8(ascii: "x"), 0)
    #expect(try uart.byte(5) == 0x60)
    #expect(try takeInterrupt())
    #expect(try uart.byte(5) == 0x60)
    #expect(try !takeInterrupt())
    uart.receive(1)
    #expect(try takeInterrupt())
    #expect(try takeInterrupt())
  }

  @Test("A received byte has precedence over the empty transmitter, which interrupts when that byte is read")
  func precedence() throws {
    uart.receive(1)
    try uart.setByte(3, 1)
    #expect(try takeInterrupt())
    #expect(try uart.byte(2) == 0x04)
    _ = try uart.byte(0)
    #expect(!line)
    #expect(try takeInterrupt())
    #expect(try !takeInterrupt())
    #expect(try uart.byte(2) == 0x02)
    #expect(try uart.byte(2) == 0x01)
  }

  @Test("In loopback output comes back as input and modem control becomes modem status")
  func loopback() throws {
    try uart.setByte(0x10, 4)
    try uart.setByte(0x55, 0)
    #expect(sink.bytes.isEmpty)
    #expect(try uart.byte(0) == 0x55)
    #expect(uart.room == 0)
    _ = try uart.byte(6)
    // Linux's test for a UART: OUT2 and RTS appear as carrier and CTS.
    try uart.setByte(0x1a, 4)
    #expect(try uart.byte(6) == 0x99)
    #expect(try uart.byte(6) == 0x90)
    try uart.setByte(0x14, 4)
    // The ring indicator rose: only its fall counts.
    #expect(try uart.byte(6) == 0x49)
    try uart.setByte(0x10, 4)
    #expect(try uart.byte(6) == 0x04)
  }

  @Test("The modem status interrupt follows a change and ends with the reading")
  func modemInterrupt() throws {
    try uart.setByte(8, 1)
    try uart.setByte(0x10, 4)
    #expect(line)
    #expect(try uart.byte(2) == 0x00)
    _ = try uart.byte(6)
    #expect(!line)
  }

  @Test("Clearing or switching the FIFO forgets what was received")
  func clearing() throws {
    try uart.setByte(0x01, 2)
    send("abc")
    try uart.setByte(0x03, 2)
    #expect(try uart.byte(5) & 1 == 0)
    send("d")
    try uart.setByte(0x00, 2)
    #expect(try uart.byte(5) & 1 == 0)
    #expect(try uart.byte(2) >> 6 == 0)
  }

  @Test("There is room for one byte while the guest polls, and for a FIFO full while it takes interrupts")
  func room() throws {
    #expect(uart.room == 1)
    try uart.setByte(0x01, 2)
    #expect(uart.room == 1)
    try uart.setByte(1, 1)
    #expect(uart.room == 16)
    uart.receive(0)
    #expect(uart.room == 0)
  }

  @Test("Reset forgets everything")
  func reset() throws {
    try uart.setByte(0xc1, 2)
    try uart.setByte(0x0f, 1)
    try uart.setByte(0x83, 3)
    send("abc")
    uart.reset()
    #expect(!line)
    #expect(uart.dueClock == .max)
    #expect(try uart.byte(5) == 0x60)
    #expect(try uart.byte(1) == 0)
  }
}
