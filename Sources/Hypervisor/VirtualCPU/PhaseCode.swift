import RISCV

/// The monitor's own code, phase by phase: what runs between an exit and the entry. It knows where it stands in this file, so that
/// it can be read at the prompt while it is stepped.
struct PhaseCode: Sendable {
  private let file: StaticString
  private let line: Int
  let run: @Sendable (VirtualCPU, inout VirtualCPU.Service) -> Void

  private init(
    file: StaticString = #filePath, line: Int = #line,
    _ run: @escaping @Sendable (VirtualCPU, inout VirtualCPU.Service) -> Void
  ) {
    (self.file, self.line) = (file, line)
    self.run = run
  }

  var source: SourcePoint { SourcePoint(path: file.description, line: line) }

  /// The guest's registers leave the physical hart. The cause tells what has to be found out.
  static let save = PhaseCode { cpu, service in
    guard let exit = service.exit else {
      cpu.ledger.charge(.monitor, .saveRegisters)
      service.phase = service.errand
      return
    }
    let next = cpu.technique.chargeExit(cpu, exit)
    service.isShort = next == .adapted
    if !service.isShort { cpu.ledger.charge(.monitor, .saveRegisters) }
    service.mustWalk = next == .walk
    // A hart that tells all about a page fault spares the monitor a look at the instruction.
    service.phase = next == .walk && !cpu.technique.isToldOfFaults ? .decode : next
  }

  /// The guest's instruction is fetched, and what it wants is found out.
  static let decode = PhaseCode { cpu, service in
    cpu.ledger.charge(.monitor, .fetchDecode)
    let exit = service.exit!
    switch exit.cause {
    case .illegalInstruction, .virtualInstruction:
      service.bits = UInt32(truncatingIfNeeded: exit.value)
      service.reason = ExitReason(instruction: service.bits)
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM:
      service.reason = .environmentCall
    case .instructionPageFault, .loadPageFault, .storePageFault, .instructionGuestPageFault, .loadGuestPageFault,
      .storeGuestPageFault:
      // The walk finds the reason, or has found it.
      break
    case .instructionAddressMisaligned, .instructionAccessFault, .breakpoint, .loadAddressMisaligned, .loadAccessFault,
      .storeAddressMisaligned, .storeAccessFault:
      service.reason = .exception
    }
    service.phase = service.mustWalk ? .walk : .emulate
  }

  /// The place of the call in the translated code says which instruction it is for: nothing has to be decoded.
  static let callOut = PhaseCode { cpu, service in
    cpu.ledger.charge(.monitor, .callOut)
    (service.bits, service.reason) = cpu.technique.callOut(cpu)
    service.phase = .emulate
  }

  /// The handler for this very instruction follows.
  static let adapted = PhaseCode { cpu, service in
    cpu.ledger.charge(.monitor, .adaptedCall)
    service.bits = cpu.technique.callOut(cpu).bits
    service.reason = .adapted
    service.phase = .emulate
  }

  /// The guest goes on at an address for which the translated code is not known yet, or no longer.
  static let dispatch = PhaseCode { cpu, service in
    if service.exit != nil && service.done == .save { service.reason = .dispatch }
    switch cpu.technique.dispatch(cpu) {
    case .found(let mayChain): service.phase = mayChain ? .chain : .restore
    case .untranslated: service.phase = .translate
    case .untranslatable: service.phase = .interpret
    case .refused(let trap):
      service.reason = .trueFault
      service.trap = trap
      service.phase = .inject
    }
  }

  /// A unit of the guest's code becomes code of the cache.
  static let translate = PhaseCode { cpu, service in
    cpu.technique.translate(cpu)
    service.phase = .chain
  }

  /// From the next time on the guest goes there without the monitor.
  static let chain = PhaseCode { cpu, service in
    cpu.technique.chain(cpu)
    service.phase = .restore
  }

