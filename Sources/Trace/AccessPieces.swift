import RISCV

/// One access to memory as an instruction made it.
///
/// The engine does an access across two pages byte by byte, so neighbouring pieces of one kind are put together again, up to
/// eight bytes. The one instruction with more accesses than one, `cbo.zero`, stores eight bytes at a time.
struct TracedAccess {
  var kind: EventRecord.Kind
  var address: UInt64
  var physical: UInt64
  var width: UInt64
  var old: UInt64
  var value: UInt64

  init(_ record: EventRecord) {
    kind = record.kind
    address = record.a
    physical = record.b
    width = UInt64(record.detail)
    old = record.c
    value = record.d
  }

  /// Takes the next piece in; false when it is an access of its own.
  mutating func append(_ record: EventRecord) -> Bool {
    guard record.kind == kind, record.detail == 1, record.a == address &+ width, width < 8 else { return false }
    old |= record.c << (8 * width)
    value |= record.d << (8 * width)
    width += 1
    return true
  }
}

/// The records of one instruction.
typealias Effects = UnsafeBufferPointer<EventRecord>

extension UnsafeBufferPointer<EventRecord> {
  /// The accesses to memory among an instruction's records.
  @inline(__always)
  func forEachAccess(_ body: (TracedAccess) -> Void) {
    var index = 0
    while index < count {
      let kind = self[index].kind
      guard kind == .load || kind == .store || kind == .update else {
        index += 1
        continue
      }
      var access = TracedAccess(self[index])
      index += 1
      while index < count, access.append(self[index]) { index += 1 }
      body(access)
    }
  }
}
