import Machine
import RISCV

/// Harts that only remember what devices do to them. The test turns the clock.
final class FakePort: HartPort {
  let hartCount: Int
  var clock: UInt64 = 0
  var timeOffset: UInt64 = 0
  private var wires: [[Bool]]
  private var compares: [UInt64]

  init(hartCount: Int = 1) {
    self.hartCount = hartCount
    wires = .init(repeating: .init(repeating: false, count: 16), count: hartCount)
    compares = .init(repeating: .max, count: hartCount)
  }

  var time: UInt64 {
    get { clock / 10 &+ timeOffset }
    set { timeOffset = newValue &- clock / 10 }
  }

  func setInterrupt(_ interrupt: Interrupt, level: Bool, hart: Int) { wires[hart][Int(interrupt.rawValue)] = level }
  func isHigh(_ interrupt: Interrupt, hart: Int = 0) -> Bool { wires[hart][Int(interrupt.rawValue)] }
  func timerCompare(hart: Int) -> UInt64 { compares[hart] }
  func setTimerCompare(_ ticks: UInt64, hart: Int) { compares[hart] = ticks }
}

extension Device {
  func word(_ offset: UInt64) throws -> UInt64 { try read(offset: offset, width: .word) }
  func byte(_ offset: UInt64) throws -> UInt8 { UInt8(try read(offset: offset, width: .byte)) }
  func setWord(_ value: UInt64, _ offset: UInt64) throws { try write(value, offset: offset, width: .word) }
  func setByte(_ value: UInt8, _ offset: UInt64) throws { try write(UInt64(value), offset: offset, width: .byte) }
}

/// Output collected by a closure.
final class Sink {
  var bytes: [UInt8] = []
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
