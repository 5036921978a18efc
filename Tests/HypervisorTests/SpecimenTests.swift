import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

struct NoMistake: Error {}

@Suite("A monitor of one's own, watched")
struct SpecimenTests {
  /// A monitor of the guest `tiny-monitor` with the guest `hello`.
  private func machine(_ monitor: String) throws -> VirtualMachine {
    var configuration = MachineConfiguration()
    configuration.memorySize = 32 << 20
    configuration.bios = .file(FilePath(try #require(Guests.firmware)))
    configuration.kernel = FilePath(try #require(Guests.catalog) + "/tiny-monitor/\(monitor).elf")
    configuration.monitorGuest = FilePath(try #require(Guests.supervisorImage(named: "hello")))
    return try VirtualMachine(configuration)
  }

  /// Exits as the monitor itself counts them and prints at the end.
  private func counted(_ console: String) throws -> UInt64 {
    let line = try #require(console.split(separator: "\n").last)
    #expect(line.hasPrefix("monitor: the guest has ended, exits: 0x"))
    return try #require(UInt64(line.split(separator: "x").last!, radix: 16))
  }

  private func console(of virtual: VirtualMachine) -> () -> String {
    final class Bytes { var all: [UInt8] = [] }
    let bytes = Bytes()
    virtual.machine.board.onConsoleOutput = { bytes.all.append($0) }
    return { String(decoding: bytes.all, as: UTF8.self) }
  }

  @Test(
    "As many exits as the monitor counts, and each entry as the architecture wants it", arguments: ["monitor", "no-h"])
  func exits(monitor: String) throws {
    let virtual = try machine(monitor)
    let console = console(of: virtual)
    #expect(virtual.machine.run(limit: 50_000_000) == .exited(.success))
    #expect(
      console().contains(
        "hello from supervisor mode, by ecall\npaging is on: Sv39\nhello from user mode: 5! = 120, found in 5 calls\n"))
    let specimen = try #require(virtual.specimen)
    #expect(specimen.runsGuestInUser == (monitor == "no-h"))
    // The last exit asked for the end, and was not entered from again; the first entry came before any exit.
    #expect(try counted(console()) == specimen.entryCount)
    #expect(virtual.exits.count == specimen.entryCount - 1)
    #expect(specimen.mistakeCount == 0, "\(String(describing: specimen.firstMistake))")

    // CYCLES-ADD-UP, with the monitor's instructions in its own layer.
    let ledger = try #require(virtual.ledgers.first)
    #expect(ledger.entries.reduce(0) { $0 + $1.amount.cycles } == ledger.clock)
    #expect(ledger.amount(stage: .kernel, layer: .monitor, action: .instruction).count > 0)
    #expect(virtual.exits.cycles < ledger.clock)
    let guest = virtual.retired(in: .virtualUser) + virtual.retired(in: .virtualSupervisor)
    #expect((guest == 0) == (monitor == "no-h"))
  }

  @Test(
    "OBSERVATION-IS-FREE: looking at every exit and entry changes nothing", arguments: ["monitor", "no-h", "wrong-pc"])
  func observed(monitor: String) throws {
    let plain = try machine(monitor)
    let watched = try machine(monitor)
    var (exits, entries) = (0, 0)
    watched.machine.eventMask = [.exit, .entry, .trap, .privilege]
    watched.machine.eventHandler = { _, event in
      if event.kind.mask == .exit { exits += 1 }
      if event.kind.mask == .entry { entries += 1 }
      return event.kind.mask == .exit
    }
    _ = plain.machine.run(stepLimit: 2_100_000)
    while watched.machine.steps < 2_100_000 {
      if case .exited = watched.machine.run(stepLimit: 2_100_000 - watched.machine.steps) { break }
    }
    #expect(plain.machine.digest() == watched.machine.digest())
    #expect(plain.exits == watched.exits)
    #expect(entries == Int(watched.exits.count) && exits - entries <= 1 && entries > 0)
    #expect(plain.ledgers.first?.clock == watched.ledgers.first?.clock)
  }

  @Test("Each mistake is found at the entry where it is made")
  func mistakes() throws {
    // The test library looks into everything that its macros are given, and a machine is large.
    func first(_ monitor: String) throws -> EntryCheck {
      let virtual = try machine(monitor)
      _ = virtual.machine.run(stepLimit: 200_000)
      guard let mistake = virtual.specimen?.firstMistake else { throw NoMistake() }
      return mistake
    }
    let clobber = try first("clobber")
    let (differences, before, wanted) = (
      clobber.differences, clobber.exit.state.x[10], clobber.expectation?.state.x[10]
    )
    #expect(differences == [.x(10)])
    #expect(before == wanted)

    let forgotten = try first("forget")
    let (others, isMissing, page) = (
      forgotten.differences, forgotten.missing != nil, forgotten.exit.guestPhysicalAddress & ~0xfff
    )
    // The page behind the last whole one of an image of 0x7030 bytes.
    #expect(others.isEmpty && isMissing && page == 0x8020_7000)

    let copied = try first("copy").wrongPage
    #expect(copied?.guestPhysical == 0x8020_6000)

    let stuck = try first("wrong-pc")
    let (cause, wrong, call, target, reference) = (
      stuck.exit.cause, stuck.differences, stuck.exit.pc, stuck.state.pc, stuck.expectation?.state.pc
    )
    #expect(cause == .exception(.environmentCallFromVS) && wrong == [.pc])
    #expect(target == call && reference == call + 4)
  }

  @Test("A shadow that allows more than the guest's own table is found when the entry is made")
  func shadow() throws {
    let virtual = try machine("too-much")
    _ = virtual.machine.run(stepLimit: 5_000_000)
    // The program's code: it may be read and executed.
    let wrong = virtual.specimen?.firstMistake?.wrongShadow
    #expect(wrong?.address == 0x40_0000 && wrong?.wanted == wrong?.hostPhysical)
    #expect(wrong?.rights == 14 && wrong?.allowed == 10)
  }

  @Test("A monitor that does not come back is reported, and again when the time has doubled")
  func overdue() throws {
    let virtual = try machine("loop")
    var reports: [UInt64] = []
    virtual.machine.eventMask = .overdue
    virtual.machine.eventHandler = { _, event in
      if case .overdue(let count) = event.kind { reports.append(count) }
      return false
    }
    _ = virtual.machine.run(stepLimit: 5_000_000)
    let least = Specimen.patience.ofLoop
    #expect(reports.count == 3 && reports[0] >= least && reports[1] >= 2 * reports[0] && reports[2] >= 2 * reports[1])
    #expect(virtual.specimen?.mistakeCount == 0)
  }

  @Test("The virtual hart's record says what the guest's hart had, in both layouts", arguments: ["monitor", "no-h"])
  func record(monitor: String) throws {
    let virtual = try machine(monitor)
    let specimen = try #require(virtual.specimen)
    var checked = 0
    virtual.machine.eventMask = .entry
    virtual.machine.eventHandler = { hart, _ in
      guard let check = specimen.lastCheck(of: hart.index), let record = try? specimen.record(of: hart) else {
        return false
      }
      #expect(record.pc == hart.pc)
      for number in 1..<32 { #expect(record.x[number] == hart.x(number)) }
      #expect((record.values == nil) == (monitor == "monitor"))
      if monitor == "no-h" { #expect(record.privilege == check.state.privilege) }
      checked += 1
      return false
    }
    _ = virtual.machine.run(stepLimit: 2_500_000)
    #expect(checked > 100)
  }

  @Test(
    "How much of a record there is, its count says",
    arguments: [(34, nil), (43, false), (44, false), (51, false), (52, true), (60, true)] as [(UInt64, Bool?)])
  func layouts(count: UInt64, hasMachineMode: Bool?) throws {
    let memory = try PhysicalMemory(base: 0x8000_0000, size: 4096)
    let hart = Hart(index: 0, memory: memory)
    // One region of memory protection over everything, for S-mode to read.
    for (csr, value): (UInt16, UInt64) in [(0x3b0, .max), (0x3a0, 0x1f)] { #expect(hart.writeCSR(csr, value)) }
    for word in UInt64(0)..<64 {
      let value = word == 0 ? VirtualHartRecord.magic : word == 1 ? count : 1000 + word
      #expect(memory.store(value, to: GuestPhysicalAddress(0x8000_0000 + 8 * word)))
    }
    let record = try VirtualHartRecord(at: 0x8000_0000, of: hart, in: memory)
    #expect(record.x[31] == 1033 && record.pc == 1034 && record.privilege == 1035)
    #expect(record.values == nil ? hasMachineMode == nil : record.hasMachineMode == hasMachineMode)
    #expect(record[.sstatus] == (hasMachineMode == false ? 1036 : nil))
    #expect(record[.mstatus] == (hasMachineMode == true ? 1036 : nil))
    #expect(record[.satp] == (hasMachineMode == nil ? nil : 1044))
    #expect(record[.mtval] == (hasMachineMode == true ? 1053 : nil))
  }
}
