import Machine
import ObjectFile
import RISCV

/// Which thread of control a hart is on, to tell it from others that pass the same place.
struct ControlThread {
  let hart: Int
  let privilege: PrivilegeMode
  /// A program in user mode cannot change it; a kernel may, in the middle of a function.
  let addressSpace: UInt64?

  /// The thread that a hart is on; in the mode of one of its frames.
  init(_ hart: Hart, _ mode: PrivilegeMode? = nil) {
    self.hart = hart.index
    privilege = mode ?? hart.privilege
    addressSpace = privilege.level == 0 ? hart.readCSR(CSR.satp.rawValue) : nil
  }
  /// Whether the hart runs it now.
  func runs(on other: Hart) -> Bool {
    other.index == hart && other.privilege == privilege
      && (addressSpace == nil || other.readCSR(CSR.satp.rawValue) == addressSpace)
  }
}

// Steps over calls, out of functions and to places.
extension Session {
  /// One instruction; a call runs until it returns, with everything it calls.
  package func nextInstruction() throws(DebuggerError) -> Stop {
    let hart = machine.harts[machine.currentHart]
    guard let line = try? instruction(at: SpacedAddress(hart.pc)), isCall(line) else { return try stepInstruction() }
    let (stack, thread) = (hart.x(2), ControlThread(hart))
    return try run(to: [hart.pc &+ UInt64(line.length)]) { thread.runs(on: $0) && $0.x(2) == stack }
  }

  func isCall(_ line: CodeLine) -> Bool {
    guard let decoded = InstructionSet.shared.decode(line.bits) else { return false }
    return (decoded.row.name == "jal" || decoded.row.name == "jalr")
      && (decoded.fields.rd == 1 || decoded.fields.rd == 5)
  }

  /// Runs until the function of frame `level` returns to its caller. `value` is then what it returned, where that is known.
  package func finish(
    level: Int = 0
  ) throws(DebuggerError) -> (frame: Frame, run: () throws(DebuggerError) -> Stop, value: () -> Value?) {
    let trace = backtrace(limit: level + 8)
    guard trace.frames.indices.contains(level),
      let caller = trace.frames[level...].first(where: { $0.physicalLevel > trace.frames[level].physicalLevel })
    else { throw .other("The caller of frame #\(level) is not known: \(trace.end)") }
    let thread = ControlThread(hart, caller.privilege)
    let frame = trace.frames[level]
    let image: DebugImage? = withFrame(frame) { self.image(at: frame.codeAddress) }
    return (
      frame,
      { () throws(DebuggerError) in
        try self.run(to: [caller.pc]) { thread.runs(on: $0) && $0.x(2) >= caller.stack }
      },
      { [unowned self] in
        guard caller.trap == nil, hart.pc == caller.pc, let image else { return nil }
        return returnedValue(image, frame.codeAddress)
      }
    )
  }

  /// Runs to one of the places, or until the present function returns.
  package func advance(to places: [CodeLocation]) throws(DebuggerError) -> Stop {
    let caller = backtrace(limit: 8).frames.first { $0.physicalLevel > 0 && $0.trap == nil }
    let thread = ControlThread(hart)
    return try run(to: places.map(\.address) + (caller.map { [$0.pc] } ?? [])) { [unowned self] hart in
      if places.contains(where: { isHere($0, hart) }) { return true }
      return caller.map { hart.pc == $0.pc && thread.runs(on: hart) && hart.x(2) >= $0.stack } ?? false
    }
  }
}
