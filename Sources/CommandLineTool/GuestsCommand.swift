import ArgumentParser
import Guests
import SystemPackage

/// `vitrine guests`.
struct GuestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guests",
    abstract: "List the guests that come with the tool, or copy them out to be changed.",
    discussion: """
      Each guest is a folder with its sources beside what is built from them. --export copies all of them, with the script that
      builds them, into a new folder.

      Example: vitrine guests
      Example: vitrine guests --export my-guests
      """)

  @Option(help: ArgumentHelp("Copy sources and images into a new folder.", valueName: "folder"), completion: .directory)
  var export: String?

  func run() throws {
    guard let catalog = Guests.catalog else { throw Failure(Guests.absence(of: "")) }
    if let export { return try copy(catalog, to: export) }
    let width = Guests.names.map(\.count).max() ?? 0
    for name in Guests.names {
      let padding = String(repeating: " ", count: width - name.count)
      print("\(name)\(padding)  \(Guests.summary(named: name) ?? "")")
    }
  }

  private func copy(_ catalog: String, to folder: String) throws {
    guard !folder.isEmpty else { throw ValidationError("--export: name a folder that is not there yet.") }
    let target = Files.expand(folder)
    guard !Files.exists(target) else {
      throw Failure("\(folder) is there already, and nothing is overwritten; name a folder that is not.")
    }
    do { try FolderCopy.copy(FilePath(catalog), to: FilePath(target)) } catch {
      let rest = Files.exists(target) ? "the copy there is not whole: remove it." : "nothing was copied."
      throw Failure("\(folder): \(error); \(rest)")
    }
    let path = folder.contains("/") ? folder : "./" + folder
    let guest = "hello"
    print(
      """
      The guests are in \(folder), a folder each. Change one, then:
        \(path)/build \(guest)          build it again; needs the Swift toolchain and nothing else
        vitrine run \(path)/\(guest)    run it
      """)
  }
}
