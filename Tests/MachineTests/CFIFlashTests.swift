import Machine
import RISCV
import Testing

@Suite("The flash")
struct CFIFlashTests {
  private let flash = CFIFlash(name: "flash0")
  private let sector = UInt64(CFIFlash.sectorSize)

  private func query(_ address: UInt64) throws -> UInt8 { UInt8(try flash.word(address * 4) & 0xff) }

  @Test("It answers U-Boot's CFI probe with both chips")
  func probe() throws {
    try flash.setWord(0x00f0_00f0, 0)
    try flash.setWord(0x0098_0098, 0x55 * 4)
    #expect(try flash.word(0x10 * 4) == 0x0051_0051)
    #expect(try flash.word(0x11 * 4) == 0x0052_0052)
    #expect(try flash.word(0x12 * 4) == 0x0059_0059)
    #expect(try flash.read(offset: 0x10 * 4, width: .double) == 0x0052_0052_0051_0051)
    #expect(try flash.read(offset: 0x10 * 4 + 2, width: .half) == 0x51)
    #expect(try query(0x13) == 1)
    // Two chips of the answered size make the bank; regions times their size too.
    #expect(UInt64(2) << UInt64(try query(0x27)) == CFIFlash.byteCount)
    let count = 1 + UInt64(try query(0x2d)) + UInt64(try query(0x2e)) << 8
    let size = UInt64(try query(0x2f)) << 8 + UInt64(try query(0x30)) << 16
    #expect(count * size * 2 == CFIFlash.byteCount)
    #expect(size * 2 == sector)
    try flash.setWord(0x00ff_00ff, 0)
    #expect(try flash.word(0) == 0xffff_ffff)
  }

  @Test("It tells its maker and device")
  func identity() throws {
    try flash.setWord(0x0090_0090, 0)
    #expect(try flash.word(0) == 0x0089_0089)
    #expect(try flash.word(4) == 0x0018_0018)
    #expect(try flash.word(8) == 0)
    try flash.setWord(0x00ff_00ff, 0)
  }

  @Test("Programming clears bits, erasing sets those of the whole sector")
  func programAndErase() throws {
    try flash.setWord(0x0040_0040, sector)
    try flash.setWord(0x1234_5678, sector)
    #expect(try flash.word(sector) == 0x0080_0080)
    try flash.setWord(0x0040_0040, sector)
    try flash.setWord(0xffff_0000, sector)
    try flash.setWord(0x00ff_00ff, 0)
    #expect(try flash.word(sector) == 0x1234_0000)
    #expect(try flash.word(sector + 4) == 0xffff_ffff)

    try flash.setWord(0x0020_0020, sector + 0x100)
    try flash.setWord(0x00d0_00d0, sector + 0x100)
    #expect(try flash.word(sector) == 0x0080_0080)
    try flash.setWord(0x00ff_00ff, 0)
    #expect(try flash.word(sector) == 0xffff_ffff)
  }

  @Test("A buffered program takes effect when it is confirmed, not before")
  func bufferedProgram() throws {
    try flash.setWord(0x00e8_00e8, 0)
    #expect(try flash.word(0) == 0x0080_0080)
    try flash.setWord(0x0001_0001, 0)
    try flash.setWord(0xaaaa_5555, 0x20)
    try flash.setWord(0x1111_2222, 0x24)
    try flash.setWord(0x00d0_00d0, 0)
    #expect(try flash.word(0) == 0x0080_0080)
    try flash.setWord(0x00ff_00ff, 0)
    #expect(try flash.read(offset: 0x20, width: .double) == 0x1111_2222_aaaa_5555)

    try flash.setWord(0x00e8_00e8, 0)
    try flash.setWord(0, 0)
    try flash.setWord(0, 0x40)
    try flash.setWord(0x00ff_00ff, 0)
    #expect(try flash.word(0) & 0x30 != 0)
    try flash.setWord(0x0050_0050, 0)
    #expect(try flash.word(0x40) == 0xffff_ffff)
  }

  @Test("An unconfirmed erase erases nothing and reports a sequence error")
  func eraseError() throws {
    try flash.setWord(0x0040_0040, 0)
    try flash.setWord(0, 0)
    try flash.setWord(0x0020_0020, 0)
    try flash.setWord(0x0042_0042, 0)
    #expect(try flash.word(0) == 0x00b0_00b0)
    try flash.setWord(0x0050_0050, 0)
    #expect(try flash.word(0) == 0)
  }

  @Test("Contents outlive a reset, a command does not")
  func reset() throws {
    try flash.setByte(0x40, 3)
    try flash.setByte(0x12, 3)
    try flash.setByte(0x98, 0)
    flash.reset()
    #expect(try flash.word(0) == 0x12ff_ffff)
    #expect(try flash.fetch(offset: 2) == 0x12ff)
  }

  @Test("Random commands, at the edges too, never stop the process or take more than the bank")
  func fuzz() throws {
    var random = Xoshiro256(seed: 7, stream: 0)
    let commands: [UInt64] = [0x10, 0x20, 0x40, 0x50, 0x60, 0x70, 0x90, 0x98, 0xe8, 0xd0, 0xff, 0xf0, 0x01]
    for _ in 0..<20_000 {
      let choice = random.next()
      let width = AccessWidth.allCases[Int(choice & 3)]
      // A few sectors at both ends.
      let place = choice >> 8 & 0x7_ffff
      let offset = (choice >> 4 & 1 == 0 ? place : CFIFlash.byteCount - 1 - place) & ~(UInt64(width.rawValue) - 1)
      let command = commands[Int(choice >> 32 & 0xff) % commands.count]
      let value = choice >> 5 & 1 == 0 ? command * 0x1_0001 : random.next()
      try flash.write(value & width.mask, offset: offset, width: width)
      _ = try flash.read(offset: offset, width: width)
    }
    #expect(flash.fields.count == 3)
  }
}
