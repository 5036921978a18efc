import RISCV

extension Session {
  /// What the beginning of a function does with the stack, as far as it has been executed.
  private struct Prologue {
    /// Bytes taken from the stack.
    var size: UInt64 = 0
    /// Where the return address and what a callee must keep lie, from the stack pointer, by register.
    var saved: [Int: UInt64] = [:]
  }

  /// The frames of the selected hart, the innermost first: calls, inlined ones among them, and over traps the code that they
  /// interrupted. A caller that is not told by call frame information is believed only when a call stands before the return
  /// address. `end` says why the trace ends.
  package func backtrace(limit: Int = 64) -> (frames: [Frame], end: String) {
    let key = BacktraceCache.Key(
      steps: machine.steps, changes: changes.count, hart: selectedHart, images: images.all.count)
    if let cache = backtraceCache, cache.key == key, cache.isWhole || cache.frames.count >= limit {
      return (Array(cache.frames.prefix(limit)), cache.frames.count > limit ? limitText(limit) : cache.end)
    }
    let selected = selectedFrame
    selectedFrame = 0
    defer { selectedFrame = selected }
    let trace = unwind(limit: limit)
    backtraceCache = BacktraceCache(
      key: key, frames: trace.frames, end: trace.end, isWhole: trace.frames.count < limit)
    return (Array(trace.frames.prefix(limit)), trace.end)
  }

  struct BacktraceCache {
    struct Key: Equatable {
      var steps: UInt64
      var changes: Int
      var hart: Int
      var images: Int
    }
    var key: Key
    var frames: [Frame]
    var end: String
    var isWhole: Bool
  }

  private func limitText(_ limit: Int) -> String { "the limit of \(limit) frames is reached." }

  private func unwind(limit: Int) -> (frames: [Frame], end: String) {
    var frames: [Frame] = []
    var frame = Frame(
      level: 0, pc: hart.pc, how: "the hart's pc", registers: (0..<32).map { hart.x($0) }, privilege: hart.privilege,
      isExact: true)
    var physicalLevel = 0
    while true {
      frame.physicalLevel = physicalLevel
      let step = withPrivilege(frame.privilege) { () -> (caller: Frame?, end: String) in
        let table = tableRow(frame)
        frame.frameAddress = table?.frameAddress
        let step = caller(of: frame, table)
        if frame.frameAddress == nil, let caller = step.caller, caller.trap == nil { frame.frameAddress = caller.stack }
        frames += inSource(frame)
        return step
      }
      for index in frames.indices { frames[index].level = index }
      guard let caller = step.caller else { return (frames, step.end) }
      if frames.count >= limit { return (frames, limitText(limit)) }
      if caller.pc == frame.pc && caller.stack == frame.stack && caller.trap == nil {
        return (frames, "the next frame would be the same again.")
      }
      frame = caller
      physicalLevel += 1
      if !step.end.isEmpty {
        frame.physicalLevel = physicalLevel
        frames += inSource(frame)
        for index in frames.indices { frames[index].level = index }
        return (frames, step.end)
      }
      if physicalLevel > 4096 { return (frames, limitText(limit)) }
    }
  }

  /// The frame with what the source calls it; before it those that were inlined into it.
  private func inSource(_ frame: Frame) -> [Frame] {
    guard let image = image(at: frame.codeAddress), let information = debugInformation(of: image) else {
      return [frame]
    }
    let calls = information.frames(at: image.linked(frame.codeAddress))
    if calls.isEmpty {
      var frame = frame
      if let place = sourcePlace(at: frame.codeAddress, in: image) {
        let name = location(of: frame.codeAddress).map { shortSwiftName($0.symbol.displayName) } ?? "??"
        frame.source = FrameSource(
          function: name, isInlined: false, depth: 0, file: place.name, path: place.path, line: place.line)
      }
      return [frame]
    }
    let place = sourcePlace(at: frame.codeAddress, in: image)
    return calls.enumerated().map { depth, call in
      var copy = frame
      // Where the code is, is said as a stop says it; where the calls of what was inlined are, only here.
      let (path, line) = depth == 0 ? (place?.path ?? call.path, place?.line ?? call.line) : (call.path, call.line)
      copy.source = FrameSource(
        function: shortSwiftName(call.function.displayName), isInlined: call.isInlined, depth: depth,
        file: path.isEmpty ? "" : sources.name(of: path, in: image), path: path, line: line)
      // A trap is told once, before the innermost.
      if depth > 0 { copy.trap = nil }
      return copy
    }
  }

