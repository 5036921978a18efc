import Hypervisor
import Machine
import RISCV

/// Tells what a phase of the monitor's did: made before it runs, asked after it has.
struct PhaseTelling {
  private let session: Session
  private let cpu: VirtualCPU
  private let before: VirtualCPU.Service
  private let instruction: String
  private let pc: UInt64
  private let retired: UInt64
  private let changes: () -> [String]
  /// The guest's own walk for the access at hand, as it was before.
  private let walk: WalkReport?
  private let leaf: HostTableEntry?

  init(_ session: Session, _ cpu: VirtualCPU, _ service: VirtualCPU.Service) {
    (self.session, self.cpu, before) = (session, cpu, service)
    (pc, retired) = (cpu.hart.pc, cpu.hart.retired)
    instruction = (try? session.instruction(at: SpacedAddress(pc)).text) ?? "the instruction"
    changes = session.watchState(of: cpu.hart)
    let exit = service.exit
    let isShadow = session.technique.paging == .shadow
    walk =
      service.phase == .walk && isShadow
      ? exit.map { cpu.hart.walk(GuestVirtualAddress($0.value), $0.accessKind) } : nil
    leaf = exit.flatMap { session.shadowLeaf($0.value, hart: cpu.hart.index) }
  }

  /// The rows of a phase, which took so many cycles in all.
  func rows(of phase: VirtualCPU.Phase, cycles: UInt64) -> [CyclePhase] {
    if phase == .walk, let walk, !walk.references.isEmpty { return references(walk, cycles) }
    return [CyclePhase(name: phase.rawValue, text: text(phase), cycles: cycles)]
  }

  private func text(_ phase: VirtualCPU.Phase) -> String {
    switch phase {
    case .save: return isShort ? "the registers stay where they are" : "31 registers to vcpu \(cpu.hart.index)"
    case .decode: return "\(instruction): \(meaning)"
    case .adapted: return "\(instruction): its handler is called, with five registers saved"
    case .callOut: return "\(instruction): the translated code calls for it"
    case .dispatch: return "the code for \(session.place(pc)) is looked for"
    case .translate: return "the code from \(session.place(pc)) on is translated"
    case .chain: return "what led here is linked to it"
    case .walk: return found
    case .fill: return filled
    case .emulate:
      if let trap = cpu.service?.trap {
        return "the virtual hart tries it and raises: \(trap.cause.name) (\(trap.cause.rawValue)); nothing retires"
      }
      return "the virtual hart steps once: \(outcome)"
    case .interpret: return "the virtual hart steps on, \(instruction): \(outcome)"
    case .inject:
      let what =
        before.trap.map { "\($0.cause.name) (\($0.cause.rawValue))" }
        ?? (pc == cpu.hart.pc ? "nothing was pending any more" : "an interrupt")
      return "\(what) is delivered to the guest's \(cpu.hart.privilege.letter): \(outcome)"
    case .announce: return "an interrupt is pending: the physical hart will take it in the guest"
    case .restore: return isShort ? "five registers" : "31 registers"
    }
  }

  private var isShort: Bool { cpu.service?.isShort ?? before.isShort }

  /// What the virtual hart wrote.
  private var outcome: String {
    var writes = changes()
    let (now, length) = (cpu.hart.pc, cpu.hart.pc &- pc)
    if now != pc { writes.append(length == 2 || length == 4 ? "pc + \(length)" : "pc -> \(session.place(now))") }
    if cpu.hart.retired != retired { writes.append("retired + \(cpu.hart.retired &- retired)") }
    return writes.joined(separator: ", ")
  }

  // MARK: Decode

  private var meaning: String {
    guard let exit = before.exit else { return "" }
    let mode = cpu.hart.privilege.letter
    switch exit.cause {
    case .illegalInstruction, .virtualInstruction:
      let reason = cpu.service?.reason.name ?? ""
      guard let needed = Self.neededMode(cpu.service?.bits ?? 0) else { return reason }
      return "\(reason); it needs \(needed), and the virtual hart is in \(mode)"
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM:
      return "\(exit.cause.name), which the guest's own trap handler is to hear of"
    case .instructionPageFault, .loadPageFault, .storePageFault:
      return "a \(exit.accessKind) at gva:\(hex(exit.value))"
    case .instructionGuestPageFault, .loadGuestPageFault, .storeGuestPageFault:
      return "a \(exit.accessKind) at gpa:\(hex(exit.guestPhysicalAddress))"
    default: return "\(exit.cause.name), which is the guest's own"
    }
  }

