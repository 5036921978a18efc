import RISCV
import SystemPackage

/// Everything on the board but the harts: RAM's contents, the bus and its devices, and what goes in and out of them.
///
/// A device is one file and one line in `init`. Devices learn the time from the `HartPort` alone; the world reaches them at
/// turn borders alone (`atTurnBorder`), so that a run follows from its configuration and its input log.
package final class Board {
  package let configuration: MachineConfiguration
  package let memory: PhysicalMemory
  package let bus = Bus()

  package let plic: PLIC
  package let clint: CLINT
  package let uart: UART16550A
  package let rtc: GoldfishRTC
  package let flash: [CFIFlash]
  /// The eight slots, filled by ``VirtioSlots``.
  package let virtio: [VirtioMMIO]
  /// The guest's second console.
  package let secondConsole = VirtioConsole()
  /// The guest's network devices; connect their ports to a switch, or leave the cables loose.
  package let networkDevices: [VirtioNetwork]
  /// The balloon, if the board has one.
  package let balloon: VirtioBalloon?
  /// What the world asks of the balloon.
  package var balloonRequests = BalloonRequests()
  /// Watches `tohost` of a bare-metal program that has the symbol.
  package private(set) var htif: HTIF?

  /// What lies in RAM, in the order it was loaded; the device tree last.
  package private(set) var images: [LoadedImage] = []
  /// Every hart's pc at reset: the boot ROM.
  package let startAddress = MemoryMap.bootROM
  package let bootROM = BootROM()

  /// What the world types at the serial port.
  package var consoleInput = ConsoleInput()
  /// Called with every byte that the guest writes to the serial port (or prints by HTIF), at the moment it does so.
  package var onConsoleOutput: ((UInt8) -> Void)?
  /// Bytes of console output since the board was built.
  package private(set) var consoleOutputCount: UInt64 = 0
  /// Set once the guest has asked for its end; whoever runs the harts looks at it, and clears it to go on.
  package var exitRequest: ExitRequest?

  private unowned let port: any HartPort
  private let agenda = Agenda()
  private let relay = Relay()
  private let timedDevices: [any TimedDevice]
  /// The slots of what the world sends things to.
  private let consoleSlot: VirtioMMIO?
  private let networkSlots: [VirtioMMIO]
  /// The balloon's slot.
  package let balloonSlot: VirtioMMIO?
  private var typer: PromptTyper
  private var latestBorder: UInt64?

  /// Lets devices call a board that is still being built.
  private final class Relay {
    weak var board: Board?
  }

  /// Builds the board and loads what the configuration names. `memory` must have the size that it says.
  package init(
    _ configuration: MachineConfiguration, memory: PhysicalMemory, port: any HartPort
  ) throws(MachineError) {
    try configuration.validate()
    self.configuration = configuration
    self.memory = memory
    self.port = port
    typer = PromptTyper(configuration.typing)
    let (bus, relay, agenda, secondConsole) = (bus, relay, agenda, secondConsole)
    let plic = PLIC(port: port)
    networkDevices = configuration.networkDevices.map { VirtioNetwork(address: $0.address) }
    let balloon = configuration.balloon.map {
      VirtioBalloon(
        target: Self.balloonPages($0.target), deflatesOnOutOfMemory: $0.deflatesOnOutOfMemory,
        reportsFreePages: $0.reportsFreePages, port: port)
    }
    self.balloon = balloon
    var functions: [(any VirtioFunction)?] = []
    for content in try VirtioSlots(configuration).contents {
      switch content {
      case nil: functions.append(nil)
      case .console: functions.append(secondConsole)
      case .entropy: functions.append(VirtioEntropy(seed: configuration.seed))
      case .balloon: functions.append(balloon)
      case .network(let index): functions.append(networkDevices[index])
      case .disk(let index):
        functions.append(VirtioBlock(try Self.open(configuration.disks[index]), identity: "vitrine-disk\(index)"))
      }
    }
    func line(_ source: Int) -> InterruptLine { InterruptLine(to: plic, source: source) }

    bus.attach(bootROM, at: MemoryMap.bootROM)
    bus.attach(TestFinisher { relay.board?.exitRequest = $0 }, at: MemoryMap.finisher)
    rtc = bus.attach(
      GoldfishRTC(port: port, line: line(InterruptSource.rtc), agenda: agenda), at: MemoryMap.rtc)
    clint = bus.attach(CLINT(port: port), at: MemoryMap.clint)
    self.plic = bus.attach(plic, at: MemoryMap.plic)
    uart = bus.attach(
      UART16550A(port: port, line: line(InterruptSource.uart), agenda: agenda) { relay.board?.consoleOutput($0) },
      at: MemoryMap.uart)
    virtio = (0..<MemoryMap.virtioCount).map { slot in
      bus.attach(
        VirtioMMIO(
          slot: slot, function: functions[slot], memory: memory, port: port,
          line: line(InterruptSource.virtio + slot), agenda: agenda),
        at: MemoryMap.virtio + UInt64(slot) * MemoryMap.virtioStride)
    }
    flash = (0..<2).map { bank in
      bus.attach(CFIFlash(name: "flash\(bank)"), at: MemoryMap.flash + UInt64(bank) * CFIFlash.byteCount)
    }
    timedDevices = bus.windows.compactMap { $0.device as? any TimedDevice }
    consoleSlot = configuration.consoleSlot.map { [virtio] in virtio[$0] }
    networkSlots = networkDevices.map { [virtio] device in virtio.first { $0.function === device }! }
    balloonSlot = balloon.flatMap { [virtio] balloon in virtio.first { $0.function === balloon } }

    relay.board = self
    try load(again: false)
  }

  private static func open(_ disk: MachineConfiguration.Disk) throws(MachineError) -> DiskImage {
    do {
      return try DiskImage(disk.path, mode: disk.mode)
    } catch {
      throw .disk(error)
    }
  }

  /// Resets all devices and loads the images again. The rest of RAM stays, as on a board; so do disks and flash.
  package func reset() throws(MachineError) {
    for window in bus.windows { window.device.reset() }
    exitRequest = nil
    try load(again: true)
  }

  private func load(again: Bool) throws(MachineError) {
    let boot = try BootLayout(configuration, memory: memory, again: again)
    images = boot.images
    bootROM.set(start: boot.start, deviceTree: boot.deviceTree, next: boot.next)
    htif = nil
    if let first = images.first, let toHost = first.address(of: "tohost"), memory.contains(toHost, count: 8) {
      let relay = relay
      htif = HTIF(toHost: toHost, fromHost: first.address(of: "fromhost"), memory: memory) {
        relay.board?.consoleOutput($0)
      } onExit: {
        relay.board?.exitRequest = $0
      }
    }
  }

  // MARK: Turn borders

  /// Lets the world in and devices do what is due. Called between the turns of harts, never inside one.
  ///
  /// Where several borders have the same clock (a round of several harts), only the first lets console input in: the clock
  /// then says exactly where in a run the input came.
  package func atTurnBorder() {
    htif?.poll()
    let clock = port.clock
    if agenda.earliest <= clock {
      for device in timedDevices { device.clockReached() }
      agenda.restart(at: earliestDueClock)
    }
    for (device, slot) in zip(networkDevices, networkSlots) where device.port.takeNews() {
      slot.serve(queue: VirtioNetwork.receiveQueue)
    }
    guard clock != latestBorder else { return }
    latestBorder = clock
    if balloonRequests.dueClock <= clock, let pages = balloonRequests.clockReached(clock) { setBalloon(pages) }
    if consoleInput.dueClock <= clock { consoleInput.clockReached(clock) }
    if !consoleInput.isEmpty { feedConsole() }
    if secondConsole.input.dueClock <= clock {
      secondConsole.input.clockReached(clock)
      consoleSlot?.serve(queue: VirtioConsole.receiveQueue)
    }
  }

  /// When a turn border next has something to do while all harts wait, in clock units, never in the past; `.max` for never.
  /// The timers of the harts are not counted.
  package var nextEventClock: UInt64 {
    let clock = port.clock
    var input = min(consoleInput.dueClock, secondConsole.input.dueClock, balloonRequests.dueClock)
    if !consoleInput.isEmpty, uart.room > 0 { input = 0 }
    // The border at this clock has let in what there was: the next one that may is a unit later.
    if input != .max { input = max(input, clock == latestBorder ? clock &+ 1 : clock) }
    if networkDevices.contains(where: \.port.hasNews) { return clock }
    return min(input, max(clock, earliestDueClock))
  }

  /// The same while a hart runs, whose accesses to devices end its run: nothing happens at borders before.
  /// It may be too early.
  var nextBorderClock: UInt64 {
    if htif != nil || !networkDevices.isEmpty || !consoleInput.isEmpty && uart.room > 0 { return 0 }
    return min(agenda.earliest, consoleInput.dueClock, secondConsole.input.dueClock, balloonRequests.dueClock)
  }

  private var earliestDueClock: UInt64 {
    var earliest = UInt64.max
    for device in timedDevices { earliest = min(earliest, device.dueClock) }
    return earliest
  }

  /// Sets the balloon's target and asks for new statistics.
  private func setBalloon(_ pages: UInt32) {
    guard let balloon, let balloonSlot else { return }
    balloon.request(pages)
    balloonSlot.configurationChanged()
    balloonSlot.giveBack(queue: VirtioBalloon.statisticsQueue)
  }

  /// So many bytes in whole pages of the balloon.
  package static func balloonPages(_ byteCount: UInt64) -> UInt32 {
    UInt32(clamping: byteCount / VirtioBalloon.pageSize + (byteCount % VirtioBalloon.pageSize == 0 ? 0 : 1))
  }

  /// Drops input that a log has still to bring: the world goes another way from here.
  package func forgetInputToCome() {
    consoleInput.replay([])
    balloonRequests.replay([])
  }

  private func feedConsole() {
    for _ in 0..<uart.room {
      guard let byte = consoleInput.removeFirst() else { return }
      uart.receive(byte)
    }
  }

  /// Prints a byte on the guest's console, as a call of firmware that is no code of the guest's does.
  package func printByCall(_ byte: UInt8) { consoleOutput(byte) }

  private func consoleOutput(_ byte: UInt8) {
    consoleOutputCount &+= 1
    onConsoleOutput?(byte)
    if let text = typer.note(byte) { consoleInput.enqueue(text) }
  }

  /// How many `typing` prompts have not appeared yet.
  package var promptsToCome: Int { typer.remaining }
}