  private func caller(of frame: Frame, _ table: UnwoundFrame?) -> (caller: Frame?, end: String) {
    if let interrupted = interrupted(by: frame) { return (interrupted, "") }
    if let trap = trapEntry(frame) { return (nil, trap) }
    if let table {
      guard let caller = table.caller else { return (nil, table.end) }
      return (caller, "")
    }
    let prologue = prologue(of: frame)
    let address: UInt64
    let how: String
    if let offset = prologue?.saved[1], let saved = word(frame.stack &+ offset) {
      (address, how) = (saved, "return address saved at sp+\(offset)")
    } else if frame.isExact, let link = frame.registers[1], !isOwnCall(link, frame) {
      (address, how) = (link, "return address still in ra")
    } else if frame.level > 0, prologue == nil, let pointer = frame.registers[8], let saved = word(pointer &- 8) {
      (address, how) = (saved, "frame pointer s0")
    } else {
      return (nil, "no saved return address is known in \(symbolText(frame.codeAddress) ?? hex(frame.pc)).")
    }
    guard isAfterCall(address) else {
      return (nil, "\(place(address)) is behind no call instruction, so it is no proved caller.")
    }
    let stack = frame.stack &+ (prologue?.size ?? 0)
    if frame.level > 0 && stack < frame.stack { return (nil, "the stack does not grow downwards any more.") }
    var registers = calleeSaved(frame.registers)
    for (register, offset) in prologue?.saved ?? [:] where register != 1 {
      registers[register] = word(frame.stack &+ offset)
    }
    registers[2] = stack
    let caller = Frame(
      level: frame.level + 1, pc: address, how: how, registers: registers, privilege: frame.privilege, isExact: false)
    if frame.level == 0, prologue == nil {
      return (caller, "\(place(frame.pc)) lies in no function, so the stack of its caller is not known.")
    }
    return (caller, "")
  }

  /// The registers that a callee keeps as they are; nothing is known of the others behind a call.
  func calleeSaved(_ registers: [UInt64?]) -> [UInt64?] {
    let kept: Set<Int> = [0, 2, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]
    return registers.indices.map { kept.contains($0) ? registers[$0] : nil }
  }

  /// Why the trace ends in a trap handler whose entry cannot be followed: no call led there, and what its registers say
  /// belongs to the interrupted code.
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

  /// Whether ra comes from a call that the function itself has made, which tells nothing of its caller.
  private func isOwnCall(_ link: UInt64, _ frame: Frame) -> Bool {
    guard link <= frame.pc, let symbol = location(of: frame.pc)?.symbol else { return false }
    return location(of: link)?.symbol == symbol
  }

  func isAfterCall(_ address: UInt64) -> Bool {
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
    if frame.isExact, let line = try? instruction(at: SpacedAddress(frame.pc)), line.text == "ret" {
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
        prologue.saved = prologue.saved.mapValues { $0 &+ UInt64(-fields.imm) }
      } else if name == "sd" && fields.rs1 == 2 && fields.imm >= 0, [1, 8, 9].contains(fields.rs2) || fields.rs2 >= 18 {
        if prologue.saved[fields.rs2] == nil, fields.rs2 < 28 { prologue.saved[fields.rs2] = UInt64(fields.imm) }
      }
      if case .branch = decoded.row.flow, prologue.saved[1] != nil { break }
      if (name == "jal" || name == "jalr") && fields.rd == 0 { break }
      pc &+= UInt64(line.length)
      count += 1
    }
    return prologue
  }
}
