import Debugger
import Hypervisor
import Machine
import RISCV
import Testing

/// Asks a session for facts, in tests.
protocol FactAsking {}

extension FactAsking {
  func number(_ text: String, _ session: Session) throws -> UInt64 { try session.evaluate(text).bits }
  func text(_ text: String, _ session: Session) throws -> String { try session.evaluate(text).string }
  func message(_ text: String, _ session: Session) -> String {
    do { return "no error but \(try session.evaluate(text).bits)" } catch { return error.description }
  }

  /// A catchpoint that counts and never stops.
  func counter(_ event: String, _ session: Session, condition: String? = nil) throws -> StopPoint {
    let words = event.split(separator: " ", maxSplits: 1).map(String.init)
    let what = try session.parseCatch(words[0], words.count > 1 ? words[1] : "")
    let stop = try session.addStop(.catchpoint(what), condition: condition)
    stop.ignoreCount = .max
    return stop
  }
}
