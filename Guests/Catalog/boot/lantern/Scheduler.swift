/// Who runs: round robin over the table of processes, on every hart.
enum Scheduler {
  /// The place in the table at which the search for the next one begins.
  private nonisolated(unsafe) static var cursor = 0

  /// A process that a device has woken is due before those that only compute.
  private(set) nonisolated(unsafe) static var someoneIsUrgent = false

  /// What each hart does for ever: give itself to a process, get itself back, look for the next. Comes with the lock held.
  static func run() -> Never {
    while true {
      if let process = next() { give(to: process) } else { idle() }
    }
  }

  /// The next runnable process after the last one that ran.
  private static func next() -> UnsafeMutablePointer<Process>? {
    someoneIsUrgent = false
    wakeSleepers()
    var tried = 0
    while tried < Processes.limit {
      let process = Processes.table + cursor
      cursor = (cursor + 1) % Processes.limit
      if process.pointee.state == .runnable { return process }
      tried += 1
    }
    return nil
  }

  /// Whether there is work for another hart.
  private static var hasRunnable: Bool {
    var found = false
    Processes.visit { _, process in
      if process.pointee.state == .runnable { found = true }
    }
    return found
  }

  /// Runs a process on this hart until it comes back by `leave`.
  private static func give(to process: UnsafeMutablePointer<Process>) {
    let hart = currentHart
    process.pointee.state = .running
    process.pointee.hart = hart.pointee.identifier
    hart.pointee.process = process
    // Idle harts are called one by one: each calls the next if it leaves work behind.
    if hasRunnable { Harts.wakeIdle() }
    if let space = process.pointee.addressSpace { space.activate() } else { AddressSpace.activate(.kernel) }
    Timer.startQuantum()
    switch_context(&hart.pointee.context, &process.pointee.context)
    hart.pointee.process = nil
  }

  /// Nothing to do: waits for an interrupt, with the lock free for others. A pending interrupt ends `wfi` although
  /// interrupts are off, so one that comes just before it is not lost.
  private static func idle() {
    let hart = currentHart
    AddressSpace.activate(.kernel)  // the last process may end elsewhere, and its tables with it
    Timer.interrupt(at: earliestWakeTime())
    hart.pointee.isIdle = true
    kernelLock.release()
    wait_for_interrupt()
    kernelLock.acquire()
    hart.pointee.isIdle = false
    _ = Interrupts.handlePending()
  }

  // MARK: Called by a process

  /// Goes back to this hart's scheduler, in the state that the process has set for itself.
  private static func leave(_ process: UnsafeMutablePointer<Process>) {
    Processes.checkStack(of: process)
    switch_context(&process.pointee.context, &currentHart.pointee.context)
    // From here on it may be another hart.
  }

  /// Lets others have their turn.
  static func yield() {
    guard let process = currentHart.pointee.process else { return }
    process.pointee.state = .runnable
    leave(process)
  }

  /// Waits for an event, or for a time. There may be other reasons to come back: the caller looks again.
  static func wait(for event: Event, until time: UInt64 = Timer.never) {
    guard let process = currentHart.pointee.process else {
      panic("something waits before there are processes")
    }
    process.pointee.state = .waiting
    process.pointee.waitsFor = event
    process.pointee.wakeTime = time
    leave(process)
  }

  /// Ends the stay of a process for good: nobody switches back to it.
  static func leaveForEver(_ process: UnsafeMutablePointer<Process>) -> Never {
    process.pointee.state = .ended
    leave(process)
    panic("a process that has ended runs")
  }

  // MARK: Waking

  /// Makes all that wait for an event runnable. They go first: they have waited, and most soon wait again.
  static func wake(_ event: Event) {
    Processes.visit { index, process in
      if process.pointee.state == .waiting && process.pointee.waitsFor == event {
        makeRunnable(process)
        cursor = index
        someoneIsUrgent = true
      }
    }
  }

  static func makeRunnable(_ process: UnsafeMutablePointer<Process>) {
    process.pointee.state = .runnable
    process.pointee.waitsFor = .nothing
    process.pointee.wakeTime = Timer.never
  }

  private static func wakeSleepers() {
    let now = Timer.now
    Processes.visit { _, process in
      if process.pointee.state == .waiting && process.pointee.wakeTime <= now { makeRunnable(process) }
    }
  }

  private static func earliestWakeTime() -> UInt64 {
    var earliest = Timer.never
    Processes.visit { _, process in
      if process.pointee.state == .waiting { earliest = min(earliest, process.pointee.wakeTime) }
    }
    return earliest
  }
}
