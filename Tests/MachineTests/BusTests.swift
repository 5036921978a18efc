import Machine
import RISCV
import Testing

@Suite("The bus")
struct BusTests {
  /// Remembers the latest write and answers with offsets.
  private final class Echo: Device {
    let name = "echo"
    let windowSize: UInt64
    var written: (value: UInt64, offset: UInt64, width: AccessWidth)?
    init(windowSize: UInt64) { self.windowSize = windowSize }
    func reset() {}
    func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 { offset }
    func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
      written = (value, offset, width)
    }
  }

  @Test("Every address finds its window, and the gaps between windows find none")
  func decoding() throws {
    let bus = Bus()
    let (first, second, third) = (Echo(windowSize: 0x100), Echo(windowSize: 0x1000), Echo(windowSize: 8))
    // In no order: the bus sorts.
    bus.attach(second, at: 0x2000)
    bus.attach(third, at: 0xffff_ffff_ffff_fff0)
    bus.attach(first, at: 0x1000)
    #expect(bus.window(at: .init(0x1000))?.device === first)
    #expect(bus.window(at: .init(0x10ff))?.device === first)
    #expect(bus.window(at: .init(0x2fff))?.device === second)
    #expect(bus.window(at: .init(0xffff_ffff_ffff_fff7))?.device === third)
    for address: UInt64 in [0, 0xfff, 0x1100, 0x1fff, 0x3000, 0xffff_ffff_ffff_ffef, .max] {
      #expect(bus.window(at: .init(address)) == nil)
    }
    #expect(try bus.read(.init(0x2010), width: .word, hart: 0) == 0x10)
  }

  @Test("A device sees the low bytes of a store and nothing above them", arguments: AccessWidth.allCases)
  func storesAreCut(width: AccessWidth) throws {
    let bus = Bus()
    let device = bus.attach(Echo(windowSize: 0x100), at: 0x1000)
    try bus.write(0xffee_ddcc_bbaa_9988, to: .init(0x1008), width: width, hart: 0)
    #expect(device.written?.value == 0xffee_ddcc_bbaa_9988 & width.mask)
    #expect(device.written?.offset == 8)
  }

  @Test("Unaligned accesses, gaps, and code in plain devices are refused")
  func refusals() {
    let bus = Bus()
    bus.attach(Echo(windowSize: 0x100), at: 0x1000)
    #expect(throws: BusFault.self) { try bus.read(.init(0x1001), width: .half, hart: 0) }
    #expect(throws: BusFault.self) { try bus.write(0, to: .init(0x1004), width: .double, hart: 0) }
    #expect(throws: BusFault.self) { try bus.read(.init(0x1100), width: .byte, hart: 0) }
    #expect(throws: BusFault.self) { try bus.fetch(.init(0x1000)) }
  }

  @Test("Code is fetched from the boot ROM and from flash only")
  func fetching() throws {
    let bus = Bus()
    bus.attach(BootROM(), at: 0x1000)
    bus.attach(CFIFlash(name: "flash0"), at: 0x2000_0000)
    #expect(try bus.fetch(.init(0x1000)) == 0x0297)
    #expect(try bus.fetch(.init(0x2000_0000)) == 0xffff)
  }

  @Test("The boot ROM holds QEMU's reset vector, its literals and the record of fw_dynamic")
  func bootROM() throws {
    let rom = BootROM()
    rom.set(start: 0x8000_0000, deviceTree: 0x8fe0_0000, next: 0x8020_0000)
    let words = try (0..<6).map { try rom.word(UInt64($0) * 4) }
    #expect(words == [0x0000_0297, 0x0282_8613, 0xf140_2573, 0x0202_b583, 0x0182_b283, 0x0002_8067])
    let doubles = try (0..<8).map { try rom.read(offset: 24 + 8 * UInt64($0), width: .double) }
    #expect(doubles == [0x8000_0000, 0x8fe0_0000, 0x4942_534f, 2, 0x8020_0000, 1, 0, 0])
    #expect(throws: DeviceFault.self) { try rom.setWord(0, 0) }
    #expect(try rom.read(offset: 0xeff8, width: .double) == 0)
  }

  @Test(
    "The finisher tells success, failure with its code, and reset, and ignores the rest",
    arguments: [
      (0x5555, .success), (0x0007_3333, .failure(code: 7)), (0x3333, .failure(code: 0)), (0x7777, .reset),
      (0x1234, nil),
    ] as [(UInt64, ExitRequest?)])
  func finisher(value: UInt64, expected: ExitRequest?) throws {
    var request: ExitRequest?
    let finisher = TestFinisher { request = $0 }
    try finisher.setWord(value, 0)
    #expect(request == expected)
    #expect(throws: DeviceFault.self) { try finisher.write(0x5555, offset: 0, width: .byte) }
    #expect(try finisher.word(0) == 0)
  }
}