  /// The virtual hart's own walk of the guest's tables says what the access is to the guest.
  static let walk = PhaseCode { cpu, service in
    service.mustWalk = false
    switch cpu.technique.walk(cpu, service.exit!) {
    case .found(let page):
      service.page = page
      service.phase = .fill
    case .emulate(let reason):
      service.reason = reason
      service.phase = cpu.technique.isToldOfFaults ? .decode : .emulate
    }
  }

  /// The monitor's tables get the entry that the physical hart missed. The guest then tries again.
  static let fill = PhaseCode { cpu, service in
    if let reason = cpu.technique.fill(cpu, service.exit!, service.page!) {
      service.reason = reason
      service.filled = cpu.technique.shadowPaging?.lastFill
      service.phase = .restore
    } else {
      // It was there already: the instruction is one that the tables cannot help.
      service.reason = .unusual
      service.phase = cpu.technique.isToldOfFaults ? .decode : .emulate
    }
  }

  /// The guest's own hart decides what its instruction means; the monitor only lends it the instruction.
  static let emulate = PhaseCode { cpu, service in
    let accesses = cpu.hart.busAccesses
    let outcome = cpu.step(service.bits)
    service.phase = .restore
    if outcome == .called {
      service.reason = .hypercall
      return
    }
    if service.reason == .tracedStore && cpu.ledger.model.stepsTraces {
      cpu.chargeSteppedTrace(service.exit!)
      service.isDeliveryPaid = true
    } else if outcome == .retired {
      cpu.ledger.charge(.monitor, .emulate)
    }
    if cpu.hart.busAccesses != accesses {
      if service.reason != .adapted { service.reason = .device }
      cpu.ledger.charge(.monitor, .deviceModel)
    }
    if case .trapped(let trap) = outcome {
      service.trap = trap
      service.phase = .inject
    } else {
      cpu.technique.emulated(cpu)
    }
  }

  /// Between instructions that the physical hart cannot run, the monitor stays and steps on.
  static let interpret = PhaseCode { cpu, service in
    cpu.ledger.charge(.monitor, .interpret)
    let accesses = cpu.hart.busAccesses
    if case .trapped(let trap) = cpu.step(0) { cpu.hart.deliver(trap) }
    if cpu.hart.busAccesses != accesses { cpu.ledger.charge(.monitor, .deviceModel) }
    service.phase = .restore
  }

  /// The virtual hart takes the trap that it has raised, or the interrupt that is due: the guest goes on in its own handler.
  static let inject = PhaseCode { cpu, service in
    if let trap = service.trap {
      if !service.isDeliveryPaid { cpu.ledger.charge(.monitor, .inject) }
      cpu.hart.deliver(trap)
      service.trap = nil
    } else {
      cpu.ledger.charge(.monitor, .inject)
      _ = cpu.hart.takeInterrupt()
    }
    service.phase = .restore
  }

  /// The entry to come sets the interrupt's bit, and the physical hart takes it in the guest.
  static let announce = PhaseCode { cpu, service in
    cpu.ledger.charge(.monitor, .inject)
    service.isAnnounced = true
    service.phase = .restore
  }

  /// The guest's registers go back, and it is entered.
  static let restore = PhaseCode { cpu, service in
    if !service.isShort { cpu.ledger.charge(.monitor, .restoreRegisters) }
    cpu.technique.chargeEntry(cpu)
    let cycles = cpu.ledger.clock &- service.start &+ cpu.ledger.price(.trapReturn)
    cpu.exits.note(service.reason, cycles)
    cpu.hart.report(.entry(service.reason, cycles: cycles), if: .entry)
  }
}

extension VirtualCPU.Phase {
  var code: PhaseCode {
    switch self {
    case .save: .save
    case .decode: .decode
    case .callOut: .callOut
    case .adapted: .adapted
    case .dispatch: .dispatch
    case .translate: .translate
    case .chain: .chain
    case .walk: .walk
    case .fill: .fill
    case .emulate: .emulate
    case .interpret: .interpret
    case .inject: .inject
    case .announce: .announce
    case .restore: .restore
    }
  }
}
