import Machine
import RISCV
import Testing

@Suite("HTIF")
struct HTIFTests {
  private let memory: PhysicalMemory
  private let sink = Sink()
  private let exits = Exits()
  private let htif: HTIF
  private let toHost = GuestPhysicalAddress(0x8000_1000)
  private let fromHost = GuestPhysicalAddress(0x8000_1008)

  private final class Exits {
    var latest: ExitRequest?
  }

  init() throws {
    memory = try PhysicalMemory(size: 1 << 20)
    let (sink, exits) = (sink, exits)
    htif = HTIF(toHost: toHost.value, fromHost: fromHost.value, memory: memory) {
      sink.bytes.append($0)
    } onExit: {
      exits.latest = $0
    }
  }

  private func send(_ value: UInt64) {
    memory.store(value, to: toHost)
    htif.poll()
  }

  @Test("An odd value ends the run with the status above it", arguments: [UInt64(0), 1, 1337])
  func exit(code: UInt64) {
    send(code << 1 | 1)
    #expect(exits.latest == (code == 0 ? .success : .failure(code: code)))
  }

  @Test("Nothing happens while tohost is zero")
  func silence() {
    htif.poll()
    #expect(exits.latest == nil && sink.bytes.isEmpty)
    #expect(memory.load(fromHost, as: UInt64.self) == 0)
  }

  @Test("Putchar prints a byte and is acknowledged")
  func putchar() {
    send(0x0101_0000_0000_0000 | UInt64(UInt8(ascii: "A")))
    #expect(sink.text == "A")
    #expect(memory.load(toHost, as: UInt64.self) == 0)
    #expect(memory.load(fromHost, as: UInt64.self) == 0x0101_0000_0000_0141)
  }

  @Test("The write call prints its buffer and returns its length")
  func write() {
    let block: UInt64 = 0x8000_2000
    memory.write(Array("hello\n".utf8), to: .init(0x8000_3000))
    for (index, value) in [64, 1, 0x8000_3000, 6].enumerated() {
      memory.store(UInt64(value), to: .init(block + 8 * UInt64(index)))
    }
    send(block)
    #expect(sink.text == "hello\n")
    #expect(memory.load(.init(block), as: UInt64.self) == 6)
    #expect(memory.load(fromHost, as: UInt64.self) == 1)
  }

  @Test("Hostile requests are answered with an error or ignored")
  func hostile() {
    let block: UInt64 = 0x8000_2000
    for (address, count) in [(UInt64(0), UInt64(8)), (0x8000_0000, .max), (.max, 2), (0x800f_ffff, 2)] {
      for (index, value) in [64, 1, address, count].enumerated() {
        memory.store(value, to: .init(block + 8 * UInt64(index)))
      }
      send(block)
      #expect(memory.load(.init(block), as: UInt64.self) == UInt64(bitPattern: -14))
    }
    memory.store(UInt64(1234), to: .init(block))
    send(block)
    #expect(memory.load(.init(block), as: UInt64.self) == UInt64(bitPattern: -38))
    for value: UInt64 in [2, 0x800f_fff8, 0xffff_ffff_fffe, 0x0100_0000_0000_0000, .max] { send(value) }
    #expect(sink.bytes.isEmpty && exits.latest == nil)
  }
}
