import Hypervisor
import Machine
import RISCV

/// Where the guest used a translation that its table no longer agreed with.
package struct StalePoint {
  package var use: StaleUse
  /// Retired instructions of all harts, and their steps, before the instruction that used it.
  package var position: UInt64
  package var steps: UInt64

  /// The use that the machine has stopped behind.
  init(_ use: StaleUse, _ machine: Machine) {
    self.use = use
    steps = machine.steps &- 1
    let hasRetired = machine.harts[use.hart].retired != use.use.retired
    position = machine.position &- (hasRetired ? 1 : 0)
  }
}

/// What the guest gets from the same access under one technique.
package struct StaleView {
  package enum Outcome: Sendable, Equatable {
    /// The page that the table named before, or the one that it names now.
    case old, new
    /// The table refuses the access now, and the guest was told.
    case trap(ExceptionCause)
    /// The access was not seen, or led somewhere else.
    case unknown
    /// The guest does not come here: something before made it go another way.
    case elsewhere(pc: UInt64)
  }
  package var technique: Technique
  package var outcome: Outcome
  /// Where the access led, and the bytes there.
  package var physical: UInt64?
  package var bytes: [UInt8] = []
  /// A TLB that the access looks into first had the page.
  package var isInTLB = false
  /// A shadow table of the monitor's had a leaf for the page.
  package var isInShadow = false
  /// The last time that the shadow's entry for the page was dropped: the guest instruction, and what had retired before.
  package var dropped: StaleUse.Moment?
  /// The last time that it was made, before the access.
  package var filled: StaleUse.Moment?
}

extension Session {
  /// What the stale access finds under each of these techniques, by running the guest under it up to there. Nil when Ctrl-C
  /// stopped it.
  package func views(of point: StalePoint, under techniques: [Technique]) throws(DebuggerError) -> [StaleView]? {
    var views: [StaleView] = []
    for technique in techniques {
      guard let view = try view(of: point, under: technique) else { return nil }
      views.append(view)
    }
    return views
  }

  private func view(of point: StalePoint, under technique: Technique) throws(DebuggerError) -> StaleView? {
    let virtual = try replica(under: technique)
    let (machine, use) = (virtual.machine, point.use)
    let page = use.address.value & ~0xfff
    var view = StaleView(technique: technique, outcome: .unknown)
    machine.recordedMask = .shadow
    machine.recorder = { records, _ in
      for event in records.lazy.compactMap(\.event) {
        guard case .shadow(let step, page, _) = event.kind else { continue }
        let moment = StaleUse.Moment(retired: event.retired, pc: event.pc)
        switch step {
        case .fill: view.filled = moment
        case .drop: view.dropped = moment
        case .protect: break
        }
      }
    }
    guard try advance(virtual, to: point.position) else { return nil }
    while machine.steps < point.steps, machine.board.exitRequest == nil {
      let before = machine.steps
      _ = machine.run(stepLimit: point.steps - machine.steps)
      if machine.steps == before { break }
    }
    let hart = machine.harts[use.hart]
    guard machine.currentHart == use.hart, hart.pc == use.use.pc else {
      view.outcome = .elsewhere(pc: hart.pc)
      return view
    }
    let looker = virtual.host?.harts[use.hart] ?? hart
    view.isInTLB = looker.tlbEntries.contains {
      $0.virtualPage.value == page && $0.holdsFetches == (use.access == .fetch)
    }
    view.isInShadow = virtual.shadowPath(to: page, hart: use.hart)?.entries.last?.isLeaf ?? false
    access(point, in: virtual, &view)
    return view
  }

  /// Has the guest do the access, and looks where it led.
  private func access(_ point: StalePoint, in virtual: VirtualMachine, _ view: inout StaleView) {
    let (machine, use) = (virtual.machine, point.use)
    let offset = use.address.value & 0xfff
    let old = use.entry.physicalPage.value | offset
    let new = (try? use.now.get()).map { $0.physicalPage.value | offset }
    var (place, count, trap): (UInt64?, Int, ExceptionCause?) = (nil, 0, nil)
    machine.recordedMask = [.memory, .trap, .retired]
    machine.recorder = { records, _ in
      for event in records.lazy.compactMap(\.event) {
        switch event.kind {
        case .memory(let access, use.address.value, let physical, let width, _, _) where access == use.access:
          (place, count) = (physical, width.byteCount)
        case .retired(let bits) where use.access == .fetch:
          // A fetch tells only what it got.
          count = bits & 3 == 3 ? 4 : 2
          let wanted = (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) }
          place = [old, new].compactMap(\.self).first {
            machine.memory.read(GuestPhysicalAddress($0), count: count) == wanted
          }
        case .trap(let cause, _, _, _): trap = cause
        default: break
        }
      }
    }
    for _ in 0..<16 where machine.steps == point.steps { _ = machine.step() }
    machine.recordedMask = []
    machine.recorder = nil
    if let place {
      view.outcome = place == old ? .old : place == new ? .new : .unknown
      view.physical = place
      view.bytes = machine.memory.read(GuestPhysicalAddress(place), count: count) ?? []
    } else if let trap {
      view.outcome = .trap(trap)
    }
  }
}
