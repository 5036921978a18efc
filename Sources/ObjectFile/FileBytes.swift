/// The bytes of a file whose offsets and sizes nobody vouches for. Every access is checked against the end; none can
/// overflow.
struct FileBytes: Sendable {
  let bytes: [UInt8]

  var count: UInt64 { UInt64(bytes.count) }

  /// The array indices of `size` bytes at `offset`, or nil where the file has no such bytes.
  func range(offset: UInt64, size: UInt64) -> Range<Int>? {
    guard offset <= count, size <= count - offset else { return nil }
    return Int(offset)..<Int(offset + size)
  }

  /// The little-endian integer at `offset`, or nil where it does not lie wholly in the file.
  func integer<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type, at offset: UInt64) -> Value? {
    guard let range = range(offset: offset, size: UInt64(MemoryLayout<Value>.size)) else { return nil }
    var value: Value = 0
    for index in range.reversed() { value = value << 8 | Value(bytes[index]) }
    return value
  }

  /// A table of `count` records of `recordSize` bytes (not zero) at `offset`, or nil where it does not lie wholly in
  /// the file.
  func table(offset: UInt64, count: UInt64, recordSize: UInt64) -> FileTable? {
    guard count <= self.count / recordSize, range(offset: offset, size: count * recordSize) != nil else { return nil }
    return FileTable(file: self, offset: offset, count: count, recordSize: recordSize)
  }
}

/// A table of fixed-size records that was checked to lie in its file.
struct FileTable {
  let file: FileBytes
  let offset: UInt64
  let count: UInt64
  let recordSize: UInt64

  var indices: Range<Int> { 0..<Int(count) }

  /// The integer at `field` bytes into record `index`; both lie inside the table, or it is our mistake and stops the
  /// process.
  func integer<Value: FixedWidthInteger & UnsignedInteger>(
    _ type: Value.Type, record index: Int, field: UInt64
  ) -> Value {
    precondition(index < Int(count) && field + UInt64(MemoryLayout<Value>.size) <= recordSize)
    return file.integer(type, at: offset + UInt64(index) * recordSize + field)!
  }
}

/// A string table, and how much of it may still be copied out.
///
/// Names may overlap, so that a small file can ask for gigabytes of them: one long string, and every symbol one byte
/// further into it. The names read from a table at different offsets may therefore hold 16 times its size together;
/// linkers that merge suffixes stay far below that.
struct StringTable {
  private let bytes: ArraySlice<UInt8>
  private var budget: Int
  private var known: [UInt64: String] = [:]

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    budget = 16 * bytes.count
  }

  /// The zero-terminated string at `offset`; nil beyond the table, without a terminator, or with the budget used up.
  /// Bytes that are not UTF-8 are replaced as `String(decoding:as:)` does.
  mutating func string(at offset: UInt64) -> String? {
    if let name = known[offset] { return name }
    guard offset < UInt64(bytes.count) else { return nil }
    let tail = bytes.dropFirst(Int(offset)).prefix(budget)
    guard let end = tail.firstIndex(of: 0) else { return nil }
    let name = String(decoding: tail[..<end], as: UTF8.self)
    budget -= end - tail.startIndex
    known[offset] = name
    return name
  }
}
