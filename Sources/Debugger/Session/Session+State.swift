import Hypervisor
import Machine
import ObjectFile
import RISCV

/// A change that the person made to the guest.
enum Change {
  case register(hart: Int, name: String, bits: UInt64)
  case memory(GuestPhysicalAddress, [UInt8])
}

extension Session: EvaluationContext {
  package func warn(_ text: String) { warnings.append(text) }

  package func register(_ name: String) -> Value? {
    if let field = eventFields.first(where: { $0.name == name }) { return Value(field.value, .unsignedLong) }
    if let name = Self.physicalName(name) { return physicalRegister(name) }
    let location = Value.Location.register(name)
    if let draft, selectedFrame == 0, eventFields.isEmpty, let register = GuestRegister(name: name) {
      return drafted(register, draft[register], location)
    }
    let frame = selectedFrame > 0 && eventFields.isEmpty ? currentFrame : nil
    switch name {
    case "pc" where frame != nil: return Value(frame!.pc, .codePointer)
    case "pc": return Value(hart.pc, .codePointer, location: location)
    case "priv": return Value(UInt64(hart.privilege.rawValue), .int, location: location)
    case "_hart": return .int(selectedHart)
    case "_position": return Value(machine.position, .unsignedLong)
    default: break
    }
    if let number = RegisterName.x(named: name) {
      let type: ValueType =
        switch number {
        case 1: .codePointer
        case 2, 3, 4, 8: .pointer(to: .void)
        default: .long
        }
      if let frame {
        // What a callee need not keep is not known in its caller.
        guard let value = frame.registers[number] else { return .void }
        return Value(value, type)
      }
      return Value(hart.x(number), type, location: location)
    }
    if let number = RegisterName.f(named: name) {
      return Value(hart.f(number), .float(size: 8), location: location)
    }
    guard let number = CSRName.number(named: name), let bits = hart.readCSR(number) else { return nil }
    return Value(bits, .long, location: location)
  }

  package func setRegister(_ name: String, _ bits: UInt64) throws(EvaluationError) {
    if let physical = Self.physicalName(name) {
      guard virtualMachine.host != nil else { throw .other(noPhysicalHart) }
      throw .other("$host.\(physical) is the physical hart's, which the monitor sets: it can be looked at only.")
    }
    if manual?.draft != nil { return try setDraft(name, bits) }
    try setRegister(name, bits, of: selectedHart, in: virtualMachine)
    manual?.oracle = nil
    changes.append((machine.position, .register(hart: selectedHart, name: name, bits: bits)))
  }

  func setRegister(
    _ name: String, _ bits: UInt64, of index: Int, in virtual: VirtualMachine
  ) throws(EvaluationError) {
    let hart = virtual.machine.harts[index]
    cycleStep = nil
    var affectsTranslation = false
    defer { virtual.guestWasChanged(hart: index, affectsTranslation: affectsTranslation) }
    if name == "pc" {
      hart.pc = bits
    } else if name == "priv" {
      guard let mode = PrivilegeMode(rawValue: UInt8(truncatingIfNeeded: bits)), bits < 8 else {
        throw .other("No privilege mode \(bits): 0 is U, 1 is S, 3 is M, 4 is VU, 5 is VS.")
      }
      hart.privilege = mode
      affectsTranslation = true
    } else if let number = RegisterName.x(named: name) {
      if number == 0 { throw .other("Register zero (x0) is always 0.") }
      hart.setX(number, bits)
    } else if let number = RegisterName.f(named: name) {
      hart.setF(number, bits)
    } else if let number = CSRName.number(named: name) {
      guard hart.writeCSR(number, bits) else { throw .other("Register \(name) is read-only.") }
      affectsTranslation = true
    } else {
      throw .other("Invalid register `\(name)'")
    }
  }

  // MARK: Memory

  /// Where an address lies in the machine's memory as the selected hart sees it; nil where no page is. The G-stage of a hart in
  /// VS or VU stands between guest-physical and host-physical addresses; elsewhere they are the same.
  package func physical(_ address: SpacedAddress) -> UInt64? {
    switch address.space {
    case .hostPhysical: hostPhysicalToGuest(address.value)
    case .translationCache: nil
    case .guestPhysical: hart.hostPhysicalAddress(of: GuestPhysicalAddress(address.value))
    case .guestVirtual: hart.physicalAddress(of: GuestVirtualAddress(address.value), in: translationMode)?.value
    }
  }

