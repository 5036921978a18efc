import RISCV

// What happens in the cache as the guest knows it.
extension BinaryTranslation {
  private static let ofRegisters: EventMask = [.csr, .effects]

  /// Accesses to CSRs are accesses to memory where translated code does them in line.
  func kinds(for asked: EventMask, _ hart: Hart) -> EventMask {
    let kinds = asked.intersection(observableKinds)
    return isTranslated(hart) && !asked.isDisjoint(with: Self.ofRegisters) ? kinds.union(.memory) : kinds
  }

  /// The guest knows nothing of the cache: what happened there happened at its own instruction. What the cache's own sequences do is
  /// nothing of its.
  func rename(_ record: inout EventRecord, _ cpu: VirtualCPU) -> Bool {
    let base = CodeCache.base(cpu.hart.translationRegime)
    guard isTranslated(cpu.hart), record.pc &- base < UInt64(cache.size),
      let unit = cache.unit(at: Int(record.pc &- base)), let instruction = unit.instruction(at: Int(record.pc &- base))
    else { return true }
    switch record.kind {
    case .load, .store:
      if let register = instruction.register {
        become(&record, register, cpu.hart)
      } else if instruction.role != .identical || !isAskedFor(record, cpu) {
        return false
      }
    case .update:
      guard instruction.role == .identical, isAskedFor(record, cpu) else { return false }
    case .tlbFill:
      guard instruction.role == .identical else { return false }
    default: break
    }
    guard case .at(let index) = instruction.place else { return record.kind != .retired }
    let guest = unit.guest[index]
    record.pc = unit.pc(of: instruction.place)!
    guard record.kind == .retired, instruction.role != .identical else { return true }
    record.bits = guest.bits
    // What an access in line wrote to a register was the last thing that it did.
    if instruction.role == .inline { return true }
    (record.detail, record.a) = (0, 0)
    if let decoded = InstructionSet.shared.decode(guest.bits), decoded.row.flow != .branch, decoded.fields.rd != 0 {
      // `auipc`, or a jump that links: what it writes does not depend on any register.
      record.detail = UInt8(decoded.fields.rd)
      record.a =
        decoded.row.flow == .usesPC
        ? record.pc &+ UInt64(bitPattern: decoded.fields.imm) : record.pc &+ UInt64(decoded.length)
    }
    return true
  }

  /// An access to memory is reported for its own sake.
  private func isAskedFor(_ record: EventRecord, _ cpu: VirtualCPU) -> Bool {
    cpu.hart.eventMask.contains(.memory) || cpu.physical.isWatched(record)
  }

  /// An access to the context is one to a CSR.
  private func become(_ record: inout EventRecord, _ register: TrapRegister, _ hart: Hart) {
    record.bits = UInt32(register.number(in: hart.privilege))
    (record.kind, record.a, record.b) =
      record.kind == .load ? (.csrRead, record.d, 0) : (.csrWrite, record.c, record.d)
    (record.detail, record.c, record.d) = (0, 0, 0)
  }
}
