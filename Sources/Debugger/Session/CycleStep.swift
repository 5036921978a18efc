import Machine
import RISCV

/// One phase inside an instruction.
package struct CyclePhase: Sendable, Equatable {
  package var name: String
  package var text: String
  /// Host cycles charged; nil where nothing is charged apart.
  package var cycles: UInt64?
  /// Who is charged; nil for the guest's own layer.
  package var layer: String?
  /// Host cycles from where the instruction began to where the phase does.
  package var start: UInt64 = 0
  /// The physical hart gets no further: the instruction exits here.
  var exits = false
}

/// The inside of the instruction at pc, told phase by phase. Nothing happens to the guest before the last phase.
struct CycleStep {
  var phases: [CyclePhase]
  var shown = 0
  /// Cycles of the phases that were shown.
  var cycles: UInt64 = 0
}

extension Session {
  /// The next phase of the instruction that the current hart is about to execute. The last phase executes it; `isLast` says so.
  package func cycleStepPhase() throws(DebuggerError) -> (phases: [CyclePhase], stop: Stop?) {
    selectedHart = machine.currentHart
    if let cpu = virtualCPU, let service = cpu.service { return try servicePhase(cpu, service) }
    if cycleStep == nil { cycleStep = CycleStep(phases: dryPhases()) }
    guard var step = cycleStep else { return ([], nil) }
    if step.shown < step.phases.count {
      var phase = step.phases[step.shown]
      phase.start = step.cycles
      step.shown += 1
      step.cycles &+= phase.cycles ?? 0
      cycleStep = step
      return ([phase], nil)
    }
    let shown = step.cycles
    // The `sret` of the last entry was told with it, and is charged now.
    let before = cyclesSpent &+ (virtualCPU?.isEntering ?? false ? virtualMachine.costs[.trapReturn] : 0)
    virtualCPU?.stopsAtPhases = true
    defer { virtualCPU?.stopsAtPhases = false }
    cycleStart = before
    var (phases, stop) = try commit()
    let trap = trapEntry(told: shown)
    if !trap.isEmpty { return (trap, stop) }
    // What is left of the charge: the references on the way were told already.
    phases[0].start = shown
    phases[0].cycles = cyclesSpent &- before &- min(shown, cyclesSpent &- before)
    return (phases, stop)
  }

  /// Who is charged for what the hart does beside the instruction itself: an emulator's hart is the monitor's work.
  private var hardwareLayer: String { technique == .emulation ? "monitor" : "hardware" }

  /// Cycles of the current hart so far, waiting apart.
  var cyclesSpent: UInt64 {
    if let cpu = virtualCPU { return cpu.ledger.clock }
    let ledger = virtualMachine.ledgers[selectedHart]
    return ledger.clock &- ledger.sum { $0.action == .wait }.cycles
  }

  /// Executes the instruction and tells what it wrote, or the trap it took.
  private func commit() throws(DebuggerError) -> (phases: [CyclePhase], stop: Stop?) {
    let hart = machine.harts[machine.currentHart]
    let pc = hart.pc
    let retired = hart.retired
    let changes = watchState(of: hart)
    let stop = try stepInstruction()
    var writes = changes()
    if hart.retired == retired {
      let cause = hart.readCSR(hart.privilege.trapRegisters.cause.rawValue) ?? 0
      let name =
        cause >> 63 == 1 ? Interrupt(rawValue: cause & .max >> 1)?.name : ExceptionCause(rawValue: cause)?.name
      let phase = CyclePhase(
        name: "trap entry",
        text: ["\(name ?? hex(cause)); nothing retired", writes.joined(separator: ", "), "pc -> \(place(hart.pc))"]
          .filter { !$0.isEmpty }.joined(separator: "; "),
        cycles: 0, layer: hardwareLayer)
      return ([phase], stop)
    }
    writes.append("pc \(hex(pc)) -> \(place(hart.pc))")
    let layer = technique == .emulation ? hardwareLayer : nil
    return ([CyclePhase(name: "write-back", text: writes.joined(separator: ", "), cycles: 1, layer: layer)], stop)
  }

  /// Remembers a hart's state; what is returned tells how it has changed since.
  func watchState(of hart: Hart) -> () -> [String] {
    let before = (1..<32).map { hart.x($0) }
    let floats = (0..<32).map { hart.f($0) }
    let csrs = csrSnapshot(hart)
    let memory = dryStore(hart)
    return { [self] in
      var writes: [String] = []
      for number in 1..<32 where hart.x(number) != before[number - 1] {
        writes.append("\(RegisterName.abiX[number]) \(hex(before[number - 1])) -> \(hex(hart.x(number)))")
      }
      for number in 0..<32 where hart.f(number) != floats[number] {
        writes.append("\(RegisterName.abiF[number]) \(hex(floats[number])) -> \(hex(hart.f(number)))")
      }
      if let memory, let now = memoryValue(memory) {
        writes.append("\(memory.address.text) \(hex(memory.old)) -> \(hex(now))")
      }
      for (name, old) in csrs {
        if let number = CSRName.number(named: name), let new = hart.readCSR(number), new != old {
          writes.append("\(name) \(hex(old)) -> \(hex(new))")
        }
      }
      return writes
    }
  }

  private func csrSnapshot(_ hart: Hart) -> [(String, UInt64)] {
    let clocks: Set<String> = ["cycle", "time", "instret", "mcycle", "minstret"]
    return CSRName.all.compactMap { entry in
      clocks.contains(entry.name) ? nil : hart.readCSR(entry.number).map { (entry.name, $0) }
    }
  }

