import Machine
import RISCV
import Testing

@Suite("Virtio slots")
struct VirtioSlotTests {
  /// The device identities of the eight slots.
  private func identities(_ change: (inout MachineConfiguration) -> Void) throws -> [UInt64] {
    var configuration = MachineConfiguration()
    configuration.memorySize = 8 << 20
    change(&configuration)
    let port = FakePort()
    let memory = try PhysicalMemory(size: configuration.memorySize)
    let board = try Board(configuration, memory: memory, port: port)
    return try (0..<8).map { try board.bus.read(.init(0x1000_1008 + 0x1000 * $0), width: .word, hart: 0) }
  }
  private func network(_ number: Int, slot: Int? = nil) -> MachineConfiguration.NetworkDevice {
    .init(address: MACAddress(device: number), slot: slot)
  }

  @Test("Disks go up from slot 0, network devices down from slot 5, and who names a slot gets it")
  func order() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([UInt8](repeating: 0, count: 512), to: "disk.img")
    #expect(
      try identities {
        $0.disks = [.init(path: .init(path)), .init(path: .init(path))]
        $0.networkDevices = [network(0), network(1)]
      } == [2, 2, 0, 0, 1, 1, 3, 4])
    #expect(
      try identities {
        $0.disks = [.init(path: .init(path)), .init(path: .init(path), slot: 0)]
        $0.networkDevices = [network(0, slot: 2), network(1)]
        $0.consoleSlot = nil
        $0.entropySlot = 4
      } == [2, 2, 1, 0, 4, 0, 0, 1])
  }

  @Test("A frame and a key find their device in whichever slot it is")
  func arrivals() throws {
    var configuration = MachineConfiguration()
    configuration.memorySize = 8 << 20
    configuration.networkDevices = [network(0, slot: 3)]
    configuration.consoleSlot = nil
    let (port, memory) = (FakePort(), try PhysicalMemory(size: configuration.memorySize))
    let board = try Board(configuration, memory: memory, port: port)
    board.secondConsole.input.send([1])
    port.clock = 1000
    board.atTurnBorder()
    #expect(board.nextEventClock == .max)
  }

  @Test("Two devices in a slot, a slot that is not there, and too many devices are refused")
  func refused() {
    func message(_ change: (inout MachineConfiguration) -> Void) -> String {
      do { _ = try identities(change) } catch { return "\(error)" }
      return "accepted"
    }
    #expect(message { $0.networkDevices = [network(0, slot: 6)] }.contains("slot 6 is taken"))
    #expect(message { $0.networkDevices = [network(0, slot: 8)] }.contains("no virtio slot 8"))
    #expect(message { $0.networkDevices = [network(0, slot: -1)] }.contains("no virtio slot -1"))
    #expect(message { $0.networkDevices = (0..<7).map { network($0) } }.contains("7 network devices are too many"))
  }

  @Test("An extra image goes where it is told to, and an ELF file to its own addresses unless it is taken as it is")
  func extraImages() throws {
    let folder = try TemporaryFolder()
    let flat = try folder.write([1, 2, 3, 4], to: "flat.bin")
    let elf = ELFBuilder(segments: [ELFBuilder.segment(0x8010_0000, [5, 6, 7, 8])]).bytes
    let path = try folder.write(elf, to: "a.elf")
    var configuration = MachineConfiguration()
    configuration.memorySize = 8 << 20
    configuration.extraImages = [
      .init(path: .init(flat), address: 0x8020_0002), .init(path: .init(path), address: nil),
      .init(path: .init(path), address: 0x8030_0000, isRaw: true),
    ]
    let memory = try PhysicalMemory(size: configuration.memorySize)
    let port = FakePort()
    let board = try Board(configuration, memory: memory, port: port)
    #expect(memory.read(.init(0x8020_0002), count: 4) == [1, 2, 3, 4])
    #expect(memory.read(.init(0x8010_0000), count: 4) == [5, 6, 7, 8])
    #expect(memory.read(.init(0x8030_0000), count: 4) == Array(elf.prefix(4)))
    #expect(board.images.count { $0.role == .extra } == 3)
    configuration.extraImages = [.init(path: .init(flat), address: nil)]
    #expect(throws: MachineError.self) { _ = try Board(configuration, memory: memory, port: port) }
  }
}
