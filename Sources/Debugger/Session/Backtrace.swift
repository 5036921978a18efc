import RISCV

/// One frame of a backtrace.
package struct Frame: Sendable, Equatable {
  package var level: Int
  package var pc: UInt64
  /// The stack pointer in this frame at its pc.
  package var stack: UInt64
  /// How the frame was found.
  package var how: String
  /// An address inside the instruction that is executed or waits for its call to return: a call may be its function's last.
  package var codeAddress: UInt64 { level == 0 ? pc : pc &- 1 }
}

extension Session {
  /// What the beginning of a function does with the stack, as far as it has been executed.
  private struct Prologue {
    /// Bytes taken from the stack.
    var size: UInt64 = 0
    /// Where the return address and the caller's frame pointer lie, from the stack pointer.
    var returnAddress: UInt64?
    var framePointer: UInt64?
  }

  /// The calls that led to the selected hart's pc, found from the instructions at each function's beginning. A caller is
  /// believed only when a call stands before the return address. `end` says why the trace ends.
  package func backtrace(limit: Int = 64) -> (frames: [Frame], end: String) {
    var frames = [Frame(level: 0, pc: hart.pc, stack: hart.x(2), how: "the hart's pc")]
    var linkRegister: UInt64? = hart.x(1)
    var framePointer = hart.x(8)
    while frames.count < limit {
      let frame = frames[frames.count - 1]
      if let trap = trapEntry(frame) { return (frames, trap) }
      let prologue = prologue(of: frame)
      let caller: UInt64
      let how: String
      if let offset = prologue?.returnAddress, let saved = word(frame.stack &+ offset) {
        (caller, how) = (saved, "return address saved at sp+\(offset)")
      } else if let link = linkRegister {
        (caller, how) = (link, "return address still in ra")
      } else if frames.count > 1, prologue == nil, let saved = word(framePointer &- 8) {
        (caller, how) = (saved, "frame pointer s0")
      } else {
        return (frames, "no saved return address is known in \(symbolText(frame.codeAddress) ?? hex(frame.pc)).")
      }
      guard isAfterCall(caller) else {
        return (frames, "\(place(caller)) is behind no call instruction, so it is no proved caller.")
      }
      if let offset = prologue?.framePointer, let saved = word(frame.stack &+ offset) { framePointer = saved }
      let stack = frame.stack &+ (prologue?.size ?? 0)
      if frames.count > 1 && stack < frame.stack { return (frames, "the stack does not grow downwards any more.") }
      linkRegister = nil
      let next = Frame(level: frames.count, pc: caller, stack: stack, how: how)
      if next.pc == frame.pc && next.stack == frame.stack { return (frames, "the next frame would be the same again.") }
      frames.append(next)
      if frame.level == 0, prologue == nil {
        return (frames, "\(place(frame.pc)) lies in no function, so the stack of its caller is not known.")
      }
    }
    return (frames, "the limit of \(limit) frames is reached.")
  }

  /// Why the trace ends in a trap handler: no call led there, and what its registers say belongs to the interrupted code.
  private func trapEntry(_ frame: Frame) -> String? {
    guard let symbol = location(of: frame.codeAddress)?.symbol else { return nil }
    for (vector, cause, place) in [(CSR.stvec, CSR.scause, CSR.sepc), (.mtvec, .mcause, .mepc)] {
      guard let base = hart.readCSR(vector.rawValue), base & ~3 != 0, base & ~3 == symbol.address,
        let code = hart.readCSR(cause.rawValue), let interrupted = hart.readCSR(place.rawValue)
      else { continue }
      let name =
        code >> 63 == 1 ? Interrupt(rawValue: code & .max >> 1)?.name : ExceptionCause(rawValue: code)?.name
      return "\(symbol.displayName) was entered by a trap, \(name ?? hex(code)), at \(self.place(interrupted))."
    }
    return nil
  }

  private func word(_ address: UInt64) -> UInt64? {
    guard let bytes = try? readMemory(SpacedAddress(address), count: 8) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func isAfterCall(_ address: UInt64) -> Bool {
    guard address & 1 == 0, address >= 4 else { return false }
    for length in [4, 2] as [UInt64] {
      if let line = try? instruction(at: SpacedAddress(address - length)), line.length == Int(length), isCall(line) {
        return true
      }
    }
    return false
  }

  /// Follows a function from its symbol to `frame.pc`, in a straight line, up to the first branch.
  private func prologue(of frame: Frame) -> Prologue? {
    guard let symbol = location(of: frame.codeAddress) else { return nil }
    var prologue = Prologue()
    if frame.level == 0, let line = try? instruction(at: SpacedAddress(frame.pc)), line.text == "ret" {
      return prologue
    }
    var pc = symbol.symbol.address
    var count = 0
    while pc < frame.pc, count < 64, let line = try? instruction(at: SpacedAddress(pc)),
      let decoded = InstructionSet.shared.decode(line.bits)
    {
      let (name, fields) = (decoded.row.name, decoded.fields)
      if name == "addi" && fields.rd == 2 && fields.rs1 == 2 && fields.imm < 0 {
        prologue.size &+= UInt64(-fields.imm)
        if let offset = prologue.returnAddress { prologue.returnAddress = offset &+ UInt64(-fields.imm) }
      } else if name == "sd" && fields.rs1 == 2 && fields.imm >= 0 {
        if fields.rs2 == 1 { prologue.returnAddress = UInt64(fields.imm) }
        if fields.rs2 == 8 { prologue.framePointer = UInt64(fields.imm) }
      }
      if case .branch = decoded.row.flow, prologue.returnAddress != nil { break }
      if (name == "jal" || name == "jalr") && fields.rd == 0 { break }
      pc &+= UInt64(line.length)
      count += 1
    }
    return prologue
  }
}
