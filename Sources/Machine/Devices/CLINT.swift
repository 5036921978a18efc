import RISCV

/// The core-local interruptor in the layout that SiFive began and the RISC-V ACLINT specification splits in two: software
/// interrupts (MSWI) in the first 16 KiB, timers (MTIMER) after them.
///
/// Offsets: `msip` of hart h at 4h; `mtimecmp` at 0x4000 + 8h; `mtime` at 0xbff8. Words everywhere, doublewords too for
/// the timers and for pairs of `msip`. What belongs to no hart reads zero and ignores writes. The compare values live in the
/// harts, which look at them without asking us.
package final class CLINT: Device {
  package let name = "clint"
  package let windowSize: UInt64 = 0x1_0000

  private unowned let port: any HartPort
  private var softwareInterrupt: [Bool]

  package init(port: any HartPort) {
    self.port = port
    softwareInterrupt = .init(repeating: false, count: port.hartCount)
  }

  package func reset() {
    for hart in softwareInterrupt.indices {
      setSoftwareInterrupt(false, hart: hart)
      port.setTimerCompare(.max, hart: hart)
    }
  }

  private func setSoftwareInterrupt(_ level: Bool, hart: Int) {
    guard hart < softwareInterrupt.count, softwareInterrupt[hart] != level else { return }
    softwareInterrupt[hart] = level
    port.setInterrupt(.machineSoftware, level: level, hart: hart)
  }

  private enum Register {
    case softwareInterrupt(Int)
    case timerCompare(Int)
    case time
    case reserved
  }

  /// The register whose first byte lies at or below `offset`, a multiple of 4.
  private func register(at offset: UInt64) -> Register {
    switch offset {
    case 0..<0x4000: .softwareInterrupt(Int(offset / 4))
    case 0x4000..<0xbff8:
      offset < 0x4000 + 8 * UInt64(softwareInterrupt.count) ? .timerCompare(Int((offset &- 0x4000) / 8)) : .reserved
    case 0xbff8..<0xc000: .time
    default: .reserved
    }
  }

  private func doubleword(_ register: Register) -> UInt64 {
    switch register {
    case .softwareInterrupt(let hart):
      (isSet(hart) ? 1 : 0) | (isSet(hart &+ 1) ? 1 << 32 : 0)
    case .timerCompare(let hart): port.timerCompare(hart: hart)
    case .time: port.time
    case .reserved: 0
    }
  }

  private func isSet(_ hart: Int) -> Bool { hart < softwareInterrupt.count && softwareInterrupt[hart] }

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    guard width == .word || width == .double else { throw DeviceFault() }
    let whole = doubleword(register(at: offset & ~7))
    if width == .double { return whole }
    return offset & 4 == 0 ? whole & 0xffff_ffff : whole >> 32
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    guard width == .word || width == .double else { throw DeviceFault() }
    let target = register(at: offset & ~7)
    if case .softwareInterrupt(let first) = target {
      if width == .double || offset & 4 == 0 { setSoftwareInterrupt(value & 1 != 0, hart: first) }
      if width == .double { setSoftwareInterrupt(value >> 32 & 1 != 0, hart: first &+ 1) }
      if width == .word, offset & 4 != 0 { setSoftwareInterrupt(value & 1 != 0, hart: first &+ 1) }
      return
    }
    var whole = value
    if width == .word {
      let old = doubleword(target)
      whole = offset & 4 == 0 ? old & ~0xffff_ffff | value : old & 0xffff_ffff | value << 32
    }
    switch target {
    case .timerCompare(let hart): port.setTimerCompare(whole, hart: hart)
    case .time: port.time = whole
    case .softwareInterrupt, .reserved: break
    }
  }

  package var fields: [DeviceField] {
    var fields = [DeviceField("mtime", port.time)]
    for hart in softwareInterrupt.indices {
      let compare = port.timerCompare(hart: hart)
      fields.append(
        .init(
          "hart \(hart)",
          "msip \(softwareInterrupt[hart] ? 1 : 0), mtimecmp \(compare == .max ? "never" : "\(compare)")"))
    }
    return fields
  }
}
