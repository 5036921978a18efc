import Machine
import RISCV

/// One instruction as it lies in memory.
package struct CodeLine: Sendable {
  package var address: SpacedAddress
  /// 2 or 4 bytes, little-endian in the low bits.
  package var bits: UInt32
  package var length: Int
  /// Mnemonic and operands, with the symbol of a jump's target behind it.
  package var text: String
}

extension Session {
  /// Reads and disassembles the instruction at an address.
  package func instruction(at address: SpacedAddress) throws(EvaluationError) -> CodeLine {
    let low = try readMemory(address, count: 2)
    var bits = UInt32(low[0]) | UInt32(low[1]) << 8
    var length = 2
    if bits & 3 == 3 {
      let high = try readMemory(address.advanced(by: 2), count: 2)
      bits |= (UInt32(high[0]) | UInt32(high[1]) << 8) << 16
      length = 4
    }
    let text =
      address.space == .translationCache
      ? cacheInstructionText(bits, at: address.value) : instructionText(bits, at: address.value)
    return CodeLine(address: address, bits: bits, length: length, text: text)
  }

  /// Disassembles one encoding; jumps and branches get their target's symbol.
  package func instructionText(_ bits: UInt32, at pc: UInt64) -> String {
    let text = String(Disassembler.text(bits: bits, pc: pc).map { $0 == "\t" ? " " : $0 })
    let name = text.prefix { $0 != " " }
    guard name.hasPrefix("j") || name.hasPrefix("b") || name == "call" || name == "tail",
      let last = text.split(separator: " ").last, last.hasPrefix("0x"),
      let target = UInt64(last.dropFirst(2), radix: 16), let symbol = symbolText(target)
    else { return text }
    return "\(text) <\(symbol)>"
  }

  /// Disassembles an encoding of the translation cache; targets are places in it.
  package func cacheInstructionText(_ bits: UInt32, at offset: UInt64) -> String {
    let text = String(Disassembler.text(bits: bits, pc: offset).map { $0 == "\t" ? " " : $0 })
    guard let flow = InstructionSet.shared.decode(bits)?.row.flow, flow == .branch || flow == .jump,
      let target = text.split(separator: " ").last, target.hasPrefix("0x")
    else { return text }
    return text.dropLast(target.count) + "tc:\(target)"
  }

  /// `unit 24+4`: what of the translation cache lies at an offset; nil where nothing does.
  package func unitText(_ offset: UInt64) -> String? {
    guard let unit = virtualMachine.codeCache?.unit(at: Int(clamping: offset)) else { return nil }
    let distance = Int(offset) - unit.offset
    return "\(unit.key == nil ? "link" : "unit") \(unit.number)\(distance == 0 ? "" : "+\(distance)")"
  }

  /// `0x80000f3e <kvminithart+22>`, or `0x0  (no symbol)`.
  package func place(_ address: UInt64) -> String {
    guard let symbol = symbolText(address) else { return "\(hex(address))  (no symbol)" }
    return "\(hex(address)) <\(symbol)>"
  }

  /// Who runs at the selected hart's pc: `rom`, `firmware`, `loader`, `kernel` or `user`.
  package var layer: String { layer(of: hart) }

  func layer(of hart: Hart) -> String {
    if let specimen {
      if specimen.isGuest(hart.privilege, on: hart.index) {
        let privilege = specimen.virtualPrivilege(of: hart)
        return privilege == 0 ? "user" : privilege == 3 ? "firmware" : "kernel"
      }
      if hart.privilege == .supervisor { return "monitor" }
    }
    if hart.privilege.level == 0 { return "user" }
    let physical = hart.physicalAddress(of: GuestVirtualAddress(hart.pc))?.value ?? hart.pc
    if hart.privilege == .machine, machine.board.bus.window(at: GuestPhysicalAddress(physical))?.device.name == "rom" {
      return "rom"
    }
    if let stage = stage(ofPhysical: physical) {
      return stage == .loader && hart.privilege == .machine ? "firmware" : stage.rawValue
    }
    let image = machine.board.images.last { image in image.pieces.contains { $0.range.contains(physical) } }
    if hart.privilege == .machine { return image?.role == .kernel ? "kernel" : "firmware" }
    let name = (image ?? machine.board.images.first { $0.role == .kernel })?.name ?? ""
    return Self.isLoaderName(name.lowercased()) ? "loader" : "kernel"
  }

  /// Whether an image of this name, in small letters, is a boot loader.
  static func isLoaderName(_ name: String) -> Bool { name.hasPrefix("u-boot") || name.contains("uboot") }

  /// The stage that a hart is in, named so that M-mode and S-mode of one kernel are told apart.
  func stageName(of hart: Hart) -> String {
    let layer = layer(of: hart)
    return layer == "kernel" && hart.privilege == .machine ? "kernel (M)" : layer
  }

  /// A physical hart's mode by its letter: supervisor is HS there, where the monitor lives.
  package static func physicalLetter(_ mode: PrivilegeMode) -> String { mode == .supervisor ? "HS" : mode.letter }

  /// What a stop shows: layer, or the monitor and the phase it is about to begin; technique, privilege (and the physical one
  /// under a monitor), the guest's pc and symbol; then file, line and source where they are known, else the instruction. A step by
  /// instructions shows the instruction, and file and line.
  package func stopLine(byInstruction: Bool = false) -> String {
    let prefix = machine.harts.count > 1 ? "hart \(selectedHart)  " : ""
    let physical = virtualCPU.map { " (physical \(Self.physicalLetter($0.physicalMode)))" } ?? ""
    let worker = virtualCPU?.service.map { "monitor (\($0.phase.rawValue))" } ?? layer
    let mode = world ?? "\(technique) \(hart.privilege.letter)\(physical)"
    let start = "\(prefix)\(worker) \(mode)  \(place(hart.pc))"
    let instruction = (try? instruction(at: SpacedAddress(hart.pc)).text) ?? ""
    guard let source = sourcePlace(at: hart.pc) else { return instruction.isEmpty ? start : "\(start)  \(instruction)" }
    if byInstruction { return "\(start)  \(instruction)   \(source.text)" }
    return "\(start)  \(source.text)    \(sourceText(source) ?? instruction)"
  }
}
