/// The instruction set an ELF file was made for: the field `e_machine`.
package struct ELFMachine: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// RISC-V of any width.
  package static let riscV = ELFMachine(rawValue: 243)

  /// A name such as `AArch64`, or the number for machines that few people meet.
  package var description: String {
    switch rawValue {
    case 0: "no machine"
    case 2, 18, 43: "SPARC"
    case 3: "Intel 386"
    case 4: "Motorola 68000"
    case 8: "MIPS"
    case 20: "PowerPC"
    case 21: "64-bit PowerPC"
    case 22: "S390"
    case 40: "32-bit Arm"
    case 42: "SuperH"
    case 50: "Itanium"
    case 62: "x86-64"
    case 83: "AVR"
    case 94: "Xtensa"
    case 164: "Hexagon"
    case 183: "AArch64"
    case 243: "RISC-V"
    case 247: "BPF"
    case 258: "LoongArch"
    default: "machine \(rawValue)"
    }
  }
}
