import ObjectFile
import Testing

@Suite("System.map")
struct SystemMapTests {
  @Test("Lines become symbols, whatever ends them")
  func lines() throws {
    let text =
      "ffffffff80000000 T _start\nffffffff80000002 t local\r\n\n0000000000001000 A size\nffffffff80c00000 W soft"
    let symbols = try SystemMap.symbols(Array(text.utf8))
    #expect(
      symbols == [
        Symbol(name: "_start", address: 0xffff_ffff_8000_0000, kind: .function),
        Symbol(name: "local", address: 0xffff_ffff_8000_0002, kind: .function, binding: .local),
        Symbol(name: "size", address: 0x1000, kind: .none, sectionIndex: .absolute),
        Symbol(name: "soft", address: 0xffff_ffff_80c0_0000, kind: .function, binding: .weak),
      ])
  }

  @Test("Letters tell kind and binding", arguments: Array("TtDdBbRrVvWwui"))
  func letters(letter: Character) throws {
    let symbol = try SystemMap.symbols(Array("10 \(letter) name".utf8))[0]
    let kind: Symbol.Kind = "TtWwi".contains(letter) ? .function : .object
    let binding: Symbol.Binding =
      "VvWw".contains(letter) ? .weak : "ui".contains(letter) || letter.isUppercase ? .global : .local
    #expect(symbol.kind == kind && symbol.binding == binding)
  }

  @Test(
    "A line that is none is named by its number",
    arguments: [
      ("", SystemMapError.noSymbols), ("\n\n", .noSymbols),
      ("10 T a\n xyz", .badAddress(line: 2, text: " xyz")),
      ("10 T a\n\nhello", .badAddress(line: 3, text: "hello")),
      ("10", .badAddress(line: 1, text: "10")),
      ("0123456789abcdef0 T a", .badAddress(line: 1, text: "0123456789abcdef0 T a")),
      ("10 ", .badType(line: 1, text: "10 ")), ("10 X a", .badType(line: 1, text: "10 X a")),
      ("10 T", .badName(line: 1, text: "10 T")), ("10 T ", .badName(line: 1, text: "10 T ")),
      ("10 Ta", .badName(line: 1, text: "10 Ta")), ("10 T a b", .badName(line: 1, text: "10 T a b")),
      ("10 t a\t[virtio]", .badName(line: 1, text: "10 t a?[virtio]")),
      ("\u{7f}ELF", .badAddress(line: 1, text: "?ELF")),
    ])
  func errors(text: String, error: SystemMapError) {
    #expect(throws: error) { try SystemMap.symbols(Array(text.utf8)) }
    #expect(error.description.contains("System.map"))
  }

  @Test("A map of 100,000 symbols is read and searched", .timeLimit(.minutes(1)))
  func large() throws {
    let lines = (0..<100_000).map { "\(String(0xffff_ffff_8000_0000 + UInt64($0) * 64, radix: 16)) t function_\($0)" }
    let text = Array(lines.joined(separator: "\n").utf8)
    var table = SymbolTable()
    table.add(try SystemMap.symbols(text), from: "vmlinux")
    #expect(table.all.count == 100_000)
    for index in stride(from: 0, to: 100_000, by: 77) {
      let address = 0xffff_ffff_8000_0000 + UInt64(index) * 64
      #expect(table.symbol(at: address + 63)?.description == "function_\(index)+63")
      #expect(table.symbol(named: "function_\(index)")?.symbol.address == address)
    }
    #expect(table.names(withPrefix: "function_9999").count == 11)
  }
}
