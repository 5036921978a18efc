import RISCV

// The way from a trap handler to the code that it interrupted.
extension Session {
  /// The frame that a trap interrupted, where `frame` is in the code at its mode's trap vector; nil elsewhere, and where the way
  /// of the interrupted registers cannot be followed.
  func interrupted(by frame: Frame) -> Frame? {
    let registers = frame.privilege.trapRegisters
    guard frame.privilege.level > 0, let vector = hart.readCSR(registers.vector.rawValue), vector & ~3 != 0,
      let symbol = location(of: frame.codeAddress)?.symbol
    else { return nil }
    let base = vector & ~3
    guard location(of: base)?.symbol == symbol else { return nil }
    if let guest = guest(below: frame) { return guest }
    // In vectored mode interrupts have entries of their own.
    var starts = [base]
    if vector & 1 == 1, let cause = hart.readCSR(registers.cause.rawValue), cause >> 63 == 1 {
      starts.insert(base &+ 4 &* (cause & 63), at: 0)
    }
    for start in starts {
      let states = TrapEntry.states(
        from: start, to: frame.pc, isReturn: !frame.isExact,
        instruction: { [unowned self] address in
          (try? instruction(at: SpacedAddress(address))).flatMap { InstructionSet.shared.decode($0.bits) }
        })
      for state in states.sorted(by: { first, _ in isFromSameStack(first) == isFromSameMode(frame, first) }) {
        if let caller = interrupted(by: frame, state) { return caller }
      }
    }
    return nil
  }

  private func isFromSameStack(_ state: TrapEntry.State) -> Bool { state.registers[2].origin == .register(2) }

  private func isFromSameMode(_ frame: Frame, _ state: TrapEntry.State) -> Bool {
    previousPrivilege(frame, solution(frame, state)) == frame.privilege
  }

  private func solution(_ frame: Frame, _ state: TrapEntry.State) -> TrapEntry.State.Solution {
    TrapEntry.State.Solution(
      state, registers: frame.registers, csr: { [unowned self] in hart.readCSR(own($0, frame)) },
      read: { [unowned self] in word($0) })
  }

  /// In VS-mode a supervisor CSR's number means the guest's own.
  private func own(_ number: UInt16, _ frame: Frame) -> UInt16 {
    frame.privilege.isVirtual && (0x100..<0x200).contains(number) ? number + 0x100 : number
  }

  /// The CSRs of the trap as the handler's code names them.
  private func names(_ frame: Frame) -> (status: CSR, pc: CSR, cause: CSR) {
    frame.privilege == .machine ? (.mstatus, .mepc, .mcause) : (.sstatus, .sepc, .scause)
  }

  /// A CSR as the handler saved it, which another trap since does not change, else as it is.
  private func saved(_ csr: CSR, _ frame: Frame, _ solution: TrapEntry.State.Solution) -> UInt64? {
    solution.value(.csr(csr.rawValue)) ?? hart.readCSR(own(csr.rawValue, frame))
  }

  private func previousPrivilege(_ frame: Frame, _ solution: TrapEntry.State.Solution) -> PrivilegeMode? {
    guard let status = saved(names(frame).status, frame, solution) else { return nil }
    if frame.privilege == .machine {
      return PrivilegeMode(level: UInt8(status >> 11 & 3), isVirtual: status >> 39 & 1 == 1)
    }
    let isVirtual = frame.privilege.isVirtual || (hart.readCSR(CSR.hstatus.rawValue) ?? 0) >> 7 & 1 == 1
    return PrivilegeMode(level: UInt8(status >> 8 & 1), isVirtual: isVirtual)
  }

  private func interrupted(by frame: Frame, _ state: TrapEntry.State) -> Frame? {
    let solution = solution(frame, state)
    guard let pc = saved(names(frame).pc, frame, solution), let privilege = previousPrivilege(frame, solution),
      privilege <= frame.privilege, let stack = solution.value(.register(2))
    else { return nil }
    var registers: [UInt64?] = (0..<32).map { $0 == 0 ? 0 : solution.value(.register($0)) }
    registers[2] = stack
    // Registers that the handler's entry leaves alone belong to the interrupted code as they are known here.
    let code = saved(names(frame).cause, frame, solution) ?? 0
    let cause =
      code >> 63 == 1 ? Interrupt(rawValue: code & .max >> 1)?.name : ExceptionCause(rawValue: code)?.name
    let program = withPrivilege(privilege) { privilege.level == 0 ? presentProgram?.name : nil }
    let text = "--- trap: \(cause ?? hex(code)), hart \(frameHart)\(program.map { ", program \($0)" } ?? "") ---"
    return Frame(
      level: frame.level + 1, pc: pc, how: nil, registers: registers, privilege: privilege, isExact: true, trap: text)
  }

  private var frameHart: Int { selectedHart }

  func word(_ address: UInt64) -> UInt64? {
    guard let bytes = try? readMemory(SpacedAddress(address), count: 8) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The mode whose translation addresses take now; nil for the hart's own.
  var translationMode: PrivilegeMode? { viewedPrivilege ?? (selectedFrame > 0 ? currentFrame.privilege : nil) }

  /// The frame that is selected.
  package var currentFrame: Frame {
    let frames = backtrace(limit: selectedFrame + 1).frames
    return frames[min(selectedFrame, frames.count - 1)]
  }

  /// Does something from a frame's point of view.
  package func withFrame<Result>(_ frame: Frame, _ body: () -> Result) -> Result {
    let selected = selectedFrame
    selectedFrame = frame.level
    defer { selectedFrame = selected }
    return withPrivilege(frame.privilege, body)
  }

  /// `51	        total = add(total, table[i]);`: the line that a frame is at; nil where it cannot be had.
  package func sourceLine(of frame: Frame) -> String? {
    guard let source = frame.source, source.line > 0,
      let image = withFrame(frame, { image(at: frame.codeAddress) }),
      let lines = sources.text(source.path, of: image, warn: { warn($0) })?.lines,
      lines.indices.contains(source.line - 1)
    else { return nil }
    return "\(source.line)\t\(lines[source.line - 1])"
  }

  /// Does something with addresses translated as code in another mode has them.
  func withPrivilege<Result, Failure: Error>(
    _ privilege: PrivilegeMode, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = viewedPrivilege
    viewedPrivilege = privilege == hart.privilege ? nil : privilege
    defer { viewedPrivilege = before }
    return try body()
  }
}
