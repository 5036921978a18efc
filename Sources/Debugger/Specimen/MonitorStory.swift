import Hypervisor
import Machine
import RISCV

/// The instruction of a monitor that gave a part of the guest's state its last value.
package struct MonitorWrite: Sendable {
  package var pc: UInt64
  package var instruction: String
  /// It took the value from memory, as one does to restore it.
  package var isLoad: Bool
}

/// An entry that is not right, and who made it so.
package struct MonitorStory {
  package var check: EntryCheck
  /// What wrote each of the places that differ last while the exit was served.
  package var writes: [GuestState.Place: MonitorWrite] = [:]
  /// Why the search for them came to no end.
  package var obstacle: String?
}

/// A monitor that does not come back to its guest.
package struct MonitorLoop {
  /// The addresses of its round, in the order in which they run; empty where it does not come by the same place again soon.
  package var round: [UInt64] = []
  /// Registers and memory were the same after a round as before it, and no device was asked: it goes on for ever.
  package var isEndless = false
  /// A device that is asked in each round.
  package var device: String?
  /// An exception that is taken in each round, and where.
  package var trap: (cause: ExceptionCause, pc: UInt64)?
}

// Who did it is found by running the exit again, instruction by instruction.
extension Session {
  /// Finds who gave each part of the guest's state that is wrong its last value.
  package func explain(_ check: EntryCheck) -> MonitorStory {
    var story = MonitorStory(check: check)
    guard !check.differences.isEmpty else { return story }
    do throws(DebuggerError) {
      guard let other = try replica(at: check.exit.position, check.exit.steps) else {
        story.obstacle = "the search was interrupted"
        return story
      }
      story.writes = writes(check, other.machine)
      withExtendedLifetime(other) {}
    } catch {
      story.obstacle = error.description
    }
    return story
  }

  /// A machine that stands where this one stood then; nil when Ctrl-C stopped it.
  private func replica(at position: UInt64, _ steps: UInt64) throws(DebuggerError) -> VirtualMachine? {
    let virtual = try replica(under: technique)
    guard try advance(virtual, to: position) else { return nil }
    while virtual.machine.steps < steps {
      let before = virtual.machine.steps
      _ = virtual.machine.run(stepLimit: steps - before)
      if virtual.machine.steps == before { break }
    }
    return virtual
  }

  private func writes(_ check: EntryCheck, _ other: Machine) -> [GuestState.Place: MonitorWrite] {
    var found: [GuestState.Place: MonitorWrite] = [:]
    let wanted = Set(check.differences)
    let isVirtual = check.exit.mode.isVirtual
    func note(_ place: GuestState.Place, _ record: EventRecord) {
      guard wanted.contains(place) else { return }
      let bits = record.kind == .retired ? record.bits : 0
      let text = bits == 0 ? "" : withHart(other.harts[check.exit.hart]) { instructionText(bits, at: record.pc) }
      found[place] = MonitorWrite(pc: record.pc, instruction: text, isLoad: Self.isLoad(text))
    }
    // Without the H extension, the registers of S-mode are the monitor's variables.
    var variables: [UInt64: GuestState.Place] = [:]
    if !isVirtual {
      for place in wanted { if let address = specimen?.recordAddress(of: place) { variables[address] = place } }
    }
    other.recordedMask = variables.isEmpty ? [.retired, .csr] : [.retired, .csr, .memory]
    other.recorder = { records, _ in
      for record in records where record.hart == check.exit.hart && record.privilege == .supervisor {
        switch record.kind {
        case .retired:
          let number = Int(record.detail)
          if (1..<32).contains(number) { note(.x(number), record) }
          let float = number - Int(RegisterNumber.firstFloat)
          if (0..<32).contains(float) { note(.f(float), record) }
        case .csrWrite:
          switch CSR(rawValue: UInt16(record.bits)) {
          case .sepc: note(.pc, record)
          case .sstatus where isVirtual, .hstatus where isVirtual: note(.mode, record)
          case let csr?:
            if isVirtual, let register = GuestState.registers.first(where: { $0.virtual == csr }) {
              note(.csr(register.guest), record)
            }
          case nil: break
          }
        case .store: if let place = variables[record.a] { note(place, record) }
        default: break
        }
      }
    }
    while other.steps < check.steps {
      let before = other.steps
      _ = other.run(stepLimit: check.steps - before)
      if other.steps == before { break }
    }
    return found
  }

  private static func isLoad(_ text: String) -> Bool {
    let name = text.prefix { $0 != " " }
    return ["lb", "lbu", "lh", "lhu", "lw", "lwu", "ld", "fld", "flw", "lr.d", "lr.w"].contains(String(name))
  }

  /// How a monitor that does not come back goes round: found by running on from here on another machine.
  package func monitorLoop() -> MonitorLoop {
    var loop = MonitorLoop()
    guard let virtual = try? replica(at: machine.position, machine.steps) else { return loop }
    let other = virtual.machine
    let hart = other.harts[selectedHart]
    var hasChanged = false
    other.eventMask = [.memory, .trap]
    other.eventHandler = { [unowned other] _, event in
      if case .trap(let cause, _, _, .supervisor) = event.kind { loop.trap = (cause, event.pc) }
      guard case .memory(let access, _, let physical, _, let old, let new) = event.kind else { return false }
      if let window = other.board.bus.window(at: GuestPhysicalAddress(physical)) {
        loop.device = window.device.name
      } else if access == .store, old != new {
        hasChanged = true
      }
      return false
    }
    let start = hart.pc
    let registers = (0..<32).map { hart.x($0) }
    let limit = 4096
    for _ in 0..<limit {
      loop.round.append(hart.pc)
      _ = other.step()
      guard hart.pc == start else { continue }
      loop.isEndless = !hasChanged && loop.device == nil && (0..<32).allSatisfy { hart.x($0) == registers[$0] }
      return loop
    }
    loop.round = []
    return loop
  }
}
