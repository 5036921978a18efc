import LessonKit

/// A hand-in's file, and what it is called in reports and results.
struct HandInFile: Equatable {
  var path: String
  /// The file's name, with as many of its folders as it takes to tell it from the others.
  var label: String

  /// Name of the result's file.
  var resultName: String {
    let stem = label.hasSuffix(".handin") ? String(label.dropLast(7)) : label
    let plain = stem.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "_-.@+".contains(character)) ? character : "_"
    }
    return (plain.first == "." || plain.first == "-" ? "_" : "") + String(plain) + ".json"
  }

  /// The files that were named, and those in folders that were, sorted and each once.
  static func find(_ names: [String]) throws -> [HandInFile] {
    var paths: [String] = []
    for name in names {
      guard Files.isFolder(Files.expand(name)) else {
        guard Files.exists(Files.expand(name)) else { throw Failure("\(name): there is no such file.") }
        paths.append(name)
        continue
      }
      let folder = name.hasSuffix("/") ? name : name + "/"
      let found = Files.complete(folder).filter { $0.hasSuffix(".handin") }
      guard !found.isEmpty else { throw Failure("\(name): there are no files *.handin in this folder.") }
      paths += found
    }
    return label(Array(Set(paths)).sorted())
  }

  private static func label(_ paths: [String]) -> [HandInFile] {
    func tail(_ path: String, _ count: Int) -> String {
      path.split(separator: "/").suffix(count).joined(separator: "/")
    }
    var files = paths.map { HandInFile(path: $0, label: tail($0, 1)) }
    let deepest = paths.map { $0.split(separator: "/").count }.max() ?? 1
    for depth in stride(from: 2, through: deepest, by: 1) {
      let counts = Dictionary(grouping: files, by: \.resultName).mapValues(\.count)
      for index in files.indices where counts[files[index].resultName, default: 1] > 1 {
        files[index].label = tail(files[index].path, depth)
      }
    }
    // Names that differ only in what a file's name cannot hold.
    var seen: [String: Int] = [:]
    for index in files.indices {
      let count = seen[files[index].resultName, default: 0] + 1
      seen[files[index].resultName] = count
      if count > 1 { files[index].label += "~\(count)" }
    }
    return files
  }
}
