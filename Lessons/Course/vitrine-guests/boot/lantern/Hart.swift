/// What the kernel keeps for each hart. The hart's `tp` points to it while the kernel runs.
struct Hart {
  /// The top of the stack for starting and scheduling. First, because entry.S reads it.
  var stackTop: UInt64
  /// The number that the firmware and the device tree use.
  var identifier: UInt64
  /// Where its scheduler is while a process runs.
  var context = Context()
  var process: UnsafeMutablePointer<Process>?
  /// It waits for an interrupt, and takes a software interrupt as a call to look for work.
  var isIdle = false
  var isBootHart = false
  var isStarted = false
}

/// This hart's own record.
var currentHart: UnsafeMutablePointer<Hart> { UnsafeMutablePointer(bitPattern: UInt(read_tp()))! }

/// All harts of the machine.
enum Harts {
  private nonisolated(unsafe) static var table: UnsafeMutablePointer<Hart>?
  private(set) nonisolated(unsafe) static var count = 0
  private static let stackSize: UInt64 = 16384

  /// Makes the table, with a stack for each hart but the boot hart, which has the one it began with.
  static func makeTable(_ board: borrowing Board, bootHart: UInt64) {
    let bytes = UInt64(MemoryLayout<Hart>.stride * board.hartCount)
    let records = PageAllocator.allocateForever(bytes: bytes).pointer.assumingMemoryBound(to: Hart.self)
    table = records
    count = board.hartCount
    var index = 0
    while index < count {
      let hart = records + index
      hart.initialize(to: Hart(stackTop: 0, identifier: board.harts[index].identifier))
      if hart.pointee.identifier == bootHart {
        hart.pointee.isBootHart = true
        hart.pointee.isStarted = true
        write_tp(UInt64(UInt(bitPattern: hart)))
      } else {
        hart.pointee.stackTop = PageAllocator.allocateForever(bytes: stackSize).mapped + stackSize
      }
      index += 1
    }
    guard read_tp() != 0 else { fail("hart \(bootHart), which boots, is not in the device tree") }
  }

  /// Asks the firmware to start the others. They come in at `secondary_entry`, and wait there for the kernel's lock.
  static func startOthers() {
    var started = 1
    visit { hart in
      if hart.pointee.isBootHart { return }
      let record = UInt64(UInt(bitPattern: hart))
      if Firmware.start(hart: hart.pointee.identifier, at: secondary_entry_address, argument: record) {
        hart.pointee.isStarted = true
        started += 1
      } else {
        say("hart \(hart.pointee.identifier) does not start: the firmware refuses")
      }
    }
    say("\(started) of \(count) harts")
  }

  /// What each hart does for itself: which interrupts it takes.
  static func prepare() {
    write_sie(Interrupts.software | Interrupts.timer | Interrupts.external)
    Timer.cancel()
  }

  static func visit(_ body: (UnsafeMutablePointer<Hart>) -> Void) {
    guard let table else { return }
    var index = 0
    while index < count {
      body(table + index)
      index += 1
    }
  }

  /// Calls a hart that has nothing to do, if there is one.
  static func wakeIdle() {
    var called = false
    visit { hart in
      if hart.pointee.isIdle && !called && hart != currentHart {
        hart.pointee.isIdle = false  // one call is enough
        Firmware.interrupt(hart: hart.pointee.identifier)
        called = true
      }
    }
  }

  static var started: UInt64 {
    var started: UInt64 = 0
    visit { if $0.pointee.isStarted { started += 1 } }
    return started
  }
}
