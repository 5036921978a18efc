import LessonKit

/// Where results are kept: a file for each hand-in, in Gradescope's form, written whole or not at all.
struct ResultFolder {
  let path: String

  init(making path: String) throws {
    self.path = path
    let full = Files.expand(path)
    try StudentFolder.makeFolders(full.hasPrefix("/") ? full : Files.workingFolder + "/" + full)
  }

  func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// The result that is there, if it is one.
  func result(_ name: String) -> GradeResult? {
    guard Files.exists(Files.expand(path(of: name))), let bytes = try? Files.read(path(of: name)) else { return nil }
    return Gradescope.result(in: bytes)
  }

  func write(_ name: String, _ text: String) throws { try OutputFile(path(of: name)).write(text) }

  /// The results in files and folders; those that are there twice with the same content count once.
  static func merge(_ names: [String]) throws -> [GradeResult] {
    var found: [String: (path: String, result: GradeResult)] = [:]
    for name in names {
      let isFolder = Files.isFolder(Files.expand(name))
      let paths =
        isFolder ? Files.complete(name.hasSuffix("/") ? name : name + "/").filter { $0.hasSuffix(".json") } : [name]
      for path in paths {
        let bytes: [UInt8]
        do { bytes = try Files.read(path) } catch { throw Failure(error.message) }
        guard let result = Gradescope.result(in: bytes) else {
          if isFolder { continue }
          throw Failure("\(path): this is no result of `vitrine grade`, or of another version of it.")
        }
        if let other = found[result.handIn], other.result.key != result.key {
          throw Failure("\(path) and \(other.path) are different results of \(result.handIn): name one of them.")
        }
        found[result.handIn] = (path, result)
      }
    }
    let all = found.values.sorted { $0.path < $1.path }
    guard let first = all.first else { throw Failure("\(names.joined(separator: ", ")): there are no results here.") }
    if let other = all.first(where: { $0.result.lesson != first.result.lesson }) {
      throw Failure(
        "\(first.path) is of lesson \(first.result.lesson.id), \(other.path) of \(other.result.lesson.id)"
          + (first.result.lesson.id == other.result.lesson.id ? " in another edition." : "."))
    }
    if let other = all.first(where: { $0.result.limits != first.result.limits }) {
      throw Failure("\(first.path) and \(other.path) were graded with different limits.")
    }
    return all.map(\.result)
  }
}
