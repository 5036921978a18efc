import Debugger
import Machine

/// What chooses the variants that one student gets in one lesson.
package struct LessonSeed: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt64

  /// Follows from the ids alone, so whoever knows them can compute it again. `lesson` is the folder's name.
  package init(lesson: String, student: String) {
    var hash = FNV1a()
    hash.combine("vitrine-seed 1")
    hash.combine(lesson)
    hash.combine(student)
    var generator = SplitMix64(seed: hash.value)
    value = generator.next()
  }
  package init(_ value: UInt64) { self.value = value }

  package var description: String { hex16(value) }
  package init?(parsing text: String) {
    guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else { return nil }
    self.value = value
  }

  /// Random numbers for one quiz.
  func generator(for quiz: String) -> SplitMix64 {
    var hash = FNV1a()
    hash.combine("\(value)")
    hash.combine(quiz)
    return SplitMix64(seed: hash.value)
  }
}
