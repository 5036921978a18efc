/// Where the block lies whose first instruction is at a virtual address.
struct JumpCacheEntry {
  var pc: UInt64 = 1
  /// `HartState.jumpKey` when it was found.
  var key: UInt64 = .max
  var block: UnsafeMutablePointer<DecodedOperation>?

  static let count = 4096
}
