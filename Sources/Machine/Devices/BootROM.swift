import RISCV

/// The ROM at the reset vector: QEMU's ten words, then the record that OpenSBI's `fw_dynamic` reads.
///
/// Every hart starts here with `a0` = its number, `a1` = the device tree, `a2` = the record, and jumps to the start address.
/// It can be read and executed; stores are access faults.
package final class BootROM: Device {
  package let name = "rom"
  package let windowSize: UInt64 = 0xf000
  /// Length of the code and its two literals; the record follows.
  package static let recordOffset: UInt64 = 40

  private var bytes: [UInt8] = []

  package init() { set(start: 0, deviceTree: 0, next: 0) }

  /// Fills the ROM.
  /// - Parameters:
  ///   - start: where the code jumps.
  ///   - deviceTree: handed over in `a1`.
  ///   - next: what `fw_dynamic` starts in S-mode; zero for nothing.
  package func set(start: UInt64, deviceTree: UInt64, next: UInt64) {
    let code: [UInt32] = [
      0x0000_0297,  // auipc t0, 0
      0x0282_8613,  // addi  a2, t0, 40
      0xf140_2573,  // csrr  a0, mhartid
      0x0202_b583,  // ld    a1, 32(t0)
      0x0182_b283,  // ld    t0, 24(t0)
      0x0002_8067,  // jr    t0
    ]
    let record: [UInt64] = [
      0x4942_534f,  // magic, "OSBI"
      2,  // version
      next,
      1,  // next mode: S
      0,  // options
      0,  // boot hart
    ]
    bytes.removeAll()
    for word in code { bytes.append(littleEndian: word) }
    for double in [start, deviceTree] + record { bytes.append(littleEndian: double) }
  }

  package func reset() {}

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<width.byteCount).reversed() {
      let place = Int(offset) &+ index
      value = value << 8 | UInt64(place < bytes.count ? bytes[place] : 0)
    }
    return value
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) { throw DeviceFault() }

  package func fetch(offset: UInt64) throws(DeviceFault) -> UInt16 {
    UInt16(truncatingIfNeeded: try read(offset: offset, width: .half))
  }
}

extension [UInt8] {
  /// Adds the bytes of a number, the lowest first.
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    var value = value
    for _ in 0..<value.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: value))
      value >>= 8
    }
  }
}
