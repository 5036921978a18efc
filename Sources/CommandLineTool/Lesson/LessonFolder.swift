import Guests
import LessonKit
import Lessons

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A lesson's folder on the disk.
struct LessonFolder {
  let path: String
  /// The folder's name.
  var id: String { String(path.split(separator: "/").last ?? "") }

  /// How it is found again from anywhere: by its id, or by an absolute path where it does not come with the tool.
  var reference: String {
    if let course = Self.course, path == course + "/" + id { return id }
    guard let absolute = realpath(path, nil) else { return path }
    defer { free(absolute) }
    return String(cString: absolute)
  }

  /// The lessons that come with the tool; nil when they do not lie beside the executable.
  static var course: String? {
    guard let executable = Guests.executablePath(), let slash = executable.lastIndex(of: "/") else { return nil }
    let folder = executable[..<slash] + "/" + Lessons.resourceFolder + "/" + Lessons.courseFolder
    return Files.exists(String(folder)) ? String(folder) : nil
  }

  /// All lessons that come with the tool, by number, assignments behind them.
  static func all() throws -> [LessonFolder] {
    guard let course else { throw Failure(absence) }
    return Files.complete(course + "/").filter { $0.hasSuffix("/") && Files.exists($0 + LessonReader.fileName) }
      .map { LessonFolder(path: String($0.dropLast())) }.sorted { $0.id < $1.id }
  }

  private static let absence =
    "The lessons are missing: \(Lessons.resourceFolder) must lie in the folder of the executable. Copy it there too."

  /// The lesson that a person named: by its number (`2`, `A1`), its id, a unique beginning of it, or the path of a folder.
  static func find(_ name: String) throws -> LessonFolder {
    if name.contains("/") || Files.exists(name + "/" + LessonReader.fileName) {
      let path = String(Files.expand(name).reversed().drop { $0 == "/" }.reversed())
      guard Files.exists(path + "/" + LessonReader.fileName) else {
        throw Failure("\(name) is no lesson: it has no file \(LessonReader.fileName).")
      }
      return LessonFolder(path: path.contains("/") ? path : "./" + path)
    }
    let all = try all()
    let wanted = name.lowercased()
    let number = wanted.count == 1 && wanted.first!.isNumber ? "0" + wanted : wanted
    if let exact = all.first(where: { $0.id.lowercased() == wanted || $0.id.lowercased().hasPrefix(number + "-") }) {
      return exact
    }
    let similar = all.filter { $0.id.lowercased().contains(wanted) && !wanted.isEmpty }
    if similar.count == 1 { return similar[0] }
    throw Failure("There is no lesson \"\(name)\". There are: \(all.map(\.id).joined(separator: ", ")).")
  }

  /// Reads it; what is wrong with it is told with file and line.
  func read() throws -> Lesson {
    do { return try reader.read() } catch { throw Failure("\(path)/\(error)") }
  }

  var reader: LessonReader {
    LessonReader(id: id) { [path] name in
      if name.hasSuffix("/.") { return Files.isFolder(path + "/" + name.dropLast(2)) ? [] : nil }
      guard !Files.isFolder(path + "/" + name) else { return nil }
      return try? Files.read(path + "/" + name)
    }
  }
}
