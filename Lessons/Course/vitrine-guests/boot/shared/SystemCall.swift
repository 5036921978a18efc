/// What a program can ask of the kernel, and the records that go between them. This file is compiled into both.
///
/// A program puts the number into a7, arguments into a0 to a4, and executes `ecall`. The answer is in a0: at least 0, or
/// a `Failure`. A pointer is good only if all the bytes it stands for are the program's own.
enum SystemCall: UInt64 {
  /// (bytes, count) -> count. To the console.
  case write = 0
  /// (bytes, capacity) -> count. Waits for a line from the console; its last byte is a newline, or there was no room.
  case read = 1
  /// (status). Ends the program. Does not return.
  case exit = 2
  /// () -> the number of this process.
  case getpid = 3
  /// (milliseconds) -> 0, not before that time has passed.
  case sleep = 4
  /// (change in bytes) -> the old end of the heap. Pages that come are zero.
  case sbrk = 5
  /// (command line, count) -> the number of the new process, which runs the file `bin/WORD` for the first word.
  case spawn = 6
  /// (process, or 0 for any child; status) -> the number of the child that has ended. `status` is 8 bytes, or null.
  case wait = 7
  /// () -> 0, after others had their turn.
  case yield = 8
  /// (index, FileRecord) -> 1, or 0 when there are no more files.
  case list = 9
  /// (name, count, offset, bytes, capacity) -> count, 0 at the end of the file.
  case readfile = 10
  /// (index, ProcessRecord) -> 1; 0 when there are no more. An unused place in the table has state 0.
  case processes = 11
  /// (MemoryRecord) -> 0.
  case memory = 12
  /// (status). Switches the machine off, as failed unless `status` is 0. Does not return.
  case halt = 13
}

/// Why something could not be done. As the answer of a system call it is this number below zero.
enum Failure: Int64, Error {
  case noSuchCall = 1
  case badAddress = 2
  case badArgument = 3
  case noMemory = 4
  case notFound = 5
  case noChild = 6
  case tooManyProcesses = 7
  case notAProgram = 8
  case corrupted = 9
  case deviceError = 10

  var text: StaticString {
    switch self {
    case .noSuchCall: "no such system call"
    case .badAddress: "bad address"
    case .badArgument: "bad argument"
    case .noMemory: "out of memory"
    case .notFound: "not found"
    case .noChild: "no child to wait for"
    case .tooManyProcesses: "too many processes"
    case .notAProgram: "not a program for this machine"
    case .corrupted: "its checksum is wrong"
    case .deviceError: "the disk reported an error"
    }
  }
}

struct FileRecord {
  var name = Name()
  var byteCount: UInt64 = 0
}

struct ProcessRecord {
  var name = Name()
  var identifier: UInt64 = 0
  var parent: UInt64 = 0
  /// 0 unused, 1 being made, 2 runnable, 3 running, 4 waiting, 5 ended.
  var state: UInt64 = 0
  /// The hart it runs on, or ran on last.
  var hart: UInt64 = 0
  /// Pages of memory that it has, page tables not counted.
  var pages: UInt64 = 0
  /// How often the timer took the hart away from it.
  var preemptions: UInt64 = 0
}

/// Counts of 4 KiB pages; the harts come along.
struct MemoryRecord {
  var total: UInt64 = 0
  var free: UInt64 = 0
  var balloon: UInt64 = 0
  var harts: UInt64 = 0
  /// Milliseconds since the machine was reset.
  var uptime: UInt64 = 0
}
