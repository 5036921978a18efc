import Debugger
import ObjectFile

enum AddSymbolFileCommand: Command {
  static let name = "add-symbol-file"
  static let category = CommandCategory.data
  static let summary = "Read more symbols: an ELF file or a System.map"
  static let help = """
    add-symbol-file FILE [OFFSET]
    Adds the symbols of an ELF file or of a System.map; OFFSET is added to their addresses.
    Example: add-symbol-file uboot.elf 0x60000
    """
  static let completion = CompletionKind.file
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let (path, rest) = arguments.splitFirst()
    if path.isEmpty { throw .failed("Argument required (file name).") }
    let offset = rest.isEmpty ? 0 : Int64(bitPattern: try console.evaluate(rest).bits)
    let bytes = try console.surroundings.readFile(path)
    let name = String(path.split(separator: "/").last ?? "symbols")
    let before = console.session.symbols.all.count
    if ELFFile.isELF(bytes) {
      let file: ELFFile
      do { file = try ELFFile(bytes) } catch { throw .failed("\(path): \(error)") }
      console.session.symbols.add(file.symbols, from: name, offset: offset, sections: file.sections)
    } else {
      do { console.session.symbols.add(try SystemMap.symbols(bytes), from: name, offset: offset) } catch {
        throw .failed("\(path): \(error)")
      }
    }
    console.print("\(console.session.symbols.all.count - before) symbols from \(path).")
  }
}
