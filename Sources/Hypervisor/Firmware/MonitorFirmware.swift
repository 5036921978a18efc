import Machine
import RISCV

/// The calls that the monitor answers in place of firmware: those of the paravirtual extension under every technique, and with
/// `--firmware monitor` the whole SBI (RISC-V Supervisor Binary Interface Specification, version 2.0), as KVM does for its
/// guests.
///
/// A call acts on the virtual machine alone, so that it does the same under every technique (EQUIVALENCE).
final class MonitorFirmware {
  unowned let machine: Machine
  let isWhole: Bool
  /// Whose virtual CPU has to fence; nil where the harts keep their own TLBs.
  var fence: ((Int) -> Void)?
  /// Harts that are stopped (HSM).
  var stopped: Set<Int> = []

  init(_ machine: Machine) {
    self.machine = machine
    isWhole = machine.configuration.bios == .monitor
    start()
  }

  /// Sets the harts up, at power-on and after a reset.
  func start() {
    for hart in machine.harts { hart.monitorCalls = isWhole ? .all : .paravirtual }
    stopped = []
    guard isWhole else { return }
    for hart in machine.harts {
      for (csr, value) in Self.machineRegisters { _ = hart.writeCSR(csr.rawValue, value) }
      _ = hart.writeCSR(CSRGroup.pmpaddr.number(0), .max)
      _ = hart.writeCSR(CSRGroup.pmpcfg.number(0), 0x1f)
      if hart.index == 0 {
        let kernel = machine.board.images.first { $0.role == .kernel }?.entry ?? machine.memory.base
        let deviceTree = machine.board.images.last { $0.role == .deviceTree }?.entry ?? 0
        hart.start(at: kernel, 0, deviceTree)
      } else {
        hart.start(at: 0, 0, 0)
        hart.park()
        stopped.insert(hart.index)
      }
    }
  }

  /// What firmware leaves in M-mode's registers: everything that S-mode can handle is delegated to it, all counters are
  /// readable, and the timer and the cache-block instructions are its own.
  private static let machineRegisters: [(CSR, UInt64)] = [
    (.medeleg, 0xf0_b5ff), (.mideleg, 0x222), (.mcounteren, 7), (.menvcfg, 1 << 63 | 1 << 61 | 0xd0),
  ]

  /// Answers the call that a hart has just made: `a7` extension, `a6` function, `a0` to `a5` arguments; the answer goes to `a0`
  /// (an error or zero) and `a1`.
  func serve(_ hart: Hart) {
    let call = SBICall(hart)
    let answer =
      call.extensionID == MonitorCalls.paravirtualExtension ? paravirtual(call, hart) : standard(call, hart)
    // A hart that was started or stopped by its own call has no use for an answer.
    guard let answer else { return }
    hart.setX(10, UInt64(bitPattern: answer.error))
    if !call.isLegacy { hart.setX(11, answer.value) }
  }

  // MARK: The paravirtual extension

  private func paravirtual(_ call: SBICall, _ hart: Hart) -> SBIAnswer? {
    switch call.function {
    // What is offered: page-table updates, console output, timer.
    case 0: return SBIAnswer(value: 7)
    case 1: return updateTables(at: call.arguments[0], count: call.arguments[1])
    case 2: return write(call.arguments[0], count: call.arguments[1], hart)
    case 3:
      setTimer(hart, call.arguments[0])
      return SBIAnswer()
    default: return .notSupported
    }
  }

  /// Applies pairs of a page-table entry's address and its new value, each checked before any is written.
  private func updateTables(at list: UInt64, count: UInt64) -> SBIAnswer {
    guard count <= 4096, machine.memory.contains(list, count: max(count * 16, 1)) else { return .invalidAddress }
    var updates: [(place: UInt64, value: UInt64)] = []
    for index in 0..<count {
      guard let place = machine.memory.loadDoubleword(GuestPhysicalAddress(list + index * 16)),
        let value = machine.memory.loadDoubleword(GuestPhysicalAddress(list + index * 16 + 8)), place % 8 == 0,
        machine.memory.contains(place, count: 8)
      else { return .invalidAddress }
      updates.append((place, value))
    }
    for update in updates { machine.memory.store(update.value, to: GuestPhysicalAddress(update.place)) }
    return SBIAnswer(value: count)
  }

  // MARK: What both have

  /// Writes bytes of the guest's memory to its console.
  func write(_ address: UInt64, count: UInt64, _ hart: Hart) -> SBIAnswer {
    let count = min(count, 4096)
    guard let bytes = machine.memory.read(GuestPhysicalAddress(address), count: Int(count)) else {
      return .invalidAddress
    }
    for byte in bytes { machine.board.printByCall(byte) }
    return SBIAnswer(value: count)
  }

  /// Sets the next timer interrupt of S-mode; in the past, it is due at once.
  func setTimer(_ hart: Hart, _ time: UInt64) {
    if hart.readCSR(CSR.menvcfg.rawValue)! >> 63 != 0 {
      _ = hart.writeCSR(CSR.stimecmp.rawValue, time)
    } else {
      // The guest's own firmware gets the machine timer interrupt, and passes it on.
      hart.setTimerCompare(time, clock: machine.clock)
      let pending = hart.readCSR(CSR.mip.rawValue)!
      _ = hart.writeCSR(CSR.mip.rawValue, pending & ~Interrupt.supervisorTimer.mask)
      _ = hart.writeCSR(CSR.mie.rawValue, hart.readCSR(CSR.mie.rawValue)! | Interrupt.machineTimer.mask)
    }
  }
}

/// One call, as the registers have it.
struct SBICall {
  var extensionID: UInt64
  var function: UInt64
  var arguments: [UInt64]

  init(_ hart: Hart) {
    extensionID = hart.x(17)
    function = hart.x(16)
    arguments = (10..<16).map(hart.x)
  }

  /// A call of version 0.1, which answers in `a0` alone.
  var isLegacy: Bool { extensionID <= 8 }
}

/// What comes back in `a0` and `a1` (SBI, "Binary Encoding").
struct SBIAnswer {
  var error: Int64 = 0
  var value: UInt64 = 0

  static let failed = SBIAnswer(error: -1)
  static let notSupported = SBIAnswer(error: -2)
  static let invalidParameter = SBIAnswer(error: -3)
  static let invalidAddress = SBIAnswer(error: -5)
  static let alreadyAvailable = SBIAnswer(error: -6)
}
