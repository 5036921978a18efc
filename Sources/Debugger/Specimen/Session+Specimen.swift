import Hypervisor
import Machine
import RISCV

// A monitor of the person's own: which of the two worlds a hart is in, and what the run tells of the way between them.
extension Session {
  /// Who watches the monitor that the machine runs; nil where it runs none.
  package var specimen: Specimen? { virtualMachine.specimen }

  func isGuestWorld(_ mode: PrivilegeMode, on hart: Int) -> Bool { specimen?.isGuest(mode, on: hart) ?? false }
  /// The selected hart, or its selected frame, runs the monitor's guest.
  var isInGuestWorld: Bool { specimen != nil && isGuestWorld(translationMode ?? hart.privilege, on: selectedHart) }

  /// Technique and mode of a stop in the monitor or in its guest; nil elsewhere.
  var world: String? {
    guard specimen != nil else { return nil }
    switch hart.privilege {
    case .supervisor: return "(yours) HS"
    case .user where isInGuestWorld:
      return "(yours) \(GuestState.letter(ofMode: specimen!.virtualPrivilege(of: hart))) (physical U)"
    case .virtualUser, .virtualSupervisor: return "(yours) \(hart.privilege.letter)"
    case .machine, .user: return nil
    }
  }

  /// Looks at addresses as whoever caused an event sees them, where that is the guest of the person's monitor, or the monitor.
  package func inWorld<Result>(of event: Event, _ body: () -> Result) -> Result {
    specimen == nil ? body() : withPrivilege(event.privilege, body)
  }

  /// Looks at addresses as the person's monitor sees them, which is where code of no program lies.
  func inMonitor<Result>(_ body: () -> Result) -> Result {
    isInGuestWorld ? withPrivilege(.supervisor, body) : body()
  }

  /// The guest's frame that the handler of the person's monitor interrupted. Nothing of the handler has to be understood: who watches
  /// the exits has kept the registers.
  func guest(below frame: Frame) -> Frame? {
    guard frame.privilege == .supervisor, let exit = specimen?.exit(of: selectedHart) else { return nil }
    return Frame(
      level: frame.level + 1, pc: exit.pc, how: nil, registers: exit.state.x, privilege: exit.mode, isExact: true,
      trap: "--- exit: \(exit.cause.name), hart \(exit.hart) ---")
  }

  /// What the watched monitor is, in a line for the greeting.
  package var specimenLine: String? {
    guard specimen != nil else { return nil }
    return
      "Native machine with H; your monitor runs in HS, its guest in VS.  Exits are the hart's V 1 -> 0 transitions."
  }

  /// Keeps what an event says of the person's monitor.
  func noteMonitor(_ hart: Hart, _ event: Event) {
    guard let specimen else { return }
    switch event.kind {
    case .entry:
      guard let check = specimen.lastCheck(of: hart.index), check.steps <= machine.steps,
        awaited?.kinds.contains(.entry) ?? false || (checksMonitor && !check.isRight)
      else { return }
      if pending == nil { pending = PendingStop(event: event) }
      pending?.entry = check
    case .overdue:
      guard checksMonitor || awaited != nil, pending == nil else { return }
      pending = PendingStop(event: event)
    default: break
    }
  }

  /// What an exit for this reason takes our own monitor, in cycles on average, with the same guest on hardware like this; nil where
  /// it has none, or does not run the guest.
  package func referenceCycles(_ reason: ExitReason) -> UInt64? {
    if referenceExits == nil { referenceExits = runReference() }
    // Our monitor is the firmware, too, and takes calls of it for its own.
    let samples = (reason == .environmentCall ? [reason, .hypercall] : [reason]).map { referenceExits![$0] }
    let count = samples.reduce(0) { $0 + $1.count }
    return count == 0 ? nil : samples.reduce(0) { $0 + $1.cycles } / count
  }

  private func runReference() -> ExitStatistics {
    var reference = configuration
    if specimen?.guestBeginsInMachineMode == true {
      (reference.bios, reference.kernel) = (.none, nil)
      reference.program = configuration.monitorGuest
    } else {
      reference.bios = .monitor
      reference.kernel = configuration.monitorGuest
    }
    reference.monitorGuest = nil
    let name = specimen?.runsGuestInUser == true ? "trap-and-emulate" : "hardware-assisted"
    guard let technique = try? Technique(parsing: name),
      let virtual = try? VirtualMachine(reference, technique: technique, costs: virtualMachine.costs)
    else { return ExitStatistics() }
    _ = virtual.machine.run(stepLimit: 2_000_000)
    return virtual.exits
  }

  /// The virtual hart as the monitor keeps it.
  package func virtualHartRecord() throws(DebuggerError) -> VirtualHartRecord {
    guard let specimen else {
      throw .other("There is no monitor of yours here.  Start with --monitor FILE.elf --guest NAME.")
    }
    do { return try specimen.record(of: hart) } catch {
      switch error {
      case .noSymbol:
        throw .other(
          "Your monitor has no symbol \(VirtualHartRecord.symbol), so what it keeps of the virtual hart is not known.")
      case .notMapped(let address):
        throw .other("\(VirtualHartRecord.symbol): nothing is mapped at \(hex(address)) in your monitor's page table.")
      case .badMagic(let word):
        throw .other(
          "\(VirtualHartRecord.symbol) begins with \(hex(word)), not with \(hex(VirtualHartRecord.magic)): "
            + "it has another layout, or is not filled in yet.")
      case .badCount(let count):
        throw .other(
          "\(VirtualHartRecord.symbol) says that \(count) words follow; it is \(VirtualHartRecord.counts.short) without "
            + "the registers of S-mode, \(VirtualHartRecord.counts.full) with them, "
            + "\(VirtualHartRecord.counts.machine) with those of M-mode, too.")
      }
    }
  }
}

extension Session {
  /// File and line of a place in the person's monitor, or its symbol.
  package func monitorPlace(_ address: UInt64) -> String {
    inMonitor { sourcePlace(at: address)?.text ?? place(address) }
  }
}
