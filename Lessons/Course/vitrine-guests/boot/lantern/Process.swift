/// What `switch_context` saves and restores: the registers that a called function must preserve. trap.S knows the order.
struct Context {
  var ra: UInt64 = 0
  var sp: UInt64 = 0
  var s = InlineArray<12, UInt64>(repeating: 0)
}

/// What a waiting process waits for. Who brings it about calls `Scheduler.wake`.
enum Event: UInt64 {
  case nothing
  case time
  case childEnded
  case keyboard
  case diskFree
  case diskDone
  case balloonChanged
}

/// One place in the table of processes.
struct Process {
  enum State: UInt64 {
    case unused, beingMade, runnable, running, waiting, ended
  }

  var state = State.unused
  var identifier: UInt64 = 0
  var parent: UInt64 = 0
  var name = Name()

  /// Nil for a process of the kernel's own, which lives in the kernel's half alone.
  var addressSpace: AddressSpace?
  /// The heap grows between the end of what the program's file asked for and the stack.
  var heapStart = VirtualAddress(0)
  var heapEnd = VirtualAddress(0)

  /// The end of its kernel stack, in pages that stay with this place in the table.
  var stackTop: UInt64 = 0
  /// Where it is in the kernel, while it does not run.
  var context = Context()

  var waitsFor = Event.nothing
  /// When the sleep is over, in ticks.
  var wakeTime = Timer.never
  /// When its share of time is over; 0 if it has none at present.
  var quantumEnd: UInt64 = 0
  var exitStatus: UInt64 = 0
  var hart: UInt64 = 0
  var preemptions: UInt64 = 0

  /// The state of its program, while it is in the kernel.
  var frame: UnsafeMutablePointer<TrapFrame> {
    UnsafeMutablePointer(bitPattern: UInt(stackTop - TrapFrame.size))!
  }
}
