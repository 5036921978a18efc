import Machine
import RISCV
import Testing

@Suite("The CLINT")
struct CLINTTests {
  @Test("Each hart's msip drives its software interrupt, and only bit 0 counts")
  func softwareInterrupts() throws {
    let port = FakePort(hartCount: 3)
    let clint = CLINT(port: port)
    try clint.setWord(0xffff_ffff, 4)
    #expect((0..<3).map { port.isHigh(.machineSoftware, hart: $0) } == [false, true, false])
    #expect(try clint.word(4) == 1)
    try clint.setWord(2, 4)
    #expect(!port.isHigh(.machineSoftware, hart: 1))
    try clint.write(0x1_0000_0001, offset: 0, width: .double)
    #expect((0..<3).map { port.isHigh(.machineSoftware, hart: $0) } == [true, true, false])
    #expect(try clint.read(offset: 0, width: .double) == 0x1_0000_0001)
  }

  @Test("mtimecmp and mtime are read and written whole or by halves")
  func timers() throws {
    let port = FakePort(hartCount: 2)
    let clint = CLINT(port: port)
    try clint.write(0x1122_3344_5566_7788, offset: 0x4008, width: .double)
    #expect(port.timerCompare(hart: 1) == 0x1122_3344_5566_7788)
    #expect(port.timerCompare(hart: 0) == .max)
    try clint.setWord(0xaaaa_bbbb, 0x400c)
    try clint.setWord(0xcccc_dddd, 0x4008)
    #expect(port.timerCompare(hart: 1) == 0xaaaa_bbbb_cccc_dddd)
    #expect(try clint.word(0x400c) == 0xaaaa_bbbb)

    port.clock = 1230
    #expect(try clint.read(offset: 0xbff8, width: .double) == 123)
    try clint.setWord(5, 0xbffc)
    #expect(try clint.word(0xbffc) == 5)
    #expect(try clint.word(0xbff8) == 123)
  }

  @Test("What belongs to no hart reads zero and ignores writes")
  func reserved() throws {
    let clint = CLINT(port: FakePort(hartCount: 1))
    for offset: UInt64 in [4, 0x3ff8, 0x4008, 0x8000, 0xbff0, 0xc000, 0xfff8] {
      try clint.setWord(0xffff_ffff, offset)
      #expect(try clint.word(offset) == 0)
    }
    #expect(throws: DeviceFault.self) { try clint.byte(0) }
    #expect(throws: DeviceFault.self) { try clint.write(0, offset: 0x4000, width: .half) }
  }

  @Test("Reset lowers the wires and forgets the timers")
  func reset() throws {
    let port = FakePort()
    let clint = CLINT(port: port)
    try clint.setWord(1, 0)
    try clint.write(7, offset: 0x4000, width: .double)
    clint.reset()
    #expect(!port.isHigh(.machineSoftware))
    #expect(port.timerCompare(hart: 0) == .max)
  }
}
