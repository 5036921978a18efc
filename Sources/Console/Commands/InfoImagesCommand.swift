import Debugger
import Machine

enum InfoImagesCommand: Command {
  static let name = "info images"
  static let aliases = ["files", "sharedlibrary"]
  static let category = CommandCategory.machine
  static let summary = "List what was loaded into memory"
  static let help = """
    info images
    Shows role, range, entry and number of symbols of everything that lies in RAM at reset, then the files of symbols that
    were added, with the boot stage that their code is.
    Example: info images
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    for image in console.session.machine.board.images {
      let range = "gpa:\(hex(image.range.start))..\(hex(image.range.end &- 1))"
      let symbols = image.symbols.isEmpty ? "no symbols" : "\(image.symbols.count) symbols"
      console.print(
        "\(image.role.rawValue.padded(17)) \(image.name.padded(16)) \(range)  entry \(hex(image.entry))  \(symbols)")
    }
    for image in console.session.images.added {
      let stage = image.stage.map { "stage \($0.rawValue)" } ?? "symbols"
      console.print(
        "\(stage.padded(17)) \(image.name.padded(16)) \(image.symbolCount) symbols from \(image.path ?? "")")
    }
  }
}
