import Machine

/// Builds small RISC-V ELF files for loaders to chew on.
struct ELFBuilder {
  struct Segment {
    var virtualAddress: UInt64
    var physicalAddress: UInt64
    var bytes: [UInt8]
    var memorySize: UInt64
  }

  var entry: UInt64 = 0x8000_0000
  var machine: UInt16 = 243
  var segments: [Segment] = []
  var symbols: [(name: String, address: UInt64)] = []

  static func segment(_ address: UInt64, _ bytes: [UInt8], memorySize: UInt64? = nil) -> Segment {
    Segment(
      virtualAddress: address, physicalAddress: address, bytes: bytes,
      memorySize: memorySize ?? UInt64(bytes.count))
  }

  var bytes: [UInt8] {
    let headersSize = 64 + 56 * segments.count
    var body: [UInt8] = []
    var programHeaders: [UInt8] = []
    for segment in segments {
      programHeaders.append(littleEndian: UInt32(1))
      programHeaders.append(littleEndian: UInt32(7))
      programHeaders.append(littleEndian: UInt64(headersSize + body.count))
      programHeaders.append(littleEndian: segment.virtualAddress)
      programHeaders.append(littleEndian: segment.physicalAddress)
      programHeaders.append(littleEndian: UInt64(segment.bytes.count))
      programHeaders.append(littleEndian: segment.memorySize)
      programHeaders.append(littleEndian: UInt64(4096))
      body += segment.bytes
    }

    var strings: [UInt8] = [0]
    var table = [UInt8](repeating: 0, count: 24)
    for symbol in symbols {
      table.append(littleEndian: UInt32(strings.count))
      table += [0x10, 0]  // global, no type
      table.append(littleEndian: UInt16(0xfff1))  // absolute
      table.append(littleEndian: symbol.address)
      table.append(littleEndian: UInt64(0))
      strings += Array(symbol.name.utf8) + [0]
    }
    let tableOffset = headersSize + body.count
    let stringsOffset = tableOffset + table.count
    let sectionsOffset = stringsOffset + strings.count

    var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    header.append(littleEndian: UInt16(2))
    header.append(littleEndian: machine)
    header.append(littleEndian: UInt32(1))
    header.append(littleEndian: entry)
    header.append(littleEndian: UInt64(64))
    header.append(littleEndian: UInt64(sectionsOffset))
    header.append(littleEndian: UInt32(0))
    for field in [64, 56, segments.count, 64, 3, 0] { header.append(littleEndian: UInt16(field)) }

    func section(_ type: UInt32, _ offset: Int, _ size: Int, link: UInt32, entrySize: UInt64) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(littleEndian: UInt32(0))
      bytes.append(littleEndian: type)
      for field in [0, 0, UInt64(offset), UInt64(size)] { bytes.append(littleEndian: field) }
      bytes.append(littleEndian: link)
      bytes.append(littleEndian: UInt32(1))
      bytes.append(littleEndian: UInt64(8))
      bytes.append(littleEndian: entrySize)
      return bytes
    }
    let sections =
      [UInt8](repeating: 0, count: 64) + section(2, tableOffset, table.count, link: 2, entrySize: 24)
      + section(3, stringsOffset, strings.count, link: 0, entrySize: 0)
    return header + programHeaders + body + table + strings + sections
  }
}
