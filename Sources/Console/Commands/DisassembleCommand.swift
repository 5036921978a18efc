import Debugger

enum DisassembleCommand: Command {
  static let name = "disassemble"
  static let aliases = ["disas"]
  static let category = CommandCategory.data
  static let summary = "Disassemble a function or a range"
  static let help = """
    disassemble[/r|/t] [ADDRESS | START,END | START,+LENGTH]
    Without arguments, the function at pc; with ADDRESS, the function there. /r also shows the bytes; /t shows the translated code of
    the instruction at ADDRESS, or at pc, as `info tc` does. With a tc: address it is the unit that lies there in the translation cache.
    Example: disassemble $pc,+32
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    var text = arguments.text
    var isRaw = arguments.format?.contains("r") ?? false
    var isTranslated = false
    if text.hasPrefix("/") {
      let (option, rest) = arguments.splitFirst()
      (isRaw, isTranslated, text) = (option.contains("r"), option.contains("t"), rest)
    }
    if arguments.format?.contains("t") ?? isTranslated {
      let address = text.isEmpty ? SpacedAddress(console.currentFrame.pc) : try console.address(text)
      return try InfoTcCommand.show(address, InfoTcCommand.cache(console), console)
    }
    if let letter = arguments.format?.first(where: { !"rms".contains($0) }) {
      throw .failed("Invalid disassembly modifier: \(letter).")
    }
    let (start, end, name) = try range(text, console)
    let kind = start.space == .translationCache ? "" : "function "
    console.print("Dump of assembler code\(name.map { " for \(kind)\($0)" } ?? " from \(start.text) to \(hex(end))"):")
    var address = start
    while address.value < end {
      if console.session.interruptFlag.isSet { break }
      let line = try console.check { () throws(EvaluationError) in try console.session.instruction(at: address) }
      let mark = console.isNext(address) ? "=> " : "   "
      var place = hex16(address.value)
      if address.space == .translationCache {
        let inside = name == nil ? console.session.unitText(address.value) : "+\(address.value &- start.value)"
        place = address.text + (inside.map { " <\($0)>" } ?? "")
      } else if let location = console.session.location(of: address.value) {
        place += name == nil ? " <\(location.symbol.displayName)+\(location.offset)>" : " <+\(location.offset)>"
      }
      let raw = (0..<line.length).map { index in
        let byte = String(UInt8(truncatingIfNeeded: line.bits >> UInt32(8 * index)), radix: 16)
        return byte.count == 1 ? "0" + byte : byte
      }
      let bytes = isRaw ? raw.joined(separator: " ").padded(11) + "\t" : ""
      console.print(console.style.symbols("\(mark)\(place):\t\(bytes)\(line.text)"))
      address = address.advanced(by: line.length)
    }
    console.print("End of assembler dump.")
  }

  private static func range(
    _ text: String, _ console: Console
  ) throws(CommandError) -> (SpacedAddress, UInt64, String?) {
    if let comma = text.firstIndex(of: ",") {
      let start = try console.address(String(text[..<comma]))
      let tail = String(text[text.index(after: comma)...]).trimmed
      if tail.hasPrefix("+") { return (start, start.value &+ (try console.count(String(tail.dropFirst()))), nil) }
      return (start, try console.address(tail).value, nil)
    }
    let address = text.isEmpty ? SpacedAddress(console.currentFrame.pc) : try console.address(text)
    if address.space == .translationCache {
      let unit = try InfoTcCommand.unit(address, InfoTcCommand.cache(console))
      let start = SpacedAddress(UInt64(unit.offset), .translationCache)
      return (start, start.value &+ UInt64(unit.size), console.session.unitText(start.value))
    }
    guard let location = console.session.location(of: address.value) else {
      throw .failed(
        "No function contains \(text.isEmpty ? "program counter" : "specified address") (\(hex(address.value))); give a range: disassemble START,+LENGTH."
      )
    }
    var end = location.symbol.address &+ location.symbol.size
    if location.symbol.size == 0 {
      // A label without a size ends at the next symbol.
      end = address.value &+ 2
      while end &- location.symbol.address < 4096, console.session.location(of: end)?.symbol == location.symbol {
        end &+= 2
      }
    }
    return (SpacedAddress(location.symbol.address, address.space), end, location.symbol.displayName)
  }
}
