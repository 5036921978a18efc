/// An expression that computes where a value is, or the value. DWARF 5, "DWARF Expressions".
package struct LocationExpression: Sendable {
  /// At its first operation, and ending with it.
  let cursor: DWARFCursor
  /// The unit whose table of addresses it refers to; none in tables of frames.
  let unit: DWARFUnit?
}

/// Where a value is.
package enum ValueLocation: Hashable, Sendable {
  case memory(UInt64)
  /// By DWARF's number: x0 to x31 are 0 to 31, f0 to f31 are 32 to 63.
  case register(Int)
  /// Nowhere; this is its value, little-endian in as many bytes as the type has.
  case value(UInt64)
  /// Nowhere; these are its bytes.
  case bytes([UInt8])
  /// In parts, the one of the lowest address first.
  case pieces([Piece])

  /// A part of a value.
  package struct Piece: Hashable, Sendable {
    /// Nil where the part was optimized away.
    package let location: ValueLocation?
    package let bitSize: UInt64
    /// Where in the location the part begins, from the least significant bit.
    package let bitOffset: UInt64
  }
}

/// Why a value cannot be had. The doc comment is the message.
package enum Unavailable: Error, Hashable, Sendable {
  /// Optimized away: the compiler kept it nowhere.
  case optimizedOut
  /// It has no place at this instruction; it may have one elsewhere in its function.
  case notHere
  /// It was in a register when the function was entered, and is kept nowhere since.
  case entryValue
  /// It needs a register, by DWARF's number, that is not known in this frame.
  case register(Int)
  /// It needs memory at this address that cannot be read.
  case memory(UInt64)
  /// It is relative to a frame whose base is not known.
  case frameBase
  /// It is thread-local.
  case threadLocal
  /// Its location is written in a way that is not understood here; gdb may show it.
  case notUnderstood(DWARFError)
}

extension Unavailable: CustomStringConvertible {
  package var description: String {
    switch self {
    case .optimizedOut: "optimized away: the compiler kept it nowhere."
    case .notHere: "it has no place at this instruction; it may have one elsewhere in its function."
    case .entryValue: "it was in a register when the function was entered, and is kept nowhere since."
    case .register(let number): "it needs register \(number) of DWARF's numbering, which is not known in this frame."
    case .memory(let address): "it needs the memory at 0x\(String(address, radix: 16)), which cannot be read."
    case .frameBase: "it is relative to a frame whose base is not known."
    case .threadLocal: "it is thread-local, which is not supported here."
    case .notUnderstood(let error): "its location is not understood here; gdb may show it. \(error)"
    }
  }
}

/// What an expression may ask about the machine.
package struct FrameContext {
  /// The value of a register in the frame, by DWARF's number; nil where not known.
  package var register: (Int) -> UInt64?
  /// The 1 to 8 bytes at an address as a little-endian number; nil where there is no memory.
  package var memory: (_ address: UInt64, _ byteCount: Int) -> UInt64?
  /// The stack pointer of the caller before the call (CFA), where known.
  package var callFrameAddress: UInt64?
  /// What to add to addresses of the file: not 0 where the image was not loaded where it was linked.
  package var loadOffset: UInt64 = 0
  /// What `DW_OP_fbreg` counts from; found out of the function's own expression.
  var frameBase: UInt64?

  package init(
    callFrameAddress: UInt64? = nil, loadOffset: UInt64 = 0, register: @escaping (Int) -> UInt64?,
    memory: @escaping (_ address: UInt64, _ byteCount: Int) -> UInt64?
  ) {
    self.register = register
    self.memory = memory
    self.callFrameAddress = callFrameAddress
    self.loadOffset = loadOffset
  }
}
