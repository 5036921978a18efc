import RISCV

/// The harts of a machine and their common clock, as the board's devices see them.
///
/// Where the turns stand is kept behind a pointer: the scheduler looks at it several times a turn.
final class HartGroup: HartPort {
  struct Turns {
    /// Index of the hart whose turn it is.
    var current = 0
    /// Instructions retired in this turn.
    var used = 0
    /// The guest's clock at the start of this round.
    var roundClock: UInt64 = 0
    /// Instructions retired by all harts.
    var position: UInt64 = 0
    /// Instructions of all harts that retired or trapped.
    var steps: UInt64 = 0
    /// A hart is executing: its own clock is the exact one.
    var isExecuting = false

    /// So much more of the turn is used, or of this and the next ones of a lone hart.
    mutating func passTurns(_ count: Int) {
      used += count
      guard used > Machine.turnLength else { return }
      let passed = (used - 1) / Machine.turnLength * Machine.turnLength
      used -= passed
      roundClock &+= UInt64(passed)
    }
  }

  let harts: [Hart]
  let turns: UnsafeMutablePointer<Turns>

  init(_ configuration: MachineConfiguration, memory: PhysicalMemory) {
    harts = (0..<configuration.hartCount).map {
      Hart(
        index: $0, memory: memory, svade: configuration.cpu.svade, quirks: configuration.cpu.quirks,
        resetVector: MemoryMap.bootROM)
    }
    turns = .allocate(capacity: 1)
    turns.initialize(to: Turns())
  }

  deinit { turns.deallocate() }

  /// The hart whose turn it is.
  var current: Hart { harts[turns.pointee.current] }

  // MARK: HartPort

  var hartCount: Int { harts.count }
  var clock: UInt64 {
    turns.pointee.isExecuting ? current.clock : turns.pointee.roundClock &+ UInt64(turns.pointee.used)
  }
  var time: UInt64 {
    get { clock / 10 &+ harts[0].timeOffset }
    set {
      let offset = newValue &- clock / 10
      for hart in harts { hart.setTimeOffset(offset, clock: clock) }
    }
  }
  func setInterrupt(_ interrupt: Interrupt, level: Bool, hart: Int) {
    harts[hart].setInterrupt(interrupt, level: level)
  }
  func timerCompare(hart: Int) -> UInt64 { harts[hart].timerCompare }
  func report(_ kind: Event.Kind) { current.report(kind) }
  func setTimerCompare(_ ticks: UInt64, hart: Int) { harts[hart].setTimerCompare(ticks, clock: clock) }
}
