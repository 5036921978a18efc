import Machine
import ObjectFile
import RISCV

// Steps over calls, out of functions and to places. There are no line tables yet, so `step` and `next` do what gdb does
// without them: they go on until the function is left.
extension Session {
  /// One instruction; a call runs until it returns, with everything it calls.
  package func nextInstruction() throws(DebuggerError) -> Stop {
    let hart = machine.harts[machine.currentHart]
    guard let line = try? instruction(at: SpacedAddress(hart.pc)), isCall(line) else { return try stepInstruction() }
    let (stack, index, privilege) = (hart.x(2), hart.index, hart.privilege)
    let back = hart.pc &+ UInt64(line.length)
    return try run(to: [back]) { $0.index == index && $0.x(2) == stack && $0.privilege == privilege }
  }

  func isCall(_ line: CodeLine) -> Bool {
    guard let decoded = InstructionSet.shared.decode(line.bits) else { return false }
    return (decoded.row.name == "jal" || decoded.row.name == "jalr")
      && (decoded.fields.rd == 1 || decoded.fields.rd == 5)
  }

  /// Leaves the function at pc, stepping over its calls and over traps taken in it. `isOver` is told for symmetry with gdb:
  /// without line tables `step` enters nothing either, because what it could enter has no lines.
  package func stepOutOfRange() throws(DebuggerError) -> Stop {
    guard let function = location(of: hart.pc)?.symbol else {
      throw .other("Cannot find bounds of current function")
    }
    while true {
      if interruptFlag.isSet { return stop(for: .requested) }
      let hart = machine.harts[machine.currentHart]
      let (pc, stack, privilege, index) = (hart.pc, hart.x(2), hart.privilege, hart.index)
      let line = try? instruction(at: SpacedAddress(pc))
      var stop: Stop
      if let line, isCall(line) {
        stop = try nextInstruction()
      } else {
        stop = try stepInstruction()
        if stop.reason == .done, hart.privilege > privilege || (hart.privilege == privilege && tookTrap(hart, from: pc))
        {
          // A trap: let its handler run until it comes back here.
          stop = try run(to: [pc, pc &+ UInt64(line?.length ?? 4)]) {
            $0.index == index && $0.privilege == privilege && $0.x(2) == stack
          }
        }
      }
      guard stop.reason == .done else { return stop }
      if machine.harts.count > 1 && selectedHart != index { continue }
      if location(of: self.hart.pc)?.symbol != function { return stop }
    }
  }

  private func tookTrap(_ hart: Hart, from pc: UInt64) -> Bool {
    let registers = hart.privilege.trapRegisters
    return hart.readCSR(registers.pc.rawValue) == pc && (hart.readCSR(registers.vector.rawValue) ?? 0) & ~3 == hart.pc
  }

  /// Runs until the function of frame `level` returns to its caller.
  package func finish(level: Int = 0) throws(DebuggerError) -> (frame: Frame, run: () throws(DebuggerError) -> Stop) {
    let trace = backtrace(limit: level + 2)
    guard trace.frames.count > level + 1 else {
      throw .other("The caller of frame #\(level) is not known: \(trace.end)")
    }
    let caller = trace.frames[level + 1]
    let index = selectedHart
    let privilege = hart.privilege
    return (
      trace.frames[level],
      { () throws(DebuggerError) in
        try self.run(to: [caller.pc]) { $0.index == index && $0.privilege == privilege && $0.x(2) >= caller.stack }
      }
    )
  }

  /// Runs to a place, or until the present function returns.
  package func advance(to address: UInt64) throws(DebuggerError) -> Stop {
    let caller = backtrace(limit: 2).frames.dropFirst().first
    let index = selectedHart
    return try run(to: [address] + (caller.map { [$0.pc] } ?? [])) { hart in
      if hart.pc == address { return true }
      return hart.index == index && hart.x(2) >= (caller?.stack ?? 0)
    }
  }
}
