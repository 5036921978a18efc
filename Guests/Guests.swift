#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The guests that come with the tool: one folder each in `Guests/Catalog`, sources beside what is built from them.
///
/// A guest is run from its image, `NAME/NAME.elf`, or, where it takes more than one file, by the tool's own options in its
/// manifest, `NAME/options`.
///
/// The catalog is a folder beside the executable (`Vitrine_Guests.resources/Catalog`), so it travels with a copy of the
/// two, and the current directory, `PATH` and symbolic links play no part. `Bundle.module` would find it too, but it
/// stops the process when the folder is missing and needs all of Foundation at start.
package enum Guests {
  /// The folder of the catalog, or nil if it does not lie beside the executable.
  package static var catalog: String? {
    guard let executable = executablePath(), let slash = executable.lastIndex(of: "/") else { return nil }
    let folder = executable[..<slash] + "/" + resourceFolder + "/Catalog"
    return access(String(folder), F_OK) == 0 ? String(folder) : nil
  }

  /// Names of the guests that can be run, in alphabetical order. Empty when the catalog is missing.
  package static var names: [String] {
    guard let catalog, let directory = opendir(catalog) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let item = readdir(directory) {
      let name = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if image(named: name) != nil || manifest(named: name) != nil { names.append(name) }
    }
    return names.sorted()
  }

  /// The path of the image of a guest that is one image, or nil. A name is a word, never a path.
  package static func image(named name: String) -> String? { file("\(name).elf", of: name) }

  /// The path of a guest's image that starts in S-mode above an SBI, as a monitor runs it, or nil.
  package static func supervisorImage(named name: String) -> String? { file("\(name)-s.elf", of: name) }

  /// The path of the firmware of the guest `boot`, which enters whatever it is given in S-mode; nil when the catalog is missing.
  package static var firmware: String? { file("firmware.elf", of: "boot") }

  /// The path of the manifest of a guest that has one, or nil: a text with the options that run it.
  package static func manifest(named name: String) -> String? { file("options", of: name) }

  private static func file(_ file: String, of name: String) -> String? {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix("."), let catalog else { return nil }
    let path = "\(catalog)/\(name)/\(file)"
    return access(path, R_OK) == 0 ? path : nil
  }

  /// One sentence about a guest: the first line of its `README.md`, without the mark of a heading.
  package static func summary(named name: String) -> String? {
    guard let path = file("README.md", of: name), let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 512)
    guard fgets(&buffer, CInt(buffer.count), file) != nil else { return nil }
    let line = String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return String(line.drop { $0 == "#" || $0 == " " })
  }

  /// Why a guest cannot be had, in words for the user.
  package static func absence(of name: String) -> String {
    if catalog == nil {
      return "The guests are missing: \(resourceFolder) must lie in the folder of the executable. Copy it there too."
    }
    return "There is no guest named \"\(name)\". There are: \(names.joined(separator: ", "))."
  }

  /// What SwiftPM calls the folder with the resources of this target.
  private static let resourceFolder = "Vitrine_Guests.resources"

  /// The absolute path of this process's executable, symbolic links resolved.
  package static func executablePath() -> String? {
    #if os(Linux)
      let path = "/proc/self/exe"
    #else
      let path = CommandLine.arguments[0]
    #endif
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
