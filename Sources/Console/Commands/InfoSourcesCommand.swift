import Debugger

enum InfoSourcesCommand: Command {
  static let name = "info sources"
  static let category = CommandCategory.source
  static let summary = "List the source files that the images know"
  static let help = """
    info sources [TEXT]
    Lists the source files of each image; with TEXT those whose path has it.
    Example: info sources Trap
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    for image in session.images.all {
      guard let information = session.debugInformation(of: image) else {
        if arguments.isEmpty { console.print("\(image.name): no line numbers; -g at compile time gives them.") }
        continue
      }
      let names = information.sourceFiles.map { session.sources.name(of: $0, in: image) }.filter {
        arguments.isEmpty || $0.containsText(arguments.text)
      }
      if names.isEmpty { continue }
      console.print("\(image.name):")
      for name in Set(names).sorted() { console.print("  \(name)") }
    }
  }
}
