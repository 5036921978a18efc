/// The table of processes, and how they begin and end.
enum Processes {
  static let limit = 64
  /// The status of a process that a fault has ended.
  static let faultStatus: UInt64 = 255

  private static let stackSize: UInt64 = 16384
  /// At the bottom of each kernel stack; if it changes, the stack was too small.
  private static let stackMark: UInt64 = 0x1a27_e512_0f5a_c4d1

  private(set) nonisolated(unsafe) static var table = UnsafeMutablePointer<Process>(bitPattern: 8)!
  private nonisolated(unsafe) static var lastIdentifier: UInt64 = 0

  /// Makes the table, with a kernel stack for each place.
  static func start() {
    let bytes = UInt64(MemoryLayout<Process>.stride * limit)
    table = PageAllocator.allocateForever(bytes: bytes).pointer.assumingMemoryBound(to: Process.self)
    visit { process in
      let stack = PageAllocator.allocateForever(bytes: stackSize)
      process.initialize(to: Process())
      process.pointee.stackTop = stack.mapped + stackSize
      store64(stack.mapped, stackMark)
    }
  }

  static func visit(_ body: (UnsafeMutablePointer<Process>) -> Void) {
    var index = 0
    while index < limit {
      body(table + index)
      index += 1
    }
  }

  static func checkStack(of process: UnsafeMutablePointer<Process>) {
    if load64(process.pointee.stackTop - stackSize) != stackMark {
      panic("the kernel stack of process \(process.pointee.identifier) was too small")
    }
  }

  // MARK: Beginning

  /// A new place in the table, not yet runnable.
  private static func make(_ name: Name) throws(Failure) -> UnsafeMutablePointer<Process> {
    var found: UnsafeMutablePointer<Process>?
    visit { process in
      if found == nil && process.pointee.state == .unused { found = process }
    }
    guard let process = found else { throw .tooManyProcesses }
    let stackTop = process.pointee.stackTop
    lastIdentifier += 1
    process.pointee = Process()
    process.pointee.state = .beingMade
    process.pointee.stackTop = stackTop
    process.pointee.identifier = lastIdentifier
    process.pointee.parent = currentHart.pointee.process?.pointee.identifier ?? 0
    process.pointee.name = name
    return process
  }

  /// Starts the program whose file the first word of a line names; the program is given the whole line. Returns the
  /// number of the process.
  static func spawn(line: Text) throws(Failure) -> UInt64 {
    var rest = line
    guard let word = rest.takeWord() else { throw .badArgument }
    let file = try FileSystem.find(prefix: "bin/", word)
    let process = try make(Name(word))
    do throws(Failure) {
      let program = try ProgramLoader.load(file, line: line)
      process.pointee.addressSpace = program.space
      process.pointee.heapStart = program.heapStart
      process.pointee.heapEnd = program.heapStart
      process.pointee.frame.pointee = program.frame
    } catch {
      process.pointee.state = .unused
      throw error
    }
    process.pointee.context.ra = address_of_process_start()
    process.pointee.context.sp = process.pointee.stackTop - TrapFrame.size
    Scheduler.makeRunnable(process)
    Harts.wakeIdle()
    return process.pointee.identifier
  }

  /// Starts a process of the kernel's own: a function that never returns. It has no program and no address space.
  static func startInKernel(_ name: Name, entry: UInt64) throws(Failure) {
    let process = try make(name)
    process.pointee.context.ra = entry
    process.pointee.context.sp = process.pointee.stackTop
    Scheduler.makeRunnable(process)
  }

  // MARK: Ending

  /// Ends the process that runs here. It stays in the table until its parent has asked for its status.
  static func exit(status: UInt64) -> Never {
    guard let process = currentHart.pointee.process else { panic("nobody exits") }
    if process.pointee.identifier == initial {
      fail("\(process.pointee.name), the first program, has ended with status \(status)")
    }
    process.pointee.exitStatus = status
    visit { child in
      if child.pointee.parent == process.pointee.identifier { child.pointee.parent = initial }
    }
    Scheduler.wake(.childEnded)
    Scheduler.leaveForEver(process)
  }

  /// The first program, which inherits the children of those that end.
  nonisolated(unsafe) static var initial: UInt64 = 0

  /// Waits until a child has ended, any or the one named, and takes it out of the table.
  static func waitForChild(
    _ identifier: UInt64, of process: UnsafeMutablePointer<Process>
  ) throws(Failure) -> (identifier: UInt64, status: UInt64) {
    while true {
      var hasChildren = false
      var ended: UnsafeMutablePointer<Process>?
      visit { child in
        guard child.pointee.state != .unused && child.pointee.parent == process.pointee.identifier else { return }
        guard identifier == 0 || child.pointee.identifier == identifier else { return }
        hasChildren = true
        if child.pointee.state == .ended { ended = child }
      }
      guard hasChildren else { throw .noChild }
      if let child = ended {
        // No hart is in its address space any more: its hart had left before it let go of the lock.
        child.pointee.addressSpace?.destroy()
        child.pointee.addressSpace = nil
        child.pointee.state = .unused
        return (child.pointee.identifier, child.pointee.exitStatus)
      }
      Scheduler.wait(for: .childEnded)
    }
  }
}
