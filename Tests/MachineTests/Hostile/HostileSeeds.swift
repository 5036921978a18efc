import Foundation
import Machine

/// Which seeds the tests with hostile guests try: a few, or those that the environment asks for, as in
/// `VITRINE_HOSTILE_SEEDS="1000..<2000" swift test -c release --filter HostileGuest`.
enum HostileSeeds {
  private static let text = ProcessInfo.processInfo.environment["VITRINE_HOSTILE_SEEDS"]
  static var wereAskedFor: Bool { text != nil }

  static func few(_ count: UInt64) -> Range<UInt64> {
    guard let text else { return 1..<count + 1 }
    let ends = text.split(separator: "..<").compactMap { UInt64($0) }
    precondition(ends.count == 2 && ends[0] <= ends[1], "VITRINE_HOSTILE_SEEDS is FIRST..<END, as in 1000..<2000")
    return ends[0]..<ends[1]
  }
}

extension Xoshiro256 {
  mutating func below(_ count: Int) -> Int { Int(next() >> 33) % count }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
  /// True once in `count` times.
  mutating func isOne(in count: Int) -> Bool { below(count) == 0 }
}
