/// What chooses the variants that one student gets in one lesson.
package struct LessonSeed: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt64

  /// Follows from the ids alone, so whoever knows them can compute it again. `lesson` is the folder's name.
  package init(lesson: String, student: String) {
    var hash = FNV1a()
    hash.combine("vitrine-seed 1")
    hash.combine(lesson)
    hash.combine(student)
    var generator = SplitMix64(state: hash.value)
    value = generator.next()
  }
  package init(_ value: UInt64) { self.value = value }

  package var description: String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
  package init?(parsing text: String) {
    guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else { return nil }
    self.value = value
  }

  /// Random numbers for one quiz.
  func generator(for quiz: String) -> SplitMix64 {
    var hash = FNV1a()
    hash.combine("\(value)")
    hash.combine(quiz)
    return SplitMix64(state: hash.value)
  }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64 {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
  /// Below `count`, which is above 0.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
