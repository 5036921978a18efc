/// Bytes of text that lie somewhere else: a property of the device tree, a file's name, a word of a line.
struct Text {
  var start: UnsafePointer<UInt8>
  var count: Int

  init(_ start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    self.count = count
  }

  init(_ text: StaticString) {
    self.init(text.utf8Start, count: text.utf8CodeUnitCount)
  }

  /// The text that ends before the first zero byte, or after `limit` bytes.
  init(zeroTerminated start: UnsafePointer<UInt8>, limit: Int = Int.max) {
    self.start = start
    count = 0
    while count < limit && start[count] != 0 { count += 1 }
  }

  subscript(index: Int) -> UInt8 { start[index] }

  static func == (left: Text, right: StaticString) -> Bool {
    left == Text(right)
  }

  static func == (left: Text, right: Text) -> Bool {
    left.count == right.count && left.hasPrefix(right)
  }

  func hasPrefix(_ prefix: Text) -> Bool {
    guard prefix.count <= count else { return false }
    var index = 0
    while index < prefix.count {
      if start[index] != prefix.start[index] { return false }
      index += 1
    }
    return true
  }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    hasPrefix(Text(prefix))
  }

  /// The text without its first bytes.
  func dropping(_ bytes: Int) -> Text { Text(start + bytes, count: count - bytes) }

  /// Takes the next word off the front: what stands between spaces. Nil at the end.
  mutating func takeWord() -> Text? {
    while count > 0 && self[0] == 0x20 { self = dropping(1) }
    guard count > 0 else { return nil }
    var length = 0
    while length < count && self[length] != 0x20 { length += 1 }
    defer { self = dropping(length) }
    return Text(start, count: length)
  }

  /// The number that these digits are, or nil.
  var number: UInt64? {
    guard (1...18).contains(count) else { return nil }
    var value: UInt64 = 0
    var index = 0
    while index < count {
      guard self[index] >= 0x30 && self[index] <= 0x39 else { return nil }
      value = value * 10 + UInt64(self[index] - 0x30)
      index += 1
    }
    return value
  }
}

/// A name of at most 40 bytes that lies in place, as names do in the file system and in the table of processes.
struct Name {
  static let capacity = 40
  private var bytes = InlineArray<40, UInt8>(repeating: 0)

  init() {}

  /// The first 40 bytes of `text`.
  init(_ text: Text) {
    var index = 0
    while index < text.count && index < Name.capacity {
      bytes[index] = text[index]
      index += 1
    }
  }

  init(_ text: StaticString) {
    self.init(Text(text))
  }

  /// The text of the name, as long as `body` runs.
  func withText<Result, Problem: Error>(_ body: (Text) throws(Problem) -> Result) throws(Problem) -> Result {
    var copy = self
    return try withUnsafePointer(to: &copy) { (pointer) throws(Problem) in
      let start = UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self)
      return try body(Text(zeroTerminated: start, limit: Name.capacity))
    }
  }
}
