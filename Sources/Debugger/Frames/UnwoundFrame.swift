import ObjectFile
import RISCV

/// What call frame information says of a frame.
struct UnwoundFrame {
  var frameAddress: UInt64
  /// Nil where there is none, and why.
  var caller: Frame?
  var end = ""
}

extension Session {
  /// What expressions of the debug information may ask about a frame.
  func frameContext(_ frame: Frame, of image: DebugImage) -> FrameContext {
    FrameContext(
      callFrameAddress: frame.frameAddress, loadOffset: UInt64(bitPattern: image.offset),
      register: { [unowned self] number in register(number, of: frame) },
      memory: { [unowned self] address, count in
        guard let bytes = try? readMemory(SpacedAddress(address), count: count) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
      })
  }

  /// A register of a frame by DWARF's number.
  func register(_ number: Int, of frame: Frame) -> UInt64? {
    if (0..<32).contains(number) { return frame.registers[number] }
    guard (32..<64).contains(number) else { return nil }
    // Of those for floating point, a callee keeps fs0 to fs11; that it did not save them is taken for granted.
    let float = number - 32
    let isKept = (8...9).contains(float) || (18...27).contains(float)
    return frame.physicalLevel == 0 || isKept ? hart.f(float) : nil
  }

  /// The frame as the image's call frame information has it; nil where it has none for the address.
  func tableRow(_ frame: Frame) -> UnwoundFrame? {
    guard let image = image(at: frame.codeAddress), let information = debugInformation(of: image),
      let rules = information.unwindRules(at: image.linked(frame.codeAddress)),
      let found = try? rules.caller(frameContext(frame, of: image))
    else { return nil }
    var result = UnwoundFrame(frameAddress: found.callFrameAddress)
    guard let address = found.returnAddress, address != 0 else {
      result.end = "the call frame information says that nothing called it."
      return result
    }
    guard rules.isSignalFrame || isAfterCall(address) else {
      result.end = "\(place(address)) is behind no call instruction, so it is no proved caller."
      return result
    }
    guard found.callFrameAddress >= frame.stack else {
      result.end = "the stack does not grow downwards any more."
      return result
    }
    var registers = calleeSaved(frame.registers)
    for number in 2..<32 {
      if let value = found.registers[number] { registers[number] = value }
      if found.unknown.contains(number) { registers[number] = nil }
    }
    registers[2] = found.callFrameAddress
    result.caller = Frame(
      level: frame.level + 1, pc: address, how: nil, registers: registers, privilege: frame.privilege,
      isExact: rules.isSignalFrame)
    return result
  }
}