  /// The mode from which on a privileged instruction may run; nil where its bits do not tell.
  private static func neededMode(_ bits: UInt32) -> String? {
    guard bits & 0x7f == 0x73 else { return nil }
    switch bits >> 12 & 7 {
    case 0: return bits == 0x3020_0073 ? "M" : bits == 0x1020_0073 || bits >> 25 == 0x09 ? "S" : nil
    case 4: return nil
    default: return ["U", "S", "HS", "M"][Int(bits >> 28 & 3)]
    }
  }

  // MARK: Walk

  /// Each reference with its cycles, then what they came to.
  private func references(_ report: WalkReport, _ cycles: UInt64) -> [CyclePhase] {
    let price = session.virtualMachine.costs[.walkReference]
    let isEach = UInt64(report.references.count) &* price == cycles
    var rows = report.references.map { reference in
      let stage = reference.stage == .guest ? "G-stage " : ""
      let target =
        reference.entry & 1 == 0
        ? "" : " -> \(reference.isLeaf ? "page" : "table") gpa:\(hex(reference.target.value))"
      return CyclePhase(
        name: "walk",
        text:
          "the guest's \(stage)level \(reference.level) [\(reference.index)], gpa:\(hex(reference.entryAddress.value)) "
          + "holds \(hex16(reference.entry))\(target)",
        cycles: isEach ? price : nil)
    }
    rows.append(CyclePhase(name: "walk", text: found + setByWalk(report), cycles: isEach ? nil : cycles))
    return rows
  }

  /// The walk sets A and D as the guest's hart would.
  private func setByWalk(_ report: WalkReport) -> String {
    guard let last = report.references.last, last.isLeaf,
      let now = session.machine.memory.load(last.entryAddress, as: UInt64.self), now != last.entry
    else { return "" }
    let bits = [(UInt64(0x40), "A"), (0x80, "D")].filter { (now ^ last.entry) & $0.0 != 0 }.map(\.1)
    return "; \(bits.joined(separator: " and ")) set there, as the guest's hart would: \(hex16(now))"
  }

  private var found: String {
    guard let exit = before.exit else { return "" }
    let isNested = session.technique.paging == .nested
    let address = isNested ? exit.guestPhysicalAddress : exit.value
    let what = "\(exit.accessKind) of \(isNested ? "gpa" : "gva"):\(hex(address))"
    if cpu.service?.phase == .fill {
      guard !isNested, case .success(let physical) = walk?.result else {
        return "\(what): RAM of the guest's, which the monitor's tables lack"
      }
      return "\(what): gpa:\(hex(physical.value)), which the guest's tables grant"
    }
    let reason =
      switch cpu.service?.reason {
      case .device: "no RAM lies there: the virtual board answers"
      case .trueFault: "the guest's own tables refuse it: \(walk?.failure ?? "the guest takes the fault")"
      case .tracedStore: "the page holds a page table of the guest's: the store is traced"
      case .protection: "physical memory protection splits or forbids it"
      default: cpu.service?.reason.name ?? ""
      }
    return "\(what): \(reason)"
  }

  // MARK: Fill

  private var filled: String {
    guard let exit = before.exit, let after = cpu.service, after.phase == .restore else {
      return "the entry was there already: the virtual hart has to do it"
    }
    if session.technique.paging == .nested {
      let path = session.virtualMachine.nestedPath(to: exit.guestPhysicalAddress, hart: cpu.hart.index)
      guard let last = path?.entries.last, last.isLeaf else { return after.reason.name }
      return "nested entry at hpa:\(hex(last.address)): \(hex16(last.value)) -> page hpa:\(hex(last.target))"
    }
    guard let now = session.shadowLeaf(exit.value, hart: cpu.hart.index) else { return after.reason.name }
    let old = leaf.map { $0.address == now.address ? hex($0.value) : "0x0" } ?? "0x0"
    let kind = after.reason == .dirtyFault ? "W granted" : "page hpa:\(hex(now.target))"
    return "shadow entry at hpa:\(hex(now.address)): \(old) -> \(hex16(now.value)), \(kind)"
  }
}

extension Session {
  /// The leaf that the shadow tables have for an address in a hart's present context.
  func shadowLeaf(_ address: UInt64, hart: Int) -> HostTableEntry? {
    guard let last = virtualMachine.shadowPath(to: address, hart: hart)?.entries.last, last.isLeaf else { return nil }
    return last
  }
}
