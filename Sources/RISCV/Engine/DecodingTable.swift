/// What encodings were decoded to, the last ones of each hash.
struct DecodingTable {
  struct Decoding {
    var bits: UInt32 = 0
    var operation = DecodedOperation(.illegal, length: 2, weight: 1)
    var writes = WrittenRegister()
  }

  private let entries: UnsafeMutablePointer<Decoding>
  private static let count = 4096

  init() {
    entries = .allocate(capacity: Self.count)
    entries.initialize(repeating: Decoding(), count: Self.count)
  }
  func deallocate() { entries.deallocate() }

  /// An encoding of 16 or 32 bits, decoded. The pointer is good until the next call.
  @inline(__always)
  subscript(bits: UInt32) -> UnsafePointer<Decoding> {
    let bits = bits & 3 == 3 ? bits : bits & 0xffff
    let index = Int((bits ^ bits >> 12 ^ bits >> 20) & UInt32(Self.count - 1))
    if entries[index].bits != bits { fill(entries + index, bits) }
    return UnsafePointer(entries + index)
  }

  @inline(never)
  private func fill(_ place: UnsafeMutablePointer<Decoding>, _ bits: UInt32) {
    let decoded = InstructionSet.shared.decode(bits)
    place.pointee = Decoding(bits: bits, operation: DecodedOperation(decoded, bits), writes: WrittenRegister(decoded))
  }
}
