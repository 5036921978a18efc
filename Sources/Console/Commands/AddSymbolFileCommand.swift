import Debugger

enum AddSymbolFileCommand: Command {
  static let name = "add-symbol-file"
  static let category = CommandCategory.data
  static let summary = "Read more symbols: an ELF file or a System.map"
  static let help = """
    add-symbol-file FILE[,stage=firmware|loader|kernel|user] [OFFSET]
    Adds the symbols of an ELF file or of a System.map that the guest itself loads; OFFSET is added to their addresses. With a
    stage, stops and `info stages` name code at the file's addresses after it. A program of the stage user counts only while
    its code lies at its addresses, so many programs may share theirs. `--symbols` does the same before the prompt opens.
    Example: add-symbol-file uboot.elf,stage=loader 0x60000
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (argument, rest) = arguments.splitFirst()
    if argument.isEmpty { throw .failed("Argument required (file name).") }
    guard let (path, stage) = ImageStage.parse(argument) else {
      throw .failed("\(argument): a stage is \(ImageStage.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    let offset = rest.isEmpty ? 0 : Int64(bitPattern: try console.evaluate(rest).bits)
    let bytes = try console.surroundings.readFile(path)
    let image = try console.checkSession { () throws(DebuggerError) in
      try console.session.addSymbolFile(bytes, path: path, stage: stage, offset: offset)
    }
    console.print("\(image.symbolCount) symbols from \(path).")
  }
}
