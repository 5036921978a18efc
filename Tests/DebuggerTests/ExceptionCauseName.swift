import Debugger
import RISCV

/// Names as arguments of commands.
enum ExceptionCauseName {
  static func cause(_ text: String) -> ExceptionCause? { ExceptionCause.named(text) }
  static func interrupt(_ text: String) -> Interrupt? { Interrupt.named(text) }
}
