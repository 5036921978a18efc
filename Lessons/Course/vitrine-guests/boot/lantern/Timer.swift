/// Time, and the timer interrupt of this hart.
enum Timer {
  private nonisolated(unsafe) static var ticksPerMillisecond: UInt64 = 10_000
  private nonisolated(unsafe) static var quantum: UInt64 = 10

  static func start(_ board: borrowing Board) {
    ticksPerMillisecond = max(board.timebase / 1000, 1)
    quantum = board.commandLine.quantum
  }

  /// Ticks since reset.
  static var now: UInt64 { read_time() }

  static var milliseconds: UInt64 { now / ticksPerMillisecond }

  /// The time that many milliseconds from now. More than a hundred years is for ever.
  static func after(milliseconds: UInt64) -> UInt64 {
    let (ticks, overflow) = milliseconds.multipliedReportingOverflow(by: ticksPerMillisecond)
    return overflow || ticks > never / 2 ? never : now + ticks
  }

  /// When the share of time is over that a process gets now.
  static var endOfQuantum: UInt64 { after(milliseconds: quantum) }

  static func cancel() { interrupt(at: never) }

  static func interrupt(at time: UInt64) {
    if Paravirtual.offers(.timer) { Paravirtual.setTimer(time) } else { Firmware.setTimer(time) }
  }

  static let never = UInt64.max
}
