import ArgumentParser
import LessonKit

extension LimitOptions {
  var limits: GradingLimits {
    get throws {
      guard maxInstructions > 0 else { throw ValidationError("--max-instructions 0: it must be above zero.") }
      guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds \(seconds): it is 1 to 86400.") }
      let bytes = try MachineOptions.size(memory)
      guard bytes >= 16 << 20 else { throw ValidationError("--memory \(memory): it is 16M or more.") }
      return GradingLimits(instructions: maxInstructions, seconds: seconds, memory: bytes)
    }
  }
  /// As they are given to the process that grades one.
  static func arguments(_ limits: GradingLimits) -> [String] {
    [
      "--max-instructions", "\(limits.instructions)", "--seconds", "\(limits.seconds)", "--memory",
      "\(limits.memory >> 20)M",
    ]
  }
}

/// The roster's file.
enum RosterFile {
  static func read(_ path: String?) throws -> Roster? {
    guard let path else { return nil }
    let bytes: [UInt8]
    do { bytes = try Files.read(path) } catch { throw Failure("--roster \(error.message)") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure("--roster \(path): it is no UTF-8 text.")
    }
    do { return try Roster(text, file: path) } catch { throw Failure("--roster \(error)") }
  }
}
