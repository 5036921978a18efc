import RISCV

/// What the generator leaves out because machines differ in it by right, with the reason.
enum Quirks {
  /// Hold any value that is written (WARL without restriction, and `frm`, whose reserved values are legal to hold). QEMU 7.2
  /// reports some faults of atomics as those of loads, so that no program for it reads the cause.
  static func freeCSRs(_ reference: Reference) -> [UInt16] {
    // The counter-enable registers have 32 bits, or 64 in QEMU 7.2.
    [0x001, 0x002, 0x003, 0x141, 0x143, 0x341, 0x343] + (reference.kind == .qemu ? [] : [0x142, 0x342, 0x106, 0x306])
  }

  /// CSRs whose value or presence is the machine's: counters, identity, `misa`, `mideleg` (bit 12), PMP entries from 16 on, triggers and debug mode, and custom ones.
  private static func isOwn(_ number: UInt16) -> Bool {
    switch number {
    case 0xc00...0xc9f, 0xb00...0xb9f, 0x320...0x33f, 0xf11...0xf15, 0x301, 0x303, 0x7a0...0x7bf, 0x14d, 0x015,
      0x3a4...0x3af, 0x3c0...0x3ef:
      true
    // A stored value of `mip`'s and `sip`'s wires.
    default: number >> 8 & 3 == 2 || number >> 6 & 3 == 3
    }
  }

  /// The number of a CSR to read: one in two of those that exist.
  static func readableNumber(_ random: inout SeededGenerator, _ reference: Reference) -> UInt16 {
    while true {
      let number = random.once(in: 2) ? random.pick(CSRName.all).number : UInt16(random.below(4096))
      if isOwn(number) { continue }
      // QEMU 7.2 has others: `menvcfg` without ADUE, `mstateen`, `seed`.
      if !reference.hasNewExtensions && !CSRName.all.contains(where: { $0.number == number }) { continue }
      if reference.kind == .qemu, [CSR.menvcfg, .mcause, .scause].contains(where: { $0.rawValue == number }) {
        continue
      }
      return number
    }
  }

  /// Whether no machine has a meaning for it: major opcodes of extensions that a reference may have are left out.
  static func isIllegalEverywhere(_ word: UInt32) -> Bool {
    switch word & 0x7f {
    // Custom opcodes, vectors, SYSTEM (hypervisor, debug mode), MISC-MEM (reserved fences act as fences).
    case 0x0b, 0x2b, 0x5b, 0x7b, 0x57, 0x77, 0x73, 0x0f: false
    // Encodings of 48 bits and more.
    case let opcode where opcode & 0x1f == 0x1f: false
    default: true
    }
  }
}
