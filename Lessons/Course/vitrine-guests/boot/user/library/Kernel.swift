/// The system calls as a program sees them; shared/SystemCall.swift says what each does.
enum Kernel {
  private static func call(
    _ number: SystemCall, _ a0: UInt64 = 0, _ a1: UInt64 = 0, _ a2: UInt64 = 0, _ a3: UInt64 = 0, _ a4: UInt64 = 0
  ) throws(Failure) -> UInt64 {
    let answer = system_call(number.rawValue, a0, a1, a2, a3, a4)
    if answer >= 0 { return UInt64(answer) }
    throw Failure(rawValue: -answer) ?? .noSuchCall
  }

  static func write(_ bytes: UnsafePointer<UInt8>, count: Int) throws(Failure) {
    _ = try call(.write, address(bytes), UInt64(count))
  }

  /// Waits for a line; returns how many bytes of it there are.
  static func read(into bytes: UnsafeMutablePointer<UInt8>, capacity: Int) throws(Failure) -> Int {
    Int(try call(.read, address(bytes), UInt64(capacity)))
  }

  static func exit(_ status: UInt64) -> Never {
    _ = try? call(.exit, status)
    while true {}
  }

  static var processIdentifier: UInt64 { (try? call(.getpid)) ?? 0 }

  static func sleep(milliseconds: UInt64) { _ = try? call(.sleep, milliseconds) }

  /// Moves the end of the heap; returns where it was.
  static func changeHeap(by bytes: Int) throws(Failure) -> UInt64 {
    try call(.sbrk, UInt64(bitPattern: Int64(bytes)))
  }

  /// Starts a program; the first word of the line is its name. Returns the number of the process.
  static func spawn(_ line: Text) throws(Failure) -> UInt64 {
    try call(.spawn, address(line.start), UInt64(line.count))
  }

  /// Waits until a child has ended, any if `process` is 0. Returns which, and its status.
  static func wait(for process: UInt64 = 0) throws(Failure) -> (process: UInt64, status: UInt64) {
    var status: UInt64 = 0
    let ended = try withUnsafeMutablePointer(to: &status) { (place) throws(Failure) in
      try call(.wait, process, address(place))
    }
    return (ended, status)
  }

  static func yield() { _ = try? call(.yield) }

  /// The file at an index of the directory, or nil after the last.
  static func file(_ index: Int) -> FileRecord? {
    var record = FileRecord()
    return withUnsafeMutablePointer(to: &record) { (try? call(.list, UInt64(index), address($0))) == 1 } ? record : nil
  }

  /// Reads a part of a file; returns how many bytes, 0 at its end.
  static func read(
    file name: Text, offset: UInt64, into bytes: UnsafeMutablePointer<UInt8>, capacity: Int
  ) throws(Failure) -> Int {
    Int(try call(.readfile, address(name.start), UInt64(name.count), offset, address(bytes), UInt64(capacity)))
  }

  /// The process at a place of the table, or nil after the last place.
  static func process(_ index: Int) -> ProcessRecord? {
    var record = ProcessRecord()
    let found = withUnsafeMutablePointer(to: &record) { (try? call(.processes, UInt64(index), address($0))) == 1 }
    return found ? record : nil
  }

  static var memory: MemoryRecord {
    var record = MemoryRecord()
    withUnsafeMutablePointer(to: &record) { _ = try? call(.memory, address($0)) }
    return record
  }

  static func halt(status: UInt64) { _ = try? call(.halt, status) }

  private static func address(_ pointer: UnsafeRawPointer) -> UInt64 { UInt64(UInt(bitPattern: pointer)) }
}
