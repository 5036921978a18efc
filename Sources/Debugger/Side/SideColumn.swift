import Hypervisor
import Machine
import RISCV

/// The guest under one of the techniques that are looked at side by side: a session of its own over a replica.
package final class SideColumn {
  package let session: Session
  package var technique: Technique { session.technique }
  package var machine: Machine { session.machine }
  /// What it did in the last movement; nil before the first.
  package private(set) var stretch: SideStretch?
  /// What the guest said since the columns were opened.
  private(set) var console: [UInt8] = []
  /// Why it can go no further.
  package private(set) var end: Stop.Reason?

  private struct Beginning {
    var charges: SideCharges
    var exits: ExitStatistics
    var position: UInt64
    var steps: UInt64
    var privilege: PrivilegeMode
    var traced: Set<UInt64>
  }
  private var before: Beginning?
  private var happenings = SideHappenings()

  init(_ session: Session) {
    self.session = session
    session.onConsoleOutput = { [unowned self] byte in noteOutput(byte) }
  }

  /// Called with each byte that the guest says.
  var onOutput: ((UInt8) -> Void)?

  private func noteOutput(_ byte: UInt8) {
    console.append(byte)
    onOutput?(byte)
  }

  /// Cycles of all physical harts since reset, waiting apart.
  package var charges: SideCharges { SideCharges(of: session.virtualMachine) }

  /// Pages of the guest's tables whose stores exit.
  package var traced: Set<UInt64> { Set(session.virtualMachine.shadowReport?.traced ?? []) }

  // MARK: Stretches

  /// A movement begins. `records` for one by instructions; `watchesMemory` where the place that is accessed is to be told.
  func begin(records: Bool, watchesMemory: Bool = false) {
    let virtual = session.virtualMachine
    before = Beginning(
      charges: charges, exits: virtual.exits, position: machine.position, steps: machine.steps,
      privilege: machine.harts[machine.currentHart].privilege, traced: traced)
    session.selectedHart = machine.currentHart
    happenings = SideHappenings()
    guard records else { return }
    machine.recordedMask = watchesMemory ? SideHappenings.kinds.union(.memory) : SideHappenings.kinds
    machine.recorder = { [unowned self] records, _ in
      for record in records { if let event = record.event { happenings.note(event) } }
    }
  }

  func finish() {
    enterGuest()
    machine.recordedMask = []
    machine.recorder = nil
    guard let before else { return }
    let virtual = session.virtualMachine
    session.selectedHart = machine.currentHart
    stretch = SideStretch(
      charges: charges.since(before.charges), exits: virtual.exits.since(before.exits),
      retired: machine.position &- before.position, steps: machine.steps &- before.steps, happenings: happenings,
      privilege: before.privilege, tracedBefore: before.traced, tracedAfter: traced,
      openService: virtual.cpus.compactMap { $0.service?.reason }.first)
  }

  /// Where a service of the monitor's has nothing left to do but enter the guest, that is done now: the cycles of an exit then
  /// belong to the instruction that made it. What the guest does next is not touched.
  func enterGuest() {
    let hart = machine.harts[machine.currentHart]
    guard session.virtualMachine.cpus.indices.contains(hart.index), machine.board.exitRequest == nil else { return }
    let cpu = session.virtualMachine.cpus[hart.index]
    // A timer that is due comes before the entry: the monitor stays for it.
    guard cpu.isAboutToEnter, hart.nextTimerClock > machine.clock else { return }
    cpu.stopsAtPhases = true
    defer { cpu.stopsAtPhases = false }
    // Once for the entry, and before it once for an interrupt that the physical hart is to know of.
    for _ in 0..<2 where cpu.isAboutToEnter { _ = machine.step() }
  }

  func type(_ bytes: [UInt8]) {
    session.type(bytes)
    if end == .idle { end = nil }
  }

  // MARK: Movement

  /// One instruction, trap or interrupt of the guest's. False when it could not.
  func step() throws(DebuggerError) -> Bool {
    let (steps, interrupts) = (machine.steps, happenings.interrupts)
    while machine.steps == steps && happenings.interrupts == interrupts {
      switch machine.step() {
      case .exited(.reset): try session.resetGuest()
      case .exited(let request):
        end = .exited(request)
        return machine.steps != steps
      case .idleForever:
        end = .idle
        return false
      case .limit, .breakpoint, .watch, .event, .requested: continue
      }
    }
    return true
  }

  /// Runs on until so many steps since reset, or to a stop of its session; nil at the steps. `leaves` where it may stand at the
  /// stop now.
  func run(to steps: UInt64, leaves: Bool) throws(DebuggerError) -> Stop? {
    let stop = try session.run(toSteps: steps, leaves: leaves)
    switch stop?.reason {
    case .exited, .idle: end = stop?.reason
    default:
      // It may have ended with the last of its steps.
      if let request = machine.board.exitRequest, request != .reset { end = .exited(request) }
    }
    return stop
  }
}

extension Session {
  /// Runs on until so many steps have been made since reset, or a stop is hit; nil at the steps. `leaves` where the guest may stand at
  /// a stop that is to be left.
  func run(toSteps goal: UInt64, leaves: Bool) throws(DebuggerError) -> Stop? {
    cycleStep = nil
    pending = nil
    updateHooks()
    // The machine passes over a breakpoint where a run begins.
    if !leaves, let stop = breakpointHere() { return stop }
    while machine.steps < goal {
      switch machine.run(stepLimit: goal - machine.steps) {
      case .limit: continue
      case .exited(.reset): try resetGuest()
      case let reason: return stop(for: reason)
      }
    }
    return nil
  }
}
