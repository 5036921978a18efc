/// The kernel's way to a program's bytes. A pointer from a program is looked up in its page table page by page, and the
/// bytes are reached through the kernel's own map: so whatever a program says, the kernel never faults.
extension AddressSpace {
  /// Calls `body` with each piece of `count` bytes at `address` that lies in one page.
  private func forEachPiece(
    of address: VirtualAddress, count: UInt64, needing flags: UInt64,
    _ body: (_ piece: UnsafeMutableRawPointer, _ done: Int, _ count: Int) -> Void
  ) throws(Failure) {
    guard count <= userEnd.bits && address.bits <= userEnd.bits - count else { throw .badAddress }
    try check(address, count: count, needing: flags)
    var done: UInt64 = 0
    while done < count {
      let place = VirtualAddress(address.bits + done)
      let length = min(pageSize - place.offsetInPage, count - done)
      body(table.entry(for: place).target.pointer + Int(place.offsetInPage), Int(done), Int(length))
      done += length
    }
  }

  /// First all is checked, then anything is done: a call that fails has changed nothing.
  private func check(_ address: VirtualAddress, count: UInt64, needing flags: UInt64) throws(Failure) {
    guard count > 0 else { return }
    var page = address.page
    while page.bits < address.bits + count {
      let entry = table.entry(for: page)
      guard entry.isValid && entry.allows(flags | PageTableEntry.user) else { throw .badAddress }
      page.bits += pageSize
    }
  }

  /// Copies from the program's memory.
  func copyIn(_ address: VirtualAddress, to: UnsafeMutableRawPointer, count: UInt64) throws(Failure) {
    try forEachPiece(of: address, count: count, needing: PageTableEntry.read) { piece, done, length in
      _ = memcpy(to + done, piece, UInt(length))
    }
  }

  /// Copies into the program's memory.
  func copyOut(_ from: UnsafeRawPointer, to address: VirtualAddress, count: UInt64) throws(Failure) {
    try forEachPiece(of: address, count: count, needing: PageTableEntry.write) { piece, done, length in
      _ = memcpy(piece, from + done, UInt(length))
    }
  }

  /// Copies a record into the program's memory.
  func copyOut<Record: BitwiseCopyable>(_ record: Record, to address: VirtualAddress) throws(Failure) {
    try withUnsafeBytes(of: record) { (bytes) throws(Failure) in
      try copyOut(bytes.baseAddress!, to: address, count: UInt64(bytes.count))
    }
  }

  /// Lends the program's bytes where they lie, piece by piece.
  func read(
    _ address: VirtualAddress, count: UInt64, _ body: (UnsafePointer<UInt8>, Int) -> Void
  ) throws(Failure) {
    try forEachPiece(of: address, count: count, needing: PageTableEntry.read) { piece, _, length in
      body(UnsafePointer(piece.assumingMemoryBound(to: UInt8.self)), length)
    }
  }
}
