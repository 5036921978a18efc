import Machine
import RISCV
import Testing

@Suite("The real-time clock")
struct GoldfishRTCTests {
  private let port = FakePort()
  private let plic: PLIC
  private let rtc: GoldfishRTC

  init() {
    plic = PLIC(port: port)
    rtc = GoldfishRTC(port: port, line: .init(to: plic, source: 11), agenda: Agenda())
  }

  private func now() throws -> UInt64 { try rtc.word(0) | rtc.word(4) << 32 }

  @Test("It starts with the year 2000 and runs with the guest's clock")
  func time() throws {
    #expect(try now() == 946_684_800_000_000_000)
    port.clock = 100_000_000
    #expect(try now() == 946_684_801_000_000_000)
  }

  @Test("Setting mtime does not move it")
  func independentOfTime() throws {
    port.time = 1_000_000
    #expect(try now() == GoldfishRTC.epoch)
  }

  @Test("Reading the low half latches the high half")
  func latch() throws {
    try rtc.setWord(0xffff_ffff, 0)
    try rtc.setWord(1, 4)
    #expect(try rtc.word(0) == 0xffff_ffff)
    port.clock = 1
    #expect(try rtc.word(4) == 1)
    #expect(try now() == 0x2_0000_0009)
  }

  @Test("The alarm rings at its time, once, if it is enabled")
  func alarm() throws {
    try rtc.setWord(1, 0x10)
    let time = GoldfishRTC.epoch + 12_345
    try rtc.setWord(time >> 32, 0x0c)
    try rtc.setWord(time & 0xffff_ffff, 0x08)
    #expect(try rtc.word(0x18) == 1)
    #expect(rtc.dueClock == 1235)
    port.clock = 1234
    rtc.clockReached()
    #expect(!plic.level(source: 11))
    port.clock = 1235
    rtc.clockReached()
    #expect(plic.level(source: 11))
    #expect(try rtc.word(0x18) == 0)
    try rtc.setWord(1, 0x1c)
    #expect(!plic.level(source: 11))
    #expect(rtc.dueClock == .max)
  }

  @Test("An alarm in the past rings at once, and a cleared one never")
  func pastAndCleared() throws {
    try rtc.setWord(1, 0x10)
    try rtc.setWord(0, 0x08)
    #expect(plic.level(source: 11))
    rtc.reset()
    #expect(!plic.level(source: 11))
    try rtc.setWord(0xffff_ffff, 0x0c)
    try rtc.setWord(0xffff_ffff, 0x08)
    // No clock will ever say so much.
    #expect(rtc.dueClock > 1 << 60)
    try rtc.setWord(1, 0x14)
    #expect(rtc.dueClock == .max)
  }

  @Test("Only words are answered")
  func widths() {
    #expect(throws: DeviceFault.self) { try rtc.byte(0) }
    #expect(throws: DeviceFault.self) { try rtc.read(offset: 0, width: .double) }
  }
}
