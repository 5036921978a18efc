import RISCV

/// The real-time clock of Android's emulator (`google,goldfish-rtc`), line 11, in nanoseconds since 1970.
///
/// It starts at 2000-01-01 00:00:00 UTC and runs with the guest's clock, never with the wall's. Registers are words: reading
/// `TIME_LOW` (0x00) latches `TIME_HIGH` (0x04), writing both sets the time; `ALARM_LOW` (0x08) written after `ALARM_HIGH` (0x0c)
/// arms the alarm; `IRQ_ENABLED` (0x10), `CLEAR_ALARM` (0x14), `ALARM_STATUS` (0x18), `CLEAR_INTERRUPT` (0x1c).
package final class GoldfishRTC: TimedDevice {
  package let name = "rtc"
  package let windowSize: UInt64 = 0x1000
  /// 2000-01-01 00:00:00 UTC, in nanoseconds since 1970.
  package static let epoch: UInt64 = 946_684_800_000_000_000
  private static let nanosecondsPerClockUnit: UInt64 = 10

  private unowned let port: any HartPort
  private let line: InterruptLine
  private let agenda: Agenda

  /// What is added to the clock's nanoseconds.
  private var offset = epoch
  private var latchedHigh: UInt32 = 0
  private var alarm: UInt64 = 0
  private var isArmed = false
  private var isEnabled = false
  private var isPending = false

  package init(port: any HartPort, line: InterruptLine, agenda: Agenda) {
    self.port = port
    self.line = line
    self.agenda = agenda
  }

  package func reset() {
    offset = Self.epoch
    latchedHigh = 0
    alarm = 0
    isArmed = false
    isEnabled = false
    isPending = false
    update()
  }

  /// Nanoseconds since 1970.
  package var now: UInt64 { offset &+ port.clock &* Self.nanosecondsPerClockUnit }

  package var dueClock: UInt64 {
    guard isArmed else { return .max }
    let (wait, isPast) = alarm.subtractingReportingOverflow(now)
    guard !isPast, wait > 0 else { return port.clock }
    let units = wait / Self.nanosecondsPerClockUnit + (wait % Self.nanosecondsPerClockUnit == 0 ? 0 : 1)
    let (due, overflow) = port.clock.addingReportingOverflow(units)
    return overflow ? .max : due
  }

  package func clockReached() {
    guard isArmed, alarm <= now else { return }
    isArmed = false
    isPending = true
    update()
  }

  private func update() { line.set(isEnabled && isPending) }

  private func arm() {
    isArmed = true
    clockReached()
    agenda.note(dueClock)
  }

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    guard width == .word else { throw DeviceFault() }
    switch offset {
    case 0x00:
      let now = now
      latchedHigh = UInt32(now >> 32)
      return now & 0xffff_ffff
    case 0x04: return UInt64(latchedHigh)
    case 0x08: return alarm & 0xffff_ffff
    case 0x0c: return alarm >> 32
    case 0x10: return isEnabled ? 1 : 0
    case 0x18: return isArmed ? 1 : 0
    default: return 0
    }
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    guard width == .word else { throw DeviceFault() }
    switch offset {
    case 0x00: setTime(now & ~0xffff_ffff | value)
    case 0x04: setTime(now & 0xffff_ffff | value << 32)
    case 0x08:
      alarm = alarm & ~0xffff_ffff | value
      arm()
    case 0x0c: alarm = alarm & 0xffff_ffff | value << 32
    case 0x10: isEnabled = value & 1 != 0
    case 0x14: isArmed = false
    case 0x1c: isPending = false
    default: return
    }
    update()
  }

  private func setTime(_ time: UInt64) {
    offset = time &- port.clock &* Self.nanosecondsPerClockUnit
    if isArmed { arm() }
  }

  package var fields: [DeviceField] {
    [
      .init("seconds since 1970", now / 1_000_000_000),
      .init("alarm", isArmed ? "at \(alarm) ns" : "off"),
      .init("interrupt", isPending ? (isEnabled ? "pending" : "pending, disabled") : "none"),
    ]
  }
}
