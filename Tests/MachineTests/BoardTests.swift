import Machine
import RISCV
import Testing

@Suite("The board")
struct BoardTests {
  private let port = FakePort(hartCount: 2)
  private let board: Board
  private let sink = Sink()

  init() throws {
    var configuration = MachineConfiguration()
    configuration.memorySize = 8 << 20
    configuration.hartCount = 2
    configuration.typing = [.init(prompt: "=> ", text: "go\n")]
    board = try Board(configuration, memory: try PhysicalMemory(size: configuration.memorySize), port: port)
    let sink = sink
    board.onConsoleOutput = { sink.bytes.append($0) }
  }

  private func read(_ address: UInt64, _ width: AccessWidth = .word) throws -> UInt64 {
    try board.bus.read(.init(address), width: width, hart: 0)
  }
  private func write(_ value: UInt64, _ address: UInt64, _ width: AccessWidth = .word) throws {
    try board.bus.write(value, to: .init(address), width: width, hart: 0)
  }
  private func say(_ text: String) throws { for byte in text.utf8 { try write(UInt64(byte), 0x1000_0000, .byte) } }

  @Test("Everything lies where QEMU's virt has it")
  func map() throws {
    #expect(
      board.bus.windows.map { "\(String($0.base, radix: 16)) \($0.device.name)" } == [
        "1000 rom", "100000 test", "101000 rtc", "2000000 clint", "c000000 plic", "10000000 uart0", "10001000 virtio0",
        "10002000 virtio1", "10003000 virtio2", "10004000 virtio3", "10005000 virtio4", "10006000 virtio5",
        "10007000 virtio6", "10008000 virtio7", "20000000 flash0", "22000000 flash1",
      ])
    #expect(try (0..<8).map { try read(0x1000_1008 + 0x1000 * $0) } == [0, 0, 0, 0, 0, 0, 3, 4])
  }

  @Test("The guest's output arrives, and a prompt is answered at the next border")
  func typing() throws {
    try say("U-Boot\n=> ")
    #expect(sink.text == "U-Boot\n=> ")
    #expect(board.consoleOutputCount == 10)
    #expect(try read(0x1000_0005, .byte) & 1 == 0)
    var typed = ""
    for clock in 1...10 {
      port.clock = UInt64(clock) * 1000
      board.atTurnBorder()
      if try read(0x1000_0005, .byte) & 1 == 1 { typed.append(Character(.init(UInt8(try read(0x1000_0000, .byte))))) }
    }
    #expect(typed == "go\n")
    #expect(board.promptsToCome == 0)
    #expect(board.consoleInput.arrivals.isEmpty)
  }

  @Test("Input enters once for each clock, however many borders there are")
  func oneBorderForEachClock() throws {
    port.clock = 1000
    board.atTurnBorder()
    board.consoleInput.send("x".utf8)
    board.atTurnBorder()
    #expect(try read(0x1000_0005, .byte) & 1 == 0)
    #expect(board.nextEventClock == 1001)
    port.clock = 2000
    board.atTurnBorder()
    #expect(try read(0x1000_0000, .byte) == UInt64(UInt8(ascii: "x")))
    #expect(board.consoleInput.arrivals == [.init(clock: 2000, bytes: [UInt8(ascii: "x")])])
  }

  @Test("An idle machine learns when the next thing happens, or that nothing will")
  func nextEvent() throws {
    board.atTurnBorder()
    #expect(board.nextEventClock == .max)
    // An alarm in a microsecond.
    try write(GoldfishRTC.epoch >> 32, 0x10_100c)
    try write(GoldfishRTC.epoch & 0xffff_ffff + 1000, 0x10_1008)
    #expect(board.nextEventClock == 100)
    port.clock = 100
    board.atTurnBorder()
    #expect(board.nextEventClock == .max)
    #expect(try read(0x10_1018) == 0)

    board.consoleInput.replay([.init(clock: 5000, bytes: [65])])
    #expect(board.nextEventClock == 5000)
    port.clock = 5000
    board.atTurnBorder()
    // The guest does not read: nothing more happens by itself.
    #expect(board.nextEventClock == .max)
    _ = try read(0x1000_0000, .byte)
    board.consoleInput.enqueue([66])
    #expect(board.nextEventClock == 5001)
  }

  @Test("A character timeout reaches the guest through the PLIC")
  func characterTimeout() throws {
    try write(1, 0xc00_0000 + 40)
    try write(1 << 10, 0xc00_2080)
    try write(1, 0x1000_0001, .byte)
    try write(0xc1, 0x1000_0002, .byte)
    board.consoleInput.send([65])
    port.clock = 1000
    board.atTurnBorder()
    #expect(!port.isHigh(.supervisorExternal))
    port.clock = board.nextEventClock
    board.atTurnBorder()
    #expect(port.isHigh(.supervisorExternal))
    #expect(try read(0xc20_1004) == 10)
  }

  @Test("The finisher ends the run, and HTIF is not there without its symbols")
  func ending() throws {
    try write(0x0003_3333, 0x10_0000)
    #expect(board.exitRequest == .failure(code: 3))
    #expect(board.htif == nil)
  }

  @Test("The second console has input and output of its own")
  func secondConsole() throws {
    let output = Sink()
    board.secondConsole.onOutput = { output.bytes.append($0) }
    board.secondConsole.input.send([1, 2])
    port.clock = 10
    board.atTurnBorder()
    #expect(board.secondConsole.input.count == 2)
    #expect(board.nextEventClock == .max)
  }

  @Test("Random accesses all over the board never stop the process")
  func randomAccesses() throws {
    var random = Xoshiro256(seed: 11, stream: 0)
    let windows = board.bus.windows
    for round in 0..<200_000 {
      let choice = random.next()
      let window = windows[Int(choice & 0xff) % windows.count]
      let width = AccessWidth.allCases[Int(choice >> 8 & 3)]
      // Mostly where registers are.
      let span = choice >> 10 & 3 == 0 ? window.device.windowSize : min(window.device.windowSize, 0x200)
      let address = window.base + (choice >> 16) % span & ~(UInt64(width.rawValue) - 1)
      if choice >> 12 & 1 == 0 {
        _ = try? read(address, width)
      } else {
        try? write(random.next() & random.next(), address, width)
      }
      if round % 16 == 0 {
        port.clock &+= choice >> 40 & 0xffff
        board.atTurnBorder()
        _ = board.nextEventClock
      }
      if round % 10_000 == 0 { for window in windows { _ = window.device.fields } }
    }
    try board.reset()
  }
}
