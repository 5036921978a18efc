/// The kernel's side of the system calls: SystemCall.swift says what each does.
enum SystemCalls {
  /// Does what the program asks, and leaves the answer in its a0.
  static func perform(_ frame: UnsafeMutablePointer<TrapFrame>, for process: UnsafeMutablePointer<Process>) {
    do throws(Failure) {
      guard let call = SystemCall(rawValue: frame.pointee.argument(7)) else { throw .noSuchCall }
      frame.pointee.setResult(try perform(call, frame.pointee, process))
    } catch {
      frame.pointee.setResult(UInt64(bitPattern: -error.rawValue))
    }
  }

  private static func perform(
    _ call: SystemCall, _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    switch call {
    case .write: return try write(frame, process)
    case .read: return try read(frame, process)
    case .exit: Processes.exit(status: frame.argument(0))
    case .getpid: return process.pointee.identifier
    case .sleep: return sleep(milliseconds: frame.argument(0))
    case .sbrk: return try changeHeap(by: Int64(bitPattern: frame.argument(0)), of: process)
    case .spawn: return try spawn(frame, process)
    case .wait: return try wait(frame, process)
    case .yield:
      Scheduler.yield()
      return 0
    case .list: return try list(frame, process)
    case .readfile: return try readFile(frame, process)
    case .processes: return try describeProcess(frame, process)
    case .memory: return try describeMemory(frame, process)
    case .halt: Firmware.shutDown(failed: frame.argument(0) != 0)
    }
  }

  private static func write(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    let address = VirtualAddress(frame.argument(0))
    let count = frame.argument(1)
    try process.pointee.addressSpace!.read(address, count: count) { Console.write($0, count: $1) }
    return count
  }

  private static func read(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    let address = VirtualAddress(frame.argument(0))
    let capacity = min(frame.argument(1), UInt64(Keyboard.capacity))
    Keyboard.waitForLine()
    let line = Keyboard.line(atMost: Int(capacity))
    try process.pointee.addressSpace!.copyOut(line.start, to: address, count: UInt64(line.count))
    Keyboard.remove(line.count)
    return UInt64(line.count)
  }

  private static func sleep(milliseconds: UInt64) -> UInt64 {
    let end = Timer.after(milliseconds: milliseconds)
    while Timer.now < end { Scheduler.wait(for: .time, until: end) }
    return 0
  }

  /// The heap may come to just below the stack's guard page, and shrink to where it began.
  private static func changeHeap(
    by change: Int64, of process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    let old = process.pointee.heapEnd
    let (sum, overflow) = Int64(old.bits).addingReportingOverflow(change)
    guard !overflow && sum >= Int64(process.pointee.heapStart.bits) else { throw .badArgument }
    guard sum <= Int64(ProgramLoader.heapLimit.bits) else { throw .noMemory }
    let new = VirtualAddress(UInt64(sum))
    if change >= 0 {
      let flags = PageTableEntry.read | PageTableEntry.write
      try process.pointee.addressSpace!.addPages(from: old.roundedUp, to: new.roundedUp, flags: flags)
    } else {
      process.pointee.addressSpace!.removePages(from: new.roundedUp, to: old.roundedUp)
    }
    commitPTEs()
    process.pointee.heapEnd = new
    return old.bits
  }

  private static func spawn(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    var line = InlineArray<256, UInt8>(repeating: 0)
    let count = frame.argument(1)
    guard count <= ProgramLoader.lineLimit else { throw .badArgument }
    try process.pointee.addressSpace!.copyIn(VirtualAddress(frame.argument(0)), to: &line, count: count)
    return try withBytes(of: &line) { bytes throws(Failure) in
      try Processes.spawn(line: Text(bytes, count: Int(count)))
    }
  }

  private static func wait(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    let place = VirtualAddress(frame.argument(1))
    // The address is tried first: afterwards the child would be gone and its status lost.
    if place.bits != 0 { try process.pointee.addressSpace!.copyOut(UInt64(0), to: place) }
    let child = try Processes.waitForChild(frame.argument(0), of: process)
    if place.bits != 0 { try process.pointee.addressSpace!.copyOut(child.status, to: place) }
    return child.identifier
  }

  private static func list(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    guard frame.argument(0) < UInt64(FileSystem.count) else { return 0 }
    let file = FileSystem.file(Int(frame.argument(0)))
    let record = FileRecord(name: file.name, byteCount: UInt64(file.byteCount))
    try process.pointee.addressSpace!.copyOut(record, to: VirtualAddress(frame.argument(1)))
    return 1
  }

  private static func readFile(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    var name = InlineArray<40, UInt8>(repeating: 0)
    let count = frame.argument(1)
    guard count <= UInt64(Name.capacity) else { throw .notFound }
    try process.pointee.addressSpace!.copyIn(VirtualAddress(frame.argument(0)), to: &name, count: count)
    let file = try withBytes(of: &name) { bytes throws(Failure) in
      try FileSystem.find(Text(bytes, count: Int(count)))
    }
    let offset = frame.argument(2)
    guard offset < UInt64(file.byteCount) else { return 0 }

    // A page at a time: from the disk into a page of the kernel's, from there to the program.
    let page = try PageAllocator.allocate()
    defer { PageAllocator.release(page) }
    let inPage = offset % pageSize
    let length = min(frame.argument(4), min(pageSize - inPage, UInt64(file.byteCount) - offset))
    try FileSystem.read(file, page: offset / pageSize, into: page)
    let place = VirtualAddress(frame.argument(3))
    try process.pointee.addressSpace!.copyOut(page.pointer + Int(inPage), to: place, count: length)
    return length
  }

  private static func describeProcess(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    guard frame.argument(0) < UInt64(Processes.limit) else { return 0 }
    let other = Processes.table + Int(frame.argument(0))
    let record = ProcessRecord(
      name: other.pointee.name, identifier: other.pointee.identifier, parent: other.pointee.parent,
      state: other.pointee.state.rawValue, hart: other.pointee.hart, pages: other.pointee.addressSpace?.pages ?? 0,
      preemptions: other.pointee.preemptions)
    try process.pointee.addressSpace!.copyOut(record, to: VirtualAddress(frame.argument(1)))
    return 1
  }

  private static func describeMemory(
    _ frame: TrapFrame, _ process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> UInt64 {
    let record = MemoryRecord(
      total: PageAllocator.total, free: PageAllocator.free, balloon: Balloon.pages, harts: Harts.started,
      uptime: Timer.milliseconds)
    try process.pointee.addressSpace!.copyOut(record, to: VirtualAddress(frame.argument(0)))
    return 0
  }
}

/// Lends the bytes of something that lies in place.
func withBytes<Value, Result>(
  of value: inout Value, _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
) throws(Failure) -> Result {
  try withUnsafePointer(to: &value) { (pointer) throws(Failure) in
    try body(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self))
  }
}
