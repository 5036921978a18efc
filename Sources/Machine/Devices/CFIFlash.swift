import RISCV

/// One bank of NOR flash: two 16-bit Intel chips side by side on a 32-bit bus, behaving as QEMU's `pflash_cfi01` does.
///
/// 32 MiB in 128 sectors of 256 KiB, erased (all ones) at first. Commands are the low byte of what is written; status, identity
/// and query answers appear once for each chip that an access covers. Programming clears bits, erasing a sector sets them.
/// Sectors take memory only once something is programmed in them.
package final class CFIFlash: Device {
  package let name: String
  package var windowSize: UInt64 { Self.byteCount }
  package static let byteCount: UInt64 = 32 << 20
  package static let sectorSize = 256 << 10

  private static let ready: UInt8 = 0x80
  private static let sequenceError: UInt8 = 0x30

  private enum State: Equatable {
    case array, identity, query, status
    /// The next write is data for one word.
    case program
    /// The next write confirms.
    case erase(sector: Int)
    case lock
    /// The next write says how many words come, less one.
    case bufferCount
    case bufferData(left: Int)
    case bufferConfirm
  }

  private var state = State.array
  private var statusRegister = ready
  /// Nil where nothing but ones has been.
  private var sectors: [[UInt8]?] = .init(repeating: nil, count: Int(byteCount) / sectorSize)
  /// Writes of a buffered program, carried out when it is confirmed.
  private var buffer: [(offset: Int, value: UInt64, width: Int)] = []

  package init(name: String) { self.name = name }

  /// Reset ends any command; what is stored stays.
  package func reset() {
    state = .array
    statusRegister = Self.ready
    buffer = []
  }

  // MARK: Reading

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    switch state {
    case .array: return stored(Int(offset), width.byteCount)
    case .identity: return answer(offset, width) { $0 == 0 ? 0x89 : $0 == 1 ? 0x18 : 0 }
    case .query: return answer(offset, width) { Self.queryTable[$0] }
    case .status, .program, .erase, .lock, .bufferCount, .bufferData, .bufferConfirm:
      return answer(offset, width) { _ in self.statusRegister }
    }
  }

  package func fetch(offset: UInt64) throws(DeviceFault) -> UInt16 {
    UInt16(truncatingIfNeeded: try read(offset: offset, width: .half))
  }

  private func stored(_ offset: Int, _ count: Int) -> UInt64 {
    guard let sector = sectors[offset / Self.sectorSize] else { return .max >> UInt64(64 - 8 * count) }
    let start = offset % Self.sectorSize
    return sector[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Each chip answers with 16 bits about the word that the bus address names; both see the same address.
  private func answer(_ offset: UInt64, _ width: AccessWidth, _ byte: (Int) -> UInt8) -> UInt64 {
    var value: UInt64 = 0
    for chip in 0..<4 {
      let word = Int(truncatingIfNeeded: (offset &+ UInt64(chip) &* 2) >> 2) & 0xff
      value |= UInt64(byte(word)) << UInt64(16 * chip)
    }
    return value & width.mask
  }

  // MARK: Writing

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    switch state {
    case .array, .identity, .query, .status:
      begin(UInt8(truncatingIfNeeded: value), sector: Int(offset) / Self.sectorSize)
    case .program:
      program(value, Int(offset), width.byteCount)
      statusRegister |= Self.ready
      state = .status
    case .erase(let sector): confirmErase(UInt8(truncatingIfNeeded: value), sector: sector)
    case .lock:
      // Locking blocks is accepted and has no effect, as on QEMU.
      let command = UInt8(truncatingIfNeeded: value)
      state = command == 0xd0 || command == 0x01 ? .status : .array
    case .bufferCount:
      buffer = []
      // The count is that of one chip; a chip's buffer holds 1024 words.
      state = .bufferData(left: min(Int(value & 0xffff) &+ 1, Self.bufferWords))
    case .bufferData(let left):
      buffer.append((Int(offset), value, width.byteCount))
      state = left > 1 ? .bufferData(left: left - 1) : .bufferConfirm
    case .bufferConfirm:
      if value & 0xff == 0xd0 {
        for write in buffer { program(write.value, write.offset, write.width) }
        statusRegister |= Self.ready
      } else {
        statusRegister |= Self.ready | Self.sequenceError
      }
      buffer = []
      state = .status
    }
  }

  private static let bufferWords = 1024

  private func begin(_ command: UInt8, sector: Int) {
    switch command {
    case 0x10, 0x40: state = .program
    case 0x20: state = .erase(sector: sector)
    case 0x50:
      statusRegister = Self.ready
      state = .array
    case 0x60: state = .lock
    case 0x70: state = .status
    case 0x90: state = .identity
    case 0x98: state = .query
    case 0xe8:
      statusRegister |= Self.ready
      state = .bufferCount
    // 0xff is Intel's "read array", 0xf0 AMD's, 0x00 QEMU's; what else there may be is not a command.
    default: state = .array
    }
  }

  private func confirmErase(_ command: UInt8, sector: Int) {
    switch command {
    case 0xd0:
      sectors[sector] = nil
      statusRegister |= Self.ready
      state = .status
    case 0xff: state = .array
    default:
      statusRegister |= Self.ready | Self.sequenceError
      state = .status
    }
  }

  private func program(_ value: UInt64, _ offset: Int, _ count: Int) {
    let index = offset / Self.sectorSize
    if sectors[index] == nil { sectors[index] = .init(repeating: 0xff, count: Self.sectorSize) }
    for byte in 0..<count {
      sectors[index]?[offset % Self.sectorSize + byte] &= UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))
    }
  }

  package var fields: [DeviceField] {
    [
      .init("state", "\(state)"), .init("status", hex: statusRegister),
      .init("programmed sectors", sectors.count { $0 != nil }),
    ]
  }

  // MARK: Common Flash Interface

  /// What one chip answers to a query, by word address (JESD68, "CFI Query Identification String" and what follows).
  private static let queryTable: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 256)
    let chipSectorSize = sectorSize / 2
    let sectorCount = Int(byteCount) / sectorSize
    let entries: [(Int, [UInt8])] = [
      (0x10, Array("QRY".utf8)),
      (0x13, [0x01, 0x00]),  // primary command set: Intel extended
      (0x15, [0x31, 0x00]),  // address of its table
      (0x1b, [0x45, 0x55, 0x00, 0x00]),  // supply 4.5 to 5.5 V, no programming voltage
      (0x1f, [0x07, 0x07, 0x0a, 0x00]),  // typical times: word 128 µs, buffer 128 µs, sector 1 s
      (0x23, [0x04, 0x04, 0x04, 0x00]),  // longest times, as powers of two of those
      (0x27, [UInt8((byteCount / 2).trailingZeroBitCount)]),  // size of a chip
      (0x28, [0x02, 0x00]),  // 8 or 16 bits wide
      (0x2a, [0x0b, 0x00]),  // buffer of 2^11 bytes
      (0x2c, [0x01]),  // one region:
      (0x2d, [UInt8((sectorCount - 1) & 0xff), UInt8((sectorCount - 1) >> 8)]),
      (0x2f, [UInt8(chipSectorSize >> 8 & 0xff), UInt8(chipSectorSize >> 16)]),
      (0x31, Array("PRI10".utf8)),
      (0x3f, [0x01]),
    ]
    for (place, bytes) in entries { table.replaceSubrange(place..<place + bytes.count, with: bytes) }
    return table
  }()
}
