import ObjectFile
import RISCV

/// One frame of a backtrace: a call, one that the compiler inlined, or code that a trap interrupted.
package struct Frame: Sendable {
  package var level: Int
  package var pc: UInt64
  /// How the frame was found; nil for one that the call frame information tells.
  package var how: String?
  /// Values of the integer registers in this frame; nil where not known, as for those that a callee need not keep.
  package var registers: [UInt64?]
  /// The mode that the frame's code runs in, and so how its addresses translate.
  package var privilege: PrivilegeMode
  /// Whether pc is the instruction that is executed next, not one to return to.
  package var isExact: Bool
  /// The trap that interrupted this frame; nil for a frame that called the one before it.
  package var trap: String?
  /// The stack pointer of the caller, as DWARF counts from: the canonical frame address.
  package var frameAddress: UInt64?
  /// What the source calls it; nil without debug information.
  package var source: FrameSource?
  /// Counts the frames on the stack, which inlined ones share with the frame that they were inlined into.
  package var physicalLevel = 0

  /// The stack pointer in this frame at its pc.
  package var stack: UInt64 { registers[2] ?? 0 }
  /// An address inside the instruction that is executed or waits for its call to return: a call may be its function's last.
  package var codeAddress: UInt64 { isExact ? pc : pc &- 1 }
}

/// A frame in the source.
package struct FrameSource: Sendable {
  /// As the source spells it, a Swift name in full.
  package var function: String
  package var isInlined: Bool
  /// Which of the calls at the address it is, the innermost 0.
  package var depth: Int
  /// As it is shown, and as it is recorded; empty where not known.
  package var file: String
  package var path: String
  /// 0 where not known.
  package var line: Int
}
