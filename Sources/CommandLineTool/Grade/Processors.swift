import Foundation

/// How many processors this process may use.
enum Processors {
  /// Fewer than the machine has, where a scheduler gives it a part.
  static var count: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