  private func memoryValue(_ store: (address: SpacedAddress, width: Int, old: UInt64)) -> UInt64? {
    guard let bytes = try? readMemory(store.address, count: store.width) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The memory operand of the instruction at pc.
  private func operand(_ hart: Hart, _ decoded: InstructionSet.Decoded) -> (
    address: UInt64, width: Int, access: AccessKind
  )? {
    let (name, syntax) = (decoded.row.name, decoded.row.syntax)
    guard syntax.hasSuffix("(rs1)"), name != "jalr" else { return nil }
    let address = hart.x(decoded.fields.rs1) &+ UInt64(bitPattern: syntax.contains("imm(rs1)") ? decoded.fields.imm : 0)
    if name.hasPrefix("cbo") { return (address & ~63, 64, .store) }
    let size = name.contains(".") ? name.split(separator: ".")[1].first : name.drop { "fls".contains($0) }.first
    let width = ["b": 1, "h": 2, "w": 4, "d": 8][size.map(String.init) ?? ""] ?? 8
    let isLoad = name.hasPrefix("l") || name.hasPrefix("fl")
    return (address, width, isLoad ? .load : .store)
  }

  private func dryStore(_ hart: Hart) -> (address: SpacedAddress, width: Int, old: UInt64)? {
    guard let line = try? instruction(at: SpacedAddress(hart.pc)),
      let decoded = InstructionSet.shared.decode(line.bits),
      let operand = operand(hart, decoded), operand.access == .store, operand.width <= 8,
      let bytes = try? readMemory(SpacedAddress(operand.address), count: operand.width)
    else { return nil }
    return (SpacedAddress(operand.address), operand.width, bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  private func dryPhases() -> [CyclePhase] {
    let hart = machine.harts[machine.currentHart]
    if let interrupt = hart.pendingInterrupt {
      return [
        CyclePhase(name: "interrupt", text: "\(interrupt.name) is pending and enabled: it comes before the instruction")
      ]
    }
    var phases = runsTranslated(hart) ? cacheFetch(hart) : translation(hart, hart.pc, .fetch, "fetch")
    guard phases.last.map({ !$0.exits }) ?? true,
      case .success = hart.walk(GuestVirtualAddress(hart.pc), .fetch).result,
      let line = try? instruction(at: SpacedAddress(hart.pc))
    else { return phases }
    let digits = String(line.bits, radix: 16)
    let padded = String(repeating: "0", count: max(0, line.length * 2 - digits.count)) + digits
    phases.append(
      cacheDecode(line) ?? CyclePhase(name: "decode", text: "0x\(padded), \(line.length) bytes: \(line.text)"))
    guard let decoded = InstructionSet.shared.decode(line.bits) else { return phases }
    var sources: [String] = []
    let words = decoded.row.syntax.split { !$0.isLetter && !$0.isNumber }
    for (word, number) in [("rs1", decoded.fields.rs1), ("rs2", decoded.fields.rs2)]
    where words.contains(Substring(word)) {
      sources.append("\(RegisterName.abiX[number]) = \(hex(hart.x(number)))")
    }
    phases.append(
      CyclePhase(
        name: "execute", text: decoded.row.name + (sources.isEmpty ? "" : " with " + sources.joined(separator: ", "))))
    if let operand = operand(hart, decoded) {
      phases += translation(hart, operand.address, operand.access, "memory", operand.width)
    }
    return phases
  }

  /// The references of a translation, one phase each, then the access itself.
  private func translation(
    _ hart: Hart, _ address: UInt64, _ access: AccessKind, _ name: String, _ width: Int = 0
  ) -> [CyclePhase] {
    let report = hart.walk(GuestVirtualAddress(address), access)
    var phases: [CyclePhase] = []
    let price = referencePrice
    if technique.paging == .nested { return nestedTranslation(report, address, access, name, width) }
    if technique.paging == .shadow { return shadowTranslation(report, address, access, name, width) }
    let isCached = hart.tlbEntries.contains {
      $0.holdsFetches == (access == .fetch) && $0.virtualPage.value == address & ~0xfff && $0.mode == report.mode
        && (report.scheme == .bare || $0.satp == report.satp)
        && (report.guestStage?.scheme ?? .bare == .bare || $0.hgatp == report.guestStage?.hgatp)
    }
    if report.isPaged {
      if isCached, case .success = report.result {
        phases.append(CyclePhase(name: name, text: "the TLB holds the page of \(hex(address)): no reference"))
      } else {
        for reference in report.references {
          phases.append(
            CyclePhase(
              name: name,
              text: "page-table reference: \(reference.stage == .guest ? "G-stage " : "")level \(reference.level) "
                + "[\(reference.index)], gpa:\(hex(reference.entryAddress.value)) holds \(hex16(reference.entry))",
              cycles: price, layer: hardwareLayer))
        }
      }
    }
    phases.append(arrival(report, address, access, name, width))
    return phases
  }

  /// Where the access goes, or why nowhere.
  func arrival(
    _ report: WalkReport, _ address: UInt64, _ access: AccessKind, _ name: String, _ width: Int
  ) -> CyclePhase {
    switch report.result {
    case .success(let physical):
      let what =
        access == .fetch ? "instruction" : access == .load ? "load of \(width) bytes" : "store of \(width) bytes"
      let target = machine.board.bus.window(at: physical).map { "gpa:\(hex(physical.value)), \($0.device.name)" }
      let place = target ?? "gpa:\(hex(physical.value))"
      return CyclePhase(name: name, text: "\(what) at \(hex(address)) is \(place)")
    case .failure(let trap):
      return CyclePhase(name: name, text: "\(hex(address)) fails: \(report.failure ?? trap.cause.name)")
    }
  }
}
