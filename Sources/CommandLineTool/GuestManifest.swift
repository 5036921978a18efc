import Guests

/// What runs a guest of more than one file: options of the tool, one a line, `#` before a comment. Names of files are relative
/// to the manifest's folder.
struct GuestManifest {
  /// As they would be typed, files with their folder.
  let arguments: [String]

  /// Options whose value is a file, with or without something behind a comma.
  private static let fileOptions: Set<String> = [
    "--bios", "--kernel", "--initrd", "--disk", "--symbols", "--monitor",
  ]

  /// Reads the manifest at a path and checks that its options are the tool's.
  init(path: String) throws {
    let text: String
    do { text = String(decoding: try Files.read(path), as: UTF8.self) } catch { throw Failure(error.message) }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    arguments = try text.split(separator: "\n").compactMap { line throws(Failure) in
      try Self.argument(String(line), folder: folder, path: path)
    }
    do {
      let options = try MachineOptions.parse(arguments)
      guard options.image == nil else { throw Failure("it names a guest") }
    } catch {
      throw Failure("\(path): \(MachineOptions.message(for: error))")
    }
  }

  /// `--disk boot.img` as one word, its file with the folder before it.
  private static func argument(_ line: String, folder: String, path: String) throws(Failure) -> String? {
    let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map(String.init)
    guard let option = words.first, !option.hasPrefix("#") else { return nil }
    guard option.hasPrefix("--") else { throw Failure("\(path): \"\(line)\" is no option; one begins with --.") }
    guard words.count > 1 else { return option }
    let value = String(words[1].drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
    let isRelative = fileOptions.contains(option) && !value.hasPrefix("/") && !(option == "--bios" && value == "none")
    return "\(option)=\(isRelative ? folder + value : value)"
  }

  /// The manifest of what a person named: a guest that comes with the tool, or a folder. Nil where it has none.
  static func path(of name: String) -> String? {
    if let path = Guests.manifest(named: name) { return path }
    guard name.contains("/") else { return nil }
    let path = (name.hasSuffix("/") ? name : name + "/") + "options"
    return Files.exists(path) ? path : nil
  }
}

/// A subcommand that runs a guest.
protocol GuestCommand {
  var machine: MachineOptions { get }
  /// The guest when none is named.
  static var fallbackGuest: String? { get }
}

extension GuestCommand {
  /// The manifest of the guest that the options name.
  var manifest: GuestManifest? {
    get throws {
      let isNamed =
        machine.image != nil || machine.kernel != nil || machine.bios != nil || machine.own.monitor != nil
      guard let name = machine.image ?? (isNamed ? nil : Self.fallbackGuest) else { return nil }
      return try GuestManifest.path(of: name).map { try GuestManifest(path: $0) }
    }
  }
}
