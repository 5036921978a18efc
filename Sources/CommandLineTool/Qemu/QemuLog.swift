import Machine
import ObjectFile
import RISCV

/// Writes what `-d` asks for in the form in which `qemu-system-riscv64` writes it.
///
/// QEMU logs code by the blocks that it compiles. Here a block is what runs from one jump, branch, system instruction or
/// trap to the next within a page; those are the places where QEMU's blocks end, too. Its blocks may be shorter, and it lists
/// what stands behind an instruction that traps, which has not run.
final class QemuLog {
  private let items: QemuLogItems
  private let ranges: [ClosedRange<UInt64>]
  private let descriptor: Int32
  private var symbols = SymbolTable()
  /// The block that each hart is in.
  private var blocks = [Block](repeating: Block(), count: MachineConfiguration.maximumHarts)
  /// Blocks that were listed, by all that the listing says but the symbol.
  private var listed: Set<Block> = []
  /// So that a guest that makes code without end does not fill the memory: from here on blocks are listed again.
  private static let mostListed = 1 << 18
  /// Of accesses that no device answered. They stand before the trap that follows.
  private var errors = ""

  private struct Block: Hashable {
    var privilege = PrivilegeMode.machine
    var lines: [Line] = []
    struct Line: Hashable {
      var pc: UInt64
      var bits: UInt32
      var length: UInt64 { bits & 3 == 3 ? 4 : 2 }
    }
  }

  init(_ items: QemuLogItems, ranges: [ClosedRange<UInt64>], descriptor: Int32) {
    self.items = items
    self.ranges = ranges
    self.descriptor = descriptor
  }

  /// The kinds of events that `note` wants to see.
  var mask: EventMask {
    items.isDisjoint(with: [.code, .execution]) ? [.trap, .interrupt] : [.trap, .interrupt, .retired]
  }

  /// Has the machine tell what `note` does not hear of.
  func attach(to machine: Machine) {
    for image in machine.board.images { symbols.add(image.symbols, from: image.name, sections: image.sections) }
    guard items.contains(.guestErrors) else { return }
    machine.board.bus.onUnanswered = { [unowned self] address, width, isWrite in
      errors += "Invalid \(isWrite ? "write" : "read") at addr 0x\(String(address.value, radix: 16, uppercase: true)), "
      errors += "size \(width.byteCount), region '(null)', reason: rejected\n"
    }
  }

  func note(_ event: Event) {
    switch event.kind {
    case .retired(let bits): add(Block.Line(pc: event.pc, bits: bits), event)
    case .trap(let cause, let value, _, _):
      // What trapped has not retired; where its encoding is known, it is the end of its block.
      if mask.contains(.retired), let bits = Self.encoding(cause, value) {
        add(Block.Line(pc: event.pc, bits: bits), event)
      }
      endBlock(event.hart)
      write(errors)
      errors = ""
      writeTrap(event, isInterrupt: false, cause.rawValue, value)
    case .interrupt(let interrupt, _, _):
      endBlock(event.hart)
      writeTrap(event, isInterrupt: true, interrupt.rawValue, 0)
    default: break
    }
  }

  /// The run has ended, perhaps in the middle of a block.
  func finish() { for hart in blocks.indices { endBlock(hart) } }

  // MARK: Code

  private static func encoding(_ cause: ExceptionCause, _ value: UInt64) -> UInt32? {
    switch cause {
    case .environmentCallFromU, .environmentCallFromS, .environmentCallFromVS, .environmentCallFromM: 0x73
    case .illegalInstruction, .virtualInstruction: value == 0 ? nil : UInt32(truncatingIfNeeded: value)
    default: nil
    }
  }

  private func add(_ line: Block.Line, _ event: Event) {
    if let last = blocks[event.hart].lines.last,
      last.pc &+ last.length != line.pc || last.pc & ~0xfff != line.pc & ~0xfff
        || blocks[event.hart].privilege != event.privilege
    {
      endBlock(event.hart)
    }
    blocks[event.hart].privilege = event.privilege
    blocks[event.hart].lines.append(line)
    switch InstructionSet.shared.decode(line.bits)?.row.flow {
    case .branch, .jump, .indirectJump, .system: endBlock(event.hart)
    default: break
    }
  }

  private func endBlock(_ hart: Int) {
    let block = blocks[hart]
    guard let first = block.lines.first else { return }
    blocks[hart].lines.removeAll(keepingCapacity: true)
    guard ranges.isEmpty || ranges.contains(where: { $0.contains(first.pc) }) else { return }
    let symbol = symbols.symbol(at: first.pc)?.symbol.displayName ?? ""
    if items.contains(.code) {
      if listed.count >= Self.mostListed { listed.removeAll() }
      if listed.insert(block).inserted { writeBlock(block, symbol) }
    }
    if items.contains(.execution) {
      // QEMU's addresses and flags of compiled code are zeros here.
      write("Trace \(hart): 0x000000000000 [0000000000000000/\(Self.digits(first.pc))/00000000/00000000] \(symbol)\n")
    }
  }

  private func writeBlock(_ block: Block, _ symbol: String) {
    var text = "----------------\nIN: \(symbol)\n"
    text += "Priv: \(block.privilege.level); Virt: \(block.privilege.isVirtual ? 1 : 0)\n"
    for line in block.lines {
      let bits = Self.digits(UInt64(line.bits), line.length == 4 ? 8 : 4)
      let assembly = Disassembler.text(bits: line.bits, pc: line.pc).map { $0 == "\t" ? " " : $0 }
      text += "0x\(Self.digits(line.pc)):  \(bits)\(line.length == 4 ? "" : "    ")          \(String(assembly))\n"
    }
    write(text + "\n")
  }

  // MARK: Traps

  private func writeTrap(_ event: Event, isInterrupt: Bool, _ cause: UInt64, _ value: UInt64) {
    guard items.contains(.interrupts) else { return }
    let names = isInterrupt ? Self.interrupts : Self.exceptions
    write(
      "riscv_cpu_do_interrupt: hart:\(event.hart), async:\(isInterrupt ? 1 : 0), cause:\(Self.digits(cause)), "
        + "epc:0x\(Self.digits(event.pc)), tval:0x\(Self.digits(value)), "
        + "desc=\(cause < UInt64(names.count) ? names[Int(cause)] : "(unknown)")\n")
  }

  private func write(_ text: String) { if !text.isEmpty { Terminal.write(Array(text.utf8), to: descriptor) } }

  private static func digits(_ value: UInt64, _ count: Int = 16) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: count - text.count) + text
  }

  /// QEMU's names by cause.
  private static let exceptions = [
    "misaligned_fetch", "fault_fetch", "illegal_instruction", "breakpoint", "misaligned_load", "fault_load",
    "misaligned_store", "fault_store", "user_ecall", "supervisor_ecall", "hypervisor_ecall", "machine_ecall",
    "exec_page_fault", "load_page_fault", "reserved", "store_page_fault", "reserved", "reserved", "reserved",
    "reserved",
    "guest_exec_page_fault", "guest_load_page_fault", "reserved", "guest_store_page_fault",
  ]
  private static let interrupts = [
    "u_software", "s_software", "vs_software", "m_software", "u_timer", "s_timer", "vs_timer", "m_timer", "u_external",
    "s_external", "vs_external", "m_external", "reserved", "reserved", "reserved", "reserved",
  ]
}
