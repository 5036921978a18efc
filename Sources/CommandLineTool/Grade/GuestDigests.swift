import Guests
import LessonKit

/// What tells one build of a guest from another.
enum GuestDigests {
  /// Of what runs of a guest of the catalog; nil where there is none of that name.
  static func digest(of name: String) -> String? {
    guard Guests.names.contains(name), let catalog = Guests.catalog else { return nil }
    var key = GradeKey()
    for path in Files.complete("\(catalog)/\(name)/") where isRun(path) {
      guard let bytes = try? Files.read(path) else { continue }
      key.add(String(path.dropFirst(catalog.count)))
      key.add(bytes)
    }
    return "\(key)"
  }

  private static func isRun(_ path: String) -> Bool {
    path.hasSuffix("/options") || [".elf", ".img", ".bin", ".cpio"].contains { path.hasSuffix($0) }
  }

  /// Of the guests that a lesson's machines name.
  static func digests(of lesson: Lesson) -> [String: String] {
    let texts = [lesson.machine] + lesson.steps.compactMap(\.machine) + lesson.checks.compactMap(\.machine)
    var digests: [String: String] = [:]
    for name in Set(texts.flatMap(LessonMachine.words)) {
      if let digest = digest(of: name) { digests[name] = digest }
    }
    return digests
  }
}

extension GradedLesson {
  init(_ lesson: Lesson) {
    self.init(id: lesson.id, title: lesson.title, digest: "\(LessonSeed(lesson.digest))")
  }
}
