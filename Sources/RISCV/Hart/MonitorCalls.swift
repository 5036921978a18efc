/// Which `ecall`s of a virtual hart's S-mode go to the monitor, past the guest's own M-mode.
package enum MonitorCalls: UInt8, Sendable {
  case none
  /// Those of the paravirtual extension, and the question whether there is one.
  case paravirtual
  /// All: the monitor is the firmware.
  case all

  /// The extension's number in `a7` (SBI, "Vendor-Specific Extension Space").
  package static let paravirtualExtension: UInt64 = 0x0956_5452
  static let baseExtension: UInt64 = 0x10
  static let probe: UInt64 = 3
}

extension HartPointer {
  /// Whether the `ecall` at hand is one for the monitor. It retires; the monitor answers before the next instruction.
  func callMonitor() -> Bool {
    let (extensionID, function, argument) = (x[17], x[16], x[10])
    guard
      s.pointee.monitorCalls == .all || extensionID == MonitorCalls.paravirtualExtension
        || (extensionID == MonitorCalls.baseExtension && function == MonitorCalls.probe
          && argument == MonitorCalls.paravirtualExtension)
    else { return false }
    s.pointee.hasCalled = true
    s.pointee.recheck = true
    s.pointee.wantsAttention = true
    return true
  }
}

extension Hart {
  /// Which calls the monitor answers. Reset leaves it as it is.
  package var monitorCalls: MonitorCalls {
    get { pointer.s.pointee.monitorCalls }
    set { pointer.s.pointee.monitorCalls = newValue }
  }
  /// Whether a call waits for its answer; asked once.
  package func takeCall() -> Bool {
    defer { pointer.s.pointee.hasCalled = false }
    return pointer.s.pointee.hasCalled
  }
  /// Stops the hart until ``start(at:_:_:)``: it waits with all interrupts off.
  package func park() {
    pointer.s.pointee.mie = 0
    pointer.s.pointee.isWaiting = true
    pointer.s.pointee.recheck = true
  }
  /// Starts it in S-mode, without translation and interrupts, with two arguments (SBI, "Hart State Management").
  package func start(at pc: UInt64, _ a0: UInt64, _ a1: UInt64) {
    pointer.creditMode()
    let state = pointer.s
    state.pointee.privilege = .supervisor
    state.pointee.mstatus &= ~Status.sie
    state.pointee.satp = 0
    state.pointee.pc = pc
    state.pointee.isWaiting = false
    pointer.x[10] = a0
    pointer.x[11] = a1
    pointer.updateContexts()
  }
}
