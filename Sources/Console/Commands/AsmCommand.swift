import Debugger
import RISCV

enum AsmCommand: Command {
  static let name = "asm"
  static let category = CommandCategory.data
  static let summary = "Assemble an instruction into memory"
  static let help = """
    asm ADDRESS "INSTRUCTION"[; …]
    Assembles and writes the bytes at ADDRESS. Instructions in the quotes are divided by semicolons.
    Example: asm $pc "addi a0, a0, 1"
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    guard let quote = arguments.text.firstIndex(of: "\"") else {
      throw .failed("The instruction stands in quotes: asm $pc \"addi a0, a0, 1\"")
    }
    let address = try console.address(String(arguments.text[..<quote]))
    var text = arguments.text[arguments.text.index(after: quote)...]
    if text.hasSuffix("\"") { text.removeLast() }
    var bytes: [UInt8] = []
    for line in text.split(separator: ";") {
      do { bytes += try Assembler.assemble(String(line).trimmed, at: address.value &+ UInt64(bytes.count)) } catch {
        throw .failed("\(error)")
      }
    }
    try console.check { () throws(EvaluationError) in try console.session.writeMemory(address, bytes) }
    var place = address
    while place.value &- address.value < UInt64(bytes.count) {
      let line = try console.check { () throws(EvaluationError) in try console.session.instruction(at: place) }
      console.print(console.style.symbols("\(console.session.place(place.value))  \(line.text)"))
      place = place.advanced(by: line.length)
    }
  }
}