  package func readMemory(_ address: SpacedAddress, count: Int) throws(EvaluationError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      let next = address.advanced(by: result.count)
      let part = min(count - result.count, 4096 - Int(next.value & 4095))
      if let bytes = hostBytes(next, count: part) {
        result += bytes
        continue
      }
      try requirePlace(next)
      guard let physical = physical(next) else { throw .cannotAccess(next) }
      if let bytes = machine.memory.read(GuestPhysicalAddress(physical), count: part) {
        result += draft?.overlay(bytes, at: GuestPhysicalAddress(physical)) ?? bytes
      } else {
        for offset in 0..<part { result.append(try deviceByte(physical &+ UInt64(offset), asked: next)) }
      }
    }
    return result
  }

  /// Reads a byte of a device that holds plain bytes. A read of another device could change it, so it is refused.
  private func deviceByte(_ physical: UInt64, asked: SpacedAddress) throws(EvaluationError) -> UInt8 {
    guard let window = machine.board.bus.window(at: GuestPhysicalAddress(physical)) else { throw .cannotAccess(asked) }
    let device = window.device
    guard device.name == "rom" || device.name.hasPrefix("flash") else {
      throw .other(
        "Cannot read \(asked.text): it is the device \(device.name), which a read could change; `info devices \(device.name)` shows it."
      )
    }
    if let byte = try? device.read(offset: physical - window.base, width: .byte) {
      return UInt8(truncatingIfNeeded: byte)
    }
    throw .cannotAccess(asked)
  }

  package func writeMemory(_ address: SpacedAddress, _ bytes: [UInt8]) throws(EvaluationError) {
    cycleStep = nil
    var done = 0
    while done < bytes.count {
      let next = address.advanced(by: done)
      let part = min(bytes.count - done, 4096 - Int(next.value & 4095))
      try requireGuestMemory(next)
      guard let physical = physical(next) else { throw .cannotAccess(next) }
      let chunk = Array(bytes[done..<(done + part)])
      let isSet =
        draft?.write(chunk, to: GuestPhysicalAddress(physical))
        ?? setMemory(GuestPhysicalAddress(physical), chunk, in: virtualMachine)
      guard isSet else {
        if let window = machine.board.bus.window(at: GuestPhysicalAddress(physical)) {
          throw .other("Cannot write \(next.text): it is the device \(window.device.name); only RAM can be set.")
        }
        throw .cannotAccess(next)
      }
      if draft == nil {
        changes.append((machine.position, .memory(GuestPhysicalAddress(physical), chunk)))
        manual?.oracle = nil
      }
      done += part
    }
  }

  /// Writes the guest's memory from outside, and has a monitor notice. False where it is no RAM.
  @discardableResult
  func setMemory(_ address: GuestPhysicalAddress, _ bytes: [UInt8], in virtual: VirtualMachine) -> Bool {
    guard virtual.machine.memory.write(bytes, to: address) else { return false }
    for hart in virtual.machine.harts { virtual.guestWasChanged(hart: hart.index, affectsTranslation: false) }
    return true
  }

  // MARK: Symbols

  package func symbol(named name: String) -> (address: UInt64, isCode: Bool)? {
    symbols(named: name).first.map { ($0.entry.symbol.address, isCode($0.entry.symbol, in: $0.program)) }
  }

  /// Assembly labels have no type: those in a section of code are code.
  func isCode(_ symbol: Symbol, in program: DebugImage?) -> Bool {
    symbol.kind == .function || (symbol.kind == .none && isCode(symbol.address, in: program))
  }

  package func symbolText(_ address: UInt64) -> String? { location(of: address).map(text) }

  /// `load_elf+212`, a Swift name without modules and types.
  func text(_ location: SymbolTable.Location) -> String {
    let name = shortSwiftName(location.symbol.displayName)
    return location.offset == 0 ? name : "\(name)+\(location.offset)"
  }
}
