/// Everything that takes a hart from a program into the kernel ends up here: system calls, interrupts, faults.
@c(handle_trap) func handleTrap(_ saved: UnsafeMutableRawPointer) {
  let frame = saved.assumingMemoryBound(to: TrapFrame.self)
  let cause = frame.pointee.cause
  guard frame.pointee.isFromUser, let process = currentHart.pointee.process else {
    panic(
      "\(Traps.name(of: cause)) (\(cause)), address \(hex: frame.pointee.value), pc \(hex: frame.pointee.pc), ra \(hex: frame.pointee.registers[1])"
    )
  }
  kernelLock.acquire()

  if cause & Traps.interruptBit != 0 {
    if Interrupts.handlePending() {
      process.pointee.preemptions += 1
      Scheduler.yield()
    } else if Scheduler.someoneIsUrgent {
      Scheduler.giveWay()
    }
  } else if cause == Traps.environmentCallFromUser {
    frame.pointee.pc += 4  // go on after the ecall
    SystemCalls.perform(frame, for: process)
  } else {
    let address = frame.pointee.value
    say(
      "\(process.pointee.name) (process \(process.pointee.identifier)) is ended: \(Traps.name(of: cause)) (\(cause)), address \(hex: address), pc \(hex: frame.pointee.pc)"
    )
    Processes.exit(status: Processes.faultStatus)
  }
  leaveKernel()
}

/// The last thing in the kernel before a program goes on.
@c(leave_kernel) func leaveKernel() {
  Paravirtual.flush()
  kernelLock.release()
}

enum Traps {
  static let interruptBit: UInt64 = 1 << 63
  static let environmentCallFromUser: UInt64 = 8

  /// Privileged Specification, "Supervisor Cause (scause) Register".
  static func name(of cause: UInt64) -> StaticString {
    switch cause {
    case 0: "instruction address misaligned"
    case 1: "instruction access fault"
    case 2: "illegal instruction"
    case 3: "breakpoint"
    case 4: "load address misaligned"
    case 5: "load access fault"
    case 6: "store address misaligned"
    case 7: "store access fault"
    case 8: "system call"
    case 9: "environment call of the kernel"
    case 12: "instruction page fault"
    case 13: "load page fault"
    case 15: "store page fault"
    case 18: "software check"
    case 19: "hardware error"
    default: cause & interruptBit != 0 ? "interrupt" : "unknown exception"
    }
  }
}
