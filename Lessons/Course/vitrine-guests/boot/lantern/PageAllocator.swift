/// The physical memory that is free, page by page.
///
/// Pages that came back are a list, linked through their own first bytes. Pages that nobody ever had lie beyond the
/// frontier: so nothing has to be done for each page at boot, and memory that is not used is not even touched.
enum PageAllocator {
  private struct FreePage {
    var next: UnsafeMutablePointer<FreePage>?
  }

  private nonisolated(unsafe) static var list: UnsafeMutablePointer<FreePage>?
  private nonisolated(unsafe) static var listed: UInt64 = 0
  private nonisolated(unsafe) static var frontier: UInt64 = 0
  private nonisolated(unsafe) static var end: UInt64 = 0

  /// Pages from the end of the kernel to the end of memory.
  private(set) nonisolated(unsafe) static var total: UInt64 = 0

  /// Pages that can still be had.
  static var free: UInt64 { listed + (end - frontier) / pageSize }

  /// All from the kernel's end to the end of memory is ours. What lies below the kernel, the firmware and the loader,
  /// stays as it is.
  static func start(end: UInt64) {
    frontier = PhysicalAddress(mapped: address_of_kernel_end()).bits
    self.end = end & ~(pageSize - 1)
    total = free
  }

  /// A page, all zero. When there is none left, the balloon may have some.
  static func allocate() throws(Failure) -> PhysicalAddress {
    if free == 0 { Balloon.relieve() }
    guard let page = take() else { throw .noMemory }
    zero_page(page.pointer)
    return page
  }

  /// A page with whatever lies in it, for who will not look; nil if there is none left.
  static func take() -> PhysicalAddress? {
    if let first = list {
      list = first.pointee.next
      listed -= 1
      return PhysicalAddress(mapped: UInt64(UInt(bitPattern: first)))
    }
    guard frontier < end else { return nil }
    frontier += pageSize
    return PhysicalAddress(frontier - pageSize)
  }

  /// Takes a page back.
  static func release(_ page: PhysicalAddress) {
    guard page.bits & (pageSize - 1) == 0 && page.bits < frontier && page.bits >= end - total * pageSize else {
      panic("page \(hex: page.bits) was released, which is none of ours")
    }
    let first = page.pointer.assumingMemoryBound(to: FreePage.self)
    first.pointee.next = list
    list = first
    listed += 1
  }

  /// Zeroed pages in a row, for tables that stay as long as the kernel runs. Only beyond the frontier are pages in order.
  static func allocateForever(bytes: UInt64) -> PhysicalAddress {
    let first = PhysicalAddress(frontier)
    let pages = (bytes + pageSize - 1) / pageSize
    guard frontier + pages * pageSize <= end else { fail("out of memory at start: give the machine more") }
    var page = first
    while page.bits < first.bits + pages * pageSize {
      zero_page(page.pointer)
      page.bits += pageSize
    }
    frontier = page.bits
    return first
  }
}
