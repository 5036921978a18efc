/// Who runs: round robin over the table of processes, on every hart.
enum Scheduler {
  /// The place in the table at which the search for the next one begins.
  private nonisolated(unsafe) static var cursor = 0

  /// A process that was woken goes first: it has waited, and most soon wait again. Then the round goes on where it was.
  private nonisolated(unsafe) static var urgent: UnsafeMutablePointer<Process>?
  static var someoneIsUrgent: Bool { urgent != nil }

  /// What each hart does for ever: give itself to a process, get itself back, look for the next. Comes with the lock held.
  static func run() -> Never {
    while true {
      if let process = next() { give(to: process) } else { idle() }
    }
  }

  /// The next runnable process after the last one that ran.
  private static func next() -> UnsafeMutablePointer<Process>? {
    wakeSleepers()
    if let process = urgent {
      urgent = nil
      if process.pointee.state == .runnable { return process }
    }
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
    Processes.visit { process in
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
    // Who gave way in the middle of its quantum has the rest of it now.
    if process.pointee.quantumEnd == 0 { process.pointee.quantumEnd = Timer.endOfQuantum }
    Timer.interrupt(at: process.pointee.quantumEnd)
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
    process.pointee.quantumEnd = 0
    leave(process)
  }

  /// Lets the urgent process go first, and is the next one after it.
  static func giveWay() {
    guard let process = currentHart.pointee.process else { return }
    process.pointee.state = .runnable
    cursor = process - Processes.table
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
    process.pointee.quantumEnd = 0
    leave(process)
  }

  /// Ends the stay of a process for good: nobody switches back to it.
  static func leaveForEver(_ process: UnsafeMutablePointer<Process>) -> Never {
    process.pointee.state = .ended
    leave(process)
    panic("a process that has ended runs")
  }

  // MARK: Waking

  /// Makes all that wait for an event runnable.
  static func wake(_ event: Event) {
    Processes.visit { process in
      if process.pointee.state == .waiting && process.pointee.waitsFor == event {
        makeRunnable(process)
        urgent = process
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
    Processes.visit { process in
      if process.pointee.state == .waiting && process.pointee.wakeTime <= now { makeRunnable(process) }
    }
  }

  private static func earliestWakeTime() -> UInt64 {
    var earliest = Timer.never
    Processes.visit { process in
      if process.pointee.state == .waiting { earliest = min(earliest, process.pointee.wakeTime) }
    }
    return earliest
  }
}
