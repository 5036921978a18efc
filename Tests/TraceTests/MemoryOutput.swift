import Guests
import Machine
import SystemPackage
import Testing
import Trace

/// Keeps a trace in memory, up to a number of bytes that the "disk" holds.
final class MemoryOutput: TraceOutput {
  let path = "memory"
  private(set) var bytes: [UInt8] = []
  private(set) var isClosed = false
  /// The most that was handed over at once.
  private(set) var largestWrite = 0
  let capacity: Int

  init(capacity: Int = .max) { self.capacity = capacity }

  func write(_ new: UnsafeRawBufferPointer) throws(TraceError) {
    largestWrite = max(largestWrite, new.count)
    guard bytes.count + new.count <= capacity else { throw .file(path: path, reason: "No space left on device") }
    bytes += new
  }
  func close() throws(TraceError) { isClosed = true }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var lines: [Substring] { text.split(separator: "\n") }
}

/// Machines to trace.
enum Traced {
  static func machine(_ guest: String, harts: Int = 1) throws -> Machine {
    try machine(program: try #require(Guests.image(named: guest), "no image of guest \(guest)"), harts: harts)
  }

  static func machine(program: String, harts: Int = 1) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memorySize = 16 << 20
    configuration.hartCount = harts
    configuration.program = FilePath(program)
    return try Machine(configuration)
  }
}
