import Machine
import RISCV
import Testing

@Suite("The PLIC")
struct PLICTests {
  private let port = FakePort(hartCount: 2)
  private let plic: PLIC

  init() { plic = PLIC(port: port) }

  private func setPriority(_ source: Int, _ priority: UInt64) throws { try plic.setWord(priority, 4 * UInt64(source)) }
  private func enable(_ sources: Int..., context: Int) throws {
    for word in 0..<4 {
      let bits = sources.filter { $0 / 32 == word }.reduce(UInt64(0)) { $0 | 1 << UInt64($1 % 32) }
      try plic.setWord(bits, 0x2000 + 0x80 * UInt64(context) + 4 * UInt64(word))
    }
  }
  private func claim(context: Int) throws -> Int { Int(try plic.word(0x20_0004 + 0x1000 * UInt64(context))) }
  private func complete(_ source: Int, context: Int) throws {
    try plic.setWord(UInt64(source), 0x20_0004 + 0x1000 * UInt64(context))
  }

  @Test("Claims come by priority, and among equals by number")
  func claimOrder() throws {
    for (source, priority) in [(10, 1), (3, 1), (40, 7), (96, 3)] {
      try setPriority(source, UInt64(priority))
      plic.setLevel(true, source: source)
    }
    try enable(3, 10, 40, 96, context: 1)
    #expect(port.isHigh(.supervisorExternal, hart: 0))
    #expect(!port.isHigh(.machineExternal, hart: 0))
    #expect(try (0..<5).map { _ in try claim(context: 1) } == [40, 96, 3, 10, 0])
    #expect(!port.isHigh(.supervisorExternal, hart: 0))
  }

  @Test("A claimed source stays quiet until its completion, and asks again if its wire is still high")
  func gateway() throws {
    try setPriority(10, 1)
    try enable(10, context: 2)
    plic.setLevel(true, source: 10)
    #expect(try claim(context: 2) == 10)
    plic.setLevel(false, source: 10)
    plic.setLevel(true, source: 10)
    #expect(!port.isHigh(.machineExternal, hart: 1))
    #expect(try claim(context: 2) == 0)
    try complete(10, context: 2)
    #expect(port.isHigh(.machineExternal, hart: 1))
    #expect(try claim(context: 2) == 10)
    plic.setLevel(false, source: 10)
    try complete(10, context: 2)
    #expect(!port.isHigh(.machineExternal, hart: 1))
  }

  @Test("A request stays pending when its wire falls")
  func requestIsNotTakenBack() throws {
    try setPriority(5, 1)
    try enable(5, context: 0)
    plic.setLevel(true, source: 5)
    plic.setLevel(false, source: 5)
    #expect(try plic.word(0x1000) == 1 << 5)
    #expect(port.isHigh(.machineExternal))
    #expect(try claim(context: 0) == 5)
    #expect(try plic.word(0x1000) == 0)
  }

  @Test("Pulses before the claim are one request, pulses after it one more on completion")
  func pulses() throws {
    try setPriority(5, 1)
    try enable(5, context: 0)
    plic.pulse(source: 5)
    plic.pulse(source: 5)
    #expect(try claim(context: 0) == 5)
    try complete(5, context: 0)
    #expect(try claim(context: 0) == 0)
    plic.pulse(source: 5)
    #expect(try claim(context: 0) == 5)
    plic.pulse(source: 5)
    plic.pulse(source: 5)
    #expect(try claim(context: 0) == 0)
    try complete(5, context: 0)
    #expect(port.isHigh(.machineExternal))
    #expect(try claim(context: 0) == 5)
    try complete(5, context: 0)
    #expect(try claim(context: 0) == 0)
  }

  @Test("The threshold masks the wire, but not the claim")
  func threshold() throws {
    try setPriority(1, 3)
    try enable(1, context: 1)
    try plic.setWord(3, 0x20_1000)
    plic.setLevel(true, source: 1)
    #expect(!port.isHigh(.supervisorExternal))
    try plic.setWord(2, 0x20_1000)
    #expect(port.isHigh(.supervisorExternal))
    try plic.setWord(7, 0x20_1000)
    #expect(try claim(context: 1) == 1)
  }

  @Test("Priority 0 never interrupts, and only three bits of a priority are kept")
  func priorities() throws {
    try enable(2, context: 0)
    plic.setLevel(true, source: 2)
    #expect(!port.isHigh(.machineExternal))
    #expect(try claim(context: 0) == 0)
    try setPriority(2, 0xffff_fff9)
    #expect(try plic.word(8) == 1)
    #expect(port.isHigh(.machineExternal))
  }

  @Test("A completion counts only from a context that has the source enabled")
  func foreignCompletion() throws {
    try setPriority(2, 1)
    try enable(2, context: 0)
    plic.setLevel(true, source: 2)
    #expect(try claim(context: 0) == 2)
    try complete(2, context: 1)
    try complete(0, context: 0)
    try complete(5000, context: 0)
    #expect(try claim(context: 0) == 0)
    try complete(2, context: 0)
    #expect(try claim(context: 0) == 2)
  }

  @Test("One source enabled for two contexts is claimed once")
  func sharedSource() throws {
    try setPriority(2, 1)
    try enable(2, context: 1)
    try enable(2, context: 3)
    plic.setLevel(true, source: 2)
    #expect(port.isHigh(.supervisorExternal, hart: 0) && port.isHigh(.supervisorExternal, hart: 1))
    #expect(try claim(context: 3) == 2)
    #expect(!port.isHigh(.supervisorExternal, hart: 0) && !port.isHigh(.supervisorExternal, hart: 1))
    #expect(try claim(context: 1) == 0)
  }

  @Test("Source 0, sources beyond 96 and contexts of no hart do not exist")
  func reserved() throws {
    for offset: UInt64 in [0, 4 * 97, 0xffc, 0x1010, 0x2010, 0x2000 + 4 * 0x80, 0x20_0008, 0x20_4000, 0x5f_fffc] {
      try plic.setWord(.max, offset)
      #expect(try plic.word(offset) == 0)
    }
    try plic.setWord(0xffff_ffff, 0x2000)
    #expect(try plic.word(0x2000) == 0xffff_fffe)
    try plic.setWord(0xffff_ffff, 0x200c)
    #expect(try plic.word(0x200c) == 1)
    #expect(throws: DeviceFault.self) { try plic.byte(0) }
    #expect(throws: DeviceFault.self) { try plic.read(offset: 0, width: .double) }
  }

  @Test("Reset lowers every wire")
  func reset() throws {
    try setPriority(2, 1)
    try enable(2, context: 0)
    plic.setLevel(true, source: 2)
    plic.reset()
    #expect(!port.isHigh(.machineExternal))
    #expect(try plic.word(0x1000) == 0)
    #expect(try plic.word(8) == 0)
  }
}
