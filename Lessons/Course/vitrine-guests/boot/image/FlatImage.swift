/// An executable as it lies in memory: what the firmware can copy without knowing ELF.
struct FlatImage {
  let address: UInt64
  let entry: UInt64
  private(set) var bytes: [UInt8] = []

  init(elf: [UInt8], name: String) {
    guard elf.count >= 64, elf.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
      ImageMaker.stop("\(name) is no ELF file of 64 bits")
    }
    entry = elf.number(at: 24, bytes: 8)
    let headers = Int(elf.number(at: 32, bytes: 8))
    let segments = (0..<Int(elf.number(at: 56, bytes: 2))).map { headers + $0 * 56 }.filter { header in
      // Type 1, to be loaded, and with bytes in the file: what is zero in memory the loader clears by itself.
      elf.number(at: header, bytes: 4) == 1 && elf.number(at: header + 32, bytes: 8) > 0
    }.sorted { elf.number(at: $0 + 24, bytes: 8) < elf.number(at: $1 + 24, bytes: 8) }
    guard let first = segments.first else { ImageMaker.stop("\(name) has no segment to load") }
    address = elf.number(at: first + 24, bytes: 8)
    for header in segments {
      let offset = Int(elf.number(at: header + 8, bytes: 8))
      let start = Int(elf.number(at: header + 24, bytes: 8) - address)
      guard start >= bytes.count else { ImageMaker.stop("segments of \(name) overlap") }
      bytes += [UInt8](repeating: 0, count: start - bytes.count)
      bytes += elf[offset..<(offset + Int(elf.number(at: header + 32, bytes: 8)))]
    }
  }
}
