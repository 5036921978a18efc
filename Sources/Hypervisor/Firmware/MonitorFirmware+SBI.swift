import Machine
import RISCV

// The standard extensions of the SBI: base, TIME, IPI, RFENCE, HSM, SRST, DBCN, and the legacy console.
extension MonitorFirmware {
  /// Numbers of extensions.
  private enum Extension {
    static let legacySetTimer: UInt64 = 0
    static let legacyPutCharacter: UInt64 = 1
    static let legacyGetCharacter: UInt64 = 2
    static let legacyShutDown: UInt64 = 8
    static let base: UInt64 = 0x10
    static let time: UInt64 = 0x5449_4d45
    static let interprocessorInterrupt: UInt64 = 0x73_5049
    static let remoteFence: UInt64 = 0x5246_4e43
    static let hartState: UInt64 = 0x48_534d
    static let systemReset: UInt64 = 0x5352_5354
    static let debugConsole: UInt64 = 0x4442_434e
    static let all = [
      legacySetTimer, legacyPutCharacter, legacyGetCharacter, legacyShutDown, base, time, interprocessorInterrupt,
      remoteFence,
      hartState, systemReset, debugConsole, MonitorCalls.paravirtualExtension,
    ]
  }

  /// Answers a standard call; nil where the hart has no use for an answer.
  func standard(_ call: SBICall, _ hart: Hart) -> SBIAnswer? {
    // Without the monitor's firmware, only the question about the paravirtual extension comes here.
    guard isWhole else { return SBIAnswer(value: 1) }
    switch call.extensionID {
    case Extension.base: return base(call, hart)
    case Extension.legacySetTimer, Extension.time:
      guard call.function == 0 || call.isLegacy else { return .notSupported }
      setTimer(hart, call.arguments[0])
      return SBIAnswer()
    case Extension.legacyPutCharacter:
      machine.board.printByCall(UInt8(truncatingIfNeeded: call.arguments[0]))
      return SBIAnswer()
    // The guest's UART has what is typed.
    case Extension.legacyGetCharacter: return .failed
    case Extension.legacyShutDown:
      machine.board.exitRequest = .success
      return SBIAnswer()
    case Extension.interprocessorInterrupt:
      guard call.function == 0 else { return .notSupported }
      return forEachHart(call.arguments[0], base: call.arguments[1]) { target in
        let enabled = target.readCSR(CSR.mip.rawValue)!
        _ = target.writeCSR(CSR.sip.rawValue, enabled | Interrupt.supervisorSoftware.mask)
      }
    case Extension.remoteFence: return remoteFence(call)
    case Extension.hartState: return hartState(call, hart)
    case Extension.systemReset: return systemReset(call)
    case Extension.debugConsole:
      switch call.function {
      case 0: return write(call.arguments[1], count: call.arguments[0], hart)
      case 1: return SBIAnswer()
      case 2:
        machine.board.printByCall(UInt8(truncatingIfNeeded: call.arguments[0]))
        return SBIAnswer()
      default: return .notSupported
      }
    default: return .notSupported
    }
  }

  private func base(_ call: SBICall, _ hart: Hart) -> SBIAnswer {
    switch call.function {
    // Version 2.0.
    case 0: return SBIAnswer(value: 2 << 24)
    // Implementation: none of those that have a number.
    case 1: return SBIAnswer(value: 0x5652)
    case 2: return SBIAnswer(value: 1)
    case 3: return SBIAnswer(value: Extension.all.contains(call.arguments[0]) ? 1 : 0)
    // mvendorid, marchid, mimpid.
    case 4...6: return SBIAnswer(value: 0)
    default: return .notSupported
    }
  }

  /// Does something to the harts of a mask, from `base` on; to all where `base` is all ones.
  private func forEachHart(_ mask: UInt64, base: UInt64, _ body: (Hart) -> Void) -> SBIAnswer {
    let harts = machine.harts
    guard base != .max else {
      harts.forEach(body)
      return SBIAnswer()
    }
    let chosen = (0..<64).filter { mask >> UInt64($0) & 1 != 0 }.map { base &+ UInt64($0) }
    guard chosen.allSatisfy({ $0 < UInt64(harts.count) }) else { return .invalidParameter }
    for index in chosen { body(harts[Int(index)]) }
    return SBIAnswer()
  }

  /// `fence.i` has nothing to do; fences of guests' guests are `sfence.vma` and more here: everything is forgotten.
  private func remoteFence(_ call: SBICall) -> SBIAnswer {
    guard call.function <= 6 else { return .notSupported }
    return forEachHart(call.arguments[0], base: call.arguments[1]) { target in
      guard call.function != 0 else { return }
      if call.function >= 3 { target.fenceGuest(vmid: nil) } else { target.fenceHost(address: nil) }
      fence?(target.index)
    }
  }

  private func hartState(_ call: SBICall, _ hart: Hart) -> SBIAnswer? {
    if call.function == 1 {
      hart.park()
      stopped.insert(hart.index)
      return nil
    }
    guard call.function != 3 else { return .notSupported }
    guard call.arguments[0] < UInt64(machine.harts.count) else { return .invalidParameter }
    let target = machine.harts[Int(call.arguments[0])]
    switch call.function {
    case 0:
      guard stopped.contains(target.index) else { return .alreadyAvailable }
      guard machine.memory.contains(call.arguments[1], count: 4) else { return .invalidAddress }
      stopped.remove(target.index)
      target.start(at: call.arguments[1], call.arguments[0], call.arguments[2])
      return SBIAnswer()
    // 0 started, 1 stopped.
    case 2: return SBIAnswer(value: stopped.contains(target.index) ? 1 : 0)
    default: return .notSupported
    }
  }

  /// Types: shutdown, cold and warm reboot; reasons: none, system failure.
  private func systemReset(_ call: SBICall) -> SBIAnswer {
    guard call.function == 0 else { return .notSupported }
    guard call.arguments[0] <= 2, call.arguments[1] <= 1 else { return .invalidParameter }
    let failed = call.arguments[1] != 0
    machine.board.exitRequest = call.arguments[0] == 0 ? (failed ? .failure(code: 1) : .success) : .reset
    return SBIAnswer()
  }
}
