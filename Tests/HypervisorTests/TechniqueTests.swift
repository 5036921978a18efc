import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage
import Testing

@Suite("Techniques")
struct TechniqueTests {
  @Test("Small guests end alike under every technique", arguments: Technique.monitored)
  func smallGuests(technique: Technique) throws {
    for guest in [
      "hello", "traps", "pagefaults", "timer", "selfmodify", "smp", "sensitive", "memhog", "nano", "twostage",
      "rogue",
    ] {
      let run = try GuestUnderTechnique(program: guest, hartCount: guest == "smp" ? 2 : 1)
      #expect(try run.end(technique) == run.end(.native), "\(guest)")
    }
    // It asks for the paravirtual extension, so it ends otherwise where no monitor is.
    let run = try GuestUnderTechnique.sbi()
    #expect(try run.end(technique) == run.end(.emulation), "sbi")
  }

  @Test("The boot chain comes to its shell alike under every technique", arguments: Technique.monitored)
  func bootChain(technique: Technique) throws {
    for hartCount in [1, 4] {
      let run = try GuestUnderTechnique.boot(hartCount: hartCount)
      let end = try run.end(technique)
      #expect(end.console.hasSuffix("$ "))
      #expect(try end == run.end(.native), "\(hartCount) harts")
    }
  }

  @Test(
    "A paravirtual kernel calls the monitor, in batches, and ends alike under every monitored technique",
    arguments: Technique.monitored)
  func paravirtual(technique: Technique) throws {
    let run = try GuestUnderTechnique.boot(hartCount: 1, append: "paravirtual=on")
    let end = try run.end(technique)
    #expect(end.console.contains("paravirtual: page tables by hypercall, console by hypercall, timer by hypercall"))
    #expect(try end == run.end(.emulation))
    let calls = try run.virtualMachine(technique)
    _ = try run.run(calls)
    if technique != .emulation {
      // Each call hands over many entries: the kernel writes thousands.
      #expect((10...1000).contains(calls.exits[.hypercall].count))
    }
  }

  @Test(
    "The monitor's firmware starts a kernel in S-mode, and nothing ever runs in M-mode", arguments: Technique.monitored)
  func monitorFirmware(technique: Technique) throws {
    for hartCount in [1, 2] {
      let run = try GuestUnderTechnique.boot(hartCount: hartCount, monitorFirmware: true)
      let virtual = try run.virtualMachine(technique)
      let end = try run.run(virtual)
      #expect(end.console.contains("\(hartCount) of \(hartCount) harts") && end.console.hasSuffix("$ "))
      #expect(virtual.retired(in: .machine) == 0)
      #expect(try end == run.end(.emulation), "\(hartCount) harts")
    }
  }

  @Test("Under native there is no monitor whose firmware could be used")
  func nativeHasNoMonitor() throws {
    let run = try GuestUnderTechnique.boot(hartCount: 1, monitorFirmware: true)
    #expect {
      try run.end(.native)
    } throws: {
      "\($0)".contains("under native there is no monitor")
    }
  }

  @Test("Techniques are read as they are written", arguments: Technique.all)
  func names(technique: Technique) throws {
    #expect(try Technique(parsing: technique.description) == technique)
  }

  @Test("What is left out of a technique's name is the default")
  func defaults() throws {
    #expect(try Technique(parsing: "trap-and-emulate/shadow/traced") == .trapAndEmulate)
    #expect(try Technique(parsing: "hardware-assisted/nested") == .hardwareAssisted)
    #expect(try Technique(parsing: "hardware-assisted/shadow").policy == .traced)
    for text in [
      "", "nativ", "native/shadow", "hardware-assisted/nested/traced", "trap-and-emulate/nested", "emulation/",
    ] {
      #expect(throws: TechniqueError.unknown(text)) { try Technique(parsing: text) }
    }
    #expect(try Technique(parsing: "binary-translation/shadow") == .binaryTranslation)
  }
}

extension Technique {
  /// All that have a monitor.
  static let monitored = all.filter { $0 != .native }
}

/// One guest, to be run under any technique.
struct GuestUnderTechnique {
  /// How a run ended: all that EQUIVALENCE is about.
  struct End: Equatable {
    var console: String
    var reason: StopReason
    var position: UInt64
    var clock: UInt64
    var digest: UInt64
  }

  var configuration = MachineConfiguration()
  /// The run ends when the console has said so.
  var lastWord: String?

  init(program: String, hartCount: Int) throws {
    configuration.program = FilePath(try #require(Guests.image(named: program)))
    configuration.hartCount = hartCount
    configuration.memorySize = 64 << 20
  }

  private init() {}

  /// The boot chain, until its shell waits for a command.
  static func boot(hartCount: Int, append: String? = nil, monitorFirmware: Bool = false) throws -> Self {
    var run = Self()
    let folder = try #require(Guests.catalog) + "/boot/"
    run.configuration.bios = monitorFirmware ? .monitor : .file(FilePath(folder + "firmware.elf"))
    if monitorFirmware { run.configuration.kernel = FilePath(folder + "loader.elf") }
    run.configuration.disks = [.init(path: FilePath(folder + "boot.img"))]
    run.configuration.hartCount = hartCount
    run.configuration.append = append
    run.configuration.memorySize = 64 << 20
    run.lastWord = "$ "
    return run
  }

  /// Calls of the guest's own firmware by a kernel of its own.
  static func sbi() throws -> Self {
    var run = Self()
    let folder = try #require(Guests.catalog)
    run.configuration.bios = .file(FilePath(folder + "/boot/firmware.elf"))
    run.configuration.kernel = FilePath(folder + "/sbi/kernel.elf")
    run.configuration.memorySize = 64 << 20
    return run
  }

  func virtualMachine(_ technique: Technique) throws -> VirtualMachine {
    try VirtualMachine(configuration, technique: technique)
  }
  func end(_ technique: Technique) throws -> End { try run(virtualMachine(technique)) }

  func run(_ virtual: VirtualMachine) throws -> End {
    let machine = virtual.machine
    let console = Console()
    let (stop, lastWord) = (machine.stopRequest, lastWord.map { Array($0.utf8) })
    machine.board.onConsoleOutput = { byte in
      console.bytes.append(byte)
      if let lastWord, console.bytes.suffix(lastWord.count).elementsEqual(lastWord) { stop.raise() }
    }
    let reason = machine.run(stepLimit: 30_000_000)
    return End(
      console: String(decoding: console.bytes, as: UTF8.self), reason: reason, position: machine.position,
      clock: machine.clock, digest: machine.digest())
  }

  private final class Console { var bytes: [UInt8] = [] }
}
