import LessonKit
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the tool keeps of a student: the folder `vitrine` in the user's data folder (`XDG_DATA_HOME`, or ~/.local/share).
struct StudentFolder {
  let path: String

  init() throws {
    if let folder = getenv("XDG_DATA_HOME"), folder.pointee == 0x2f {
      path = String(cString: folder) + "/vitrine"
    } else {
      guard let home = getenv("HOME"), home.pointee == 0x2f else {
        throw Failure("HOME is not set, so there is no place for the progress of a lesson; XDG_DATA_HOME can name one.")
      }
      path = String(cString: home) + "/.local/share/vitrine"
    }
  }

  // MARK: Who

  /// The student as named before, or else the user.
  var student: String {
    if let bytes = try? Files.read(path + "/student") {
      let name = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
      if let name, Self.isStudentID(name) { return name }
    }
    if let user = getenv("USER").map({ String(cString: $0) }), Self.isStudentID(user) { return user }
    return "student"
  }
  func setStudent(_ id: String) throws {
    if let problem = StudentName.problem(id) { throw Failure("--student: \(problem).") }
    try write("student", Array((id + "\n").utf8))
  }

  private static func isStudentID(_ text: String) -> Bool { StudentName.problem(text) == nil }

  // MARK: Lessons

  private func folder(of lesson: String) -> String { path + "/lessons/" + lesson }
  /// Where a student's files for a lesson's tasks lie.
  func work(of lesson: String) -> String { folder(of: lesson) + "/work" }
  func progressPath(of lesson: String) -> String { folder(of: lesson) + "/progress.json" }

  /// The student's progress in a lesson; nil where there is none yet.
  func progress(of lesson: String) throws -> LessonProgress? {
    let file = progressPath(of: lesson)
    guard Files.exists(file) else { return nil }
    do { return try LessonProgress(try Files.read(file), path: file) } catch let error as ProgressError {
      throw Failure("\(error)")
    }
  }
  func save(_ progress: LessonProgress) throws {
    try write("lessons/\(progress.lesson)/progress.json", progress.bytes)
  }
  func forget(_ lesson: String) throws {
    guard unlink(progressPath(of: lesson)) == 0 || errno == ENOENT else {
      throw Failure("\(progressPath(of: lesson)): \(Errno(rawValue: errno))")
    }
  }
  /// The lesson that was begun or opened last: its id, or the path of its folder where it does not come with the tool.
  var current: String? {
    (try? Files.read(path + "/current")).flatMap {
      String(decoding: $0, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }
  }
  func setCurrent(_ folder: LessonFolder) throws { try write("current", Array((folder.reference + "\n").utf8)) }

  /// Writes a file, whole or not at all, with the folders that lead to it.
  private func write(_ name: String, _ bytes: [UInt8]) throws {
    let target = path + "/" + name
    try Self.makeFolders(String(target[..<target.lastIndex(of: "/")!]))
    let neighbour = "\(target).\(getpid())"
    do {
      try Files.write(neighbour, bytes, append: false)
    } catch {
      unlink(neighbour)
      throw Failure(error.message)
    }
    guard rename(neighbour, target) == 0 else { throw Failure("\(target): \(Errno(rawValue: errno))") }
  }

  static func makeFolders(_ path: String) throws {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o777) != 0, errno != EEXIST { throw Failure("\(made): \(Errno(rawValue: errno))") }
    }
  }
}
