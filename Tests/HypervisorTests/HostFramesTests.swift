import Guests
import Hypervisor
import Machine
import RISCV
import Testing

@Suite("Host frames")
struct HostFramesTests {
  private static func host(_ mebibytes: UInt64, usesLargePages: Bool = false) throws -> HostMachine {
    var configuration = MachineConfiguration()
    configuration.memorySize = mebibytes << 20
    return try HostMachine(configuration, usesLargePages: usesLargePages)
  }

  @Test("The guest's pages get frames as they are touched, and none for what is only looked at")
  func firstTouch() throws {
    let host = try Self.host(8)
    let (frames, memory) = (host.frames, host.guestMemory)
    #expect(frames.count == 2048 && frames.mapped == 0 && frames.free == 2048)
    _ = memory.read(GuestPhysicalAddress(memory.base), count: 1 << 20)
    #expect(frames.mapped == 0)
    for page in [7, 3, 5] { memory.store(UInt64(page), to: GuestPhysicalAddress(memory.base + UInt64(page) << 12)) }
    #expect(frames.mapped == 3 && frames.touched == 3)
    // In order of the touches, wherever the pages lie.
    for (index, page) in [UInt64(7), 3, 5].enumerated() {
      let address = GuestPhysicalAddress(memory.base + page << 12 + 8)
      let place = try #require(frames.hostAddress(of: address))
      #expect(place == frames.base + UInt64(index) << 12 + 8)
      #expect(frames.guestAddress(of: place) == address)
      #expect(host.memory.load(GuestPhysicalAddress(place - 8), as: UInt64.self) == page)
    }
    #expect(frames.hostAddress(of: GuestPhysicalAddress(memory.base)) == nil)
    #expect(frames.tenancies(of: host.pool.base) == nil)
  }

  @Test("A frame that comes back holds zeros for whom it goes to next, and remembers who had it")
  func returned() throws {
    let host = try Self.host(8)
    let (frames, memory) = (host.frames, host.guestMemory)
    memory.store(UInt64.max, to: GuestPhysicalAddress(memory.base + 0x1000))
    let place = try #require(frames.hostAddress(of: GuestPhysicalAddress(memory.base + 0x1000)))
    memory.forgetPage(at: memory.base + 0x1000, .balloon)
    #expect(frames.mapped == 0 && frames.touched == 1 && frames.returned == 1)
    #expect(memory.load(GuestPhysicalAddress(memory.base + 0x1000), as: UInt64.self) == 0)
    memory.store(UInt8(1), to: GuestPhysicalAddress(memory.base + 0x5008))
    #expect(frames.hostAddress(of: GuestPhysicalAddress(memory.base + 0x5000)) == place)
    #expect(memory.load(GuestPhysicalAddress(memory.base + 0x5000), as: UInt64.self) == 0)
    let (now, before) = try #require(frames.tenancies(of: place + 17))
    #expect(now?.page.value == memory.base + 0x5000 && now?.until == nil)
    #expect(before.count == 1 && before[0].page.value == memory.base + 0x1000 && before[0].reason == .balloon)
  }

  @Test("With large leaves an aligned piece of 2 MiB gets its frames at once, until one of them goes")
  func largePages() throws {
    let host = try Self.host(7, usesLargePages: true)
    let (frames, memory) = (host.frames, host.guestMemory)
    memory.store(UInt8(1), to: GuestPhysicalAddress(memory.base + 0x20_3000))
    #expect(frames.mapped == 512)
    // The last piece is none of 2 MiB.
    memory.store(UInt8(1), to: GuestPhysicalAddress(memory.base + 0x60_0000))
    #expect(frames.mapped == 513)
  }

  @Test(
    "Pages that move to other frames while the guest runs are the same to it under every technique",
    arguments: Technique.monitored, ["memhog", "twostage", "boot"])
  func moved(technique: Technique, guest: String) throws { try move(technique, guest, .small) }

  @Test("The same with nested leaves of 2 MiB, which come apart", arguments: ["memhog", "boot"])
  func movedFromLarge(guest: String) throws { try move(.hardwareAssisted, guest, .large) }

  private func move(_ technique: Technique, _ guest: String, _ leaf: LeafSize) throws {
    func end(_ technique: Technique) throws -> (GuestUnderTechnique.End, VirtualMachine) {
      var run = try guest == "boot" ? .boot(hartCount: 2) : GuestUnderTechnique(program: guest, hartCount: 1)
      if guest == "memhog" { run.configuration.append = "pattern=hot size=1M rounds=6" }
      let virtual = try VirtualMachine(run.configuration, technique: technique, choices: MonitorChoices(leaf: leaf))
      let (machine, memory) = (virtual.machine, virtual.machine.memory)
      // Code, page tables, stacks and data, wherever the guest has some.
      for round in 0..<30 {
        _ = machine.run(stepLimit: guest == "boot" ? 200_000 : 15_000)
        for page in stride(from: UInt64(round % 7), to: 1024, by: 7) {
          let place = GuestPhysicalAddress(memory.base + page << 12)
          guard let content = memory.read(place, count: 4096), content.contains(where: { $0 != 0 }) else { continue }
          memory.forgetPage(at: place.value, .balloon)
          #expect(memory.load(place, as: UInt64.self) == 0)
          memory.write(content, to: place)
        }
      }
      return (try run.run(virtual), virtual)
    }
    let (native, _) = try end(.native)
    let (monitored, virtual) = try end(technique)
    #expect(monitored == native)
    guard let frames = virtual.host?.frames else { return }
    #expect(frames.returned > 50, "\(frames.returned) of \(frames.touched)")
    #expect(frames.given == UInt64(frames.mapped) + frames.returned)
    for cpu in virtual.cpus {
      #expect(cpu.ledger.entries.reduce(0) { $0 + $1.amount.cycles } == cpu.ledger.clock)
    }
  }
}
