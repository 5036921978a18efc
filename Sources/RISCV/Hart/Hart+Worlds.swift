/// Which changes of mode lead from a guest to its monitor and back, where the monitor is code that this hart runs.
package enum WorldBorder: UInt8, Sendable {
  /// None is looked for.
  case none
  /// V 1 to 0 and back, and, as long as the hart has never been in VS or VU, S to U and back: a monitor that does not use the H
  /// extension runs its guest in U.
  case either
  /// V 1 to 0 and back, with traps and returns of HS-mode.
  case virtual
}

/// A change between the two worlds that the hart has just made.
package enum WorldCrossing: Sendable, Equatable {
  /// A trap into S-mode, which is HS, from this mode of a guest.
  case exit(from: PrivilegeMode)
  /// An `sret` into this mode of a guest.
  case entry(PrivilegeMode)
}

extension HartPointer {
  /// Notes a change of mode that crosses the border, and has the hart stop behind it.
  func noteCrossing(from: PrivilegeMode, to: PrivilegeMode) {
    let crossing: WorldCrossing
    if to == .supervisor {
      guard from.isVirtual || (from == .user && s.pointee.worldBorder == .either) else { return }
      crossing = .exit(from: from)
    } else if from == .supervisor {
      guard to.isVirtual || (to == .user && s.pointee.worldBorder == .either) else { return }
      if to.isVirtual { s.pointee.worldBorder = .virtual }
      crossing = .entry(to)
    } else {
      return
    }
    s.pointee.crossing = crossing
    s.pointee.recheck = true
    s.pointee.wantsAttention = true
  }
}

extension Hart {
  /// What counts as a crossing. Reset leaves it on, or off.
  package var worldBorder: WorldBorder {
    get { pointer.s.pointee.worldBorder }
    set { pointer.s.pointee.worldBorder = newValue }
  }
  /// The crossing that ended the last run; nil where it ended otherwise. Asked once.
  package func takeCrossing() -> WorldCrossing? {
    defer { pointer.s.pointee.crossing = nil }
    return pointer.s.pointee.crossing
  }

  /// The trap that the monitor has to serve, as S-mode's registers tell it.
  package var trapOfSupervisor: (cause: UInt64, value: UInt64, pc: UInt64, guestPhysicalAddress: UInt64) {
    let state = pointer.s
    return (
      state.pointee.scause, state.pointee.stval, state.pointee.sepc,
      state.pointee.htval << 2 | state.pointee.stval & 3
    )
  }

  /// Reports something that belongs to an instruction of the guest, which the hart has left.
  package func report(_ kind: Event.Kind, at pc: UInt64, in mode: PrivilegeMode) {
    guard pointer.s.pointee.eventMask.contains(kind.mask) else { return }
    pointer.record(kind)
    let last = pointer.s.pointee.recordCount - 1
    pointer.s.pointee.records[last].pc = pc
    pointer.s.pointee.records[last].privilege = mode
  }
}

// A hart as an oracle: it is put into a guest's state, and tells what the architecture makes of it.
extension Hart {
  /// Everything that VS and VU can trap for is taken in VS, and nothing of it is the monitor's.
  package func becomeOracle() {
    for (csr, value): (CSR, UInt64) in [
      (.medeleg, .max), (.mideleg, .max), (.hedeleg, .max), (.mcounteren, .max), (.hcounteren, .max), (.menvcfg, .max),
      (.henvcfg, .max),
    ] {
      pointer.writeCSR(csr.rawValue, value)
    }
    pointer.s.pointee.hstatus &= ~(HypervisorStatus.vtvm | HypervisorStatus.vtw | HypervisorStatus.vtsr)
  }

  /// Executes one instruction, which is not fetched, at the present pc, or takes its trap into VS. What would be for a monitor
  /// to decide, a virtual-instruction exception, the guest takes as an illegal instruction.
  package func execute(_ bits: UInt32) {
    let state = pointer.s
    state.pointee.isStepping = true
    defer { state.pointee.isStepping = false }
    let decoding = pointer.blocks.decodings[bits]
    state.pointee.nextPC = state.pointee.pc &+ decoding.pointee.operation.length
    do {
      try Engine.execute(pointer, decoding.pointee.operation)
      state.pointee.pc = state.pointee.nextPC
    } catch {
      guard case .trap(var trap) = error else { preconditionFailure("the step path referred to itself") }
      if trap.cause == .virtualInstruction || trap.cause == .illegalInstruction {
        trap = Trap(.illegalInstruction, value: UInt64(bits))
      }
      pointer.take(trap)
    }
    state.pointee.isWaiting = false
  }

  /// The ``RegisterNumber`` that an instruction writes; 0 for none.
  package func registerWritten(by bits: UInt32) -> UInt8 { pointer.blocks.decodings[bits].pointee.writes.number }

  /// Takes a trap as the guest's own.
  package func takeAsGuest(_ cause: ExceptionCause, value: UInt64) { pointer.take(Trap(cause, value: value)) }
}
