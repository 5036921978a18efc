enum DirectoryCommand: Command {
  static let name = "directory"
  static let aliases = ["dir"]
  static let category = CommandCategory.source
  static let summary = "Say where source files lie"
  static let help = """
    directory [FOLDER…]
    Looks for source files in these folders first, by their recorded paths and by their names. By default a relative path counts
    from the folder of the image. Without FOLDER, only that counts again.
    Example: directory ~/xv6-riscv
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    session.sources.directories = arguments.isEmpty ? [] : arguments.words + session.sources.directories
    console.print(
      "Source directories searched: \((session.sources.directories + ["beside the image"]).joined(separator: ":"))")
  }
}
