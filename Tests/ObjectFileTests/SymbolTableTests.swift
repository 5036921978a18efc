import ObjectFile
import Testing

@Suite("Symbol table")
struct SymbolTableTests {
  @Test("A sized symbol covers its size; one without reaches to the next")
  func sizes() {
    let table = table(
      Symbol(name: "main", address: 0x100, size: 0x20, kind: .function),
      Symbol(name: "start", address: 0x200), Symbol(name: "loop", address: 0x210))
    #expect(describe(table, 0xff, 0x100, 0x11f, 0x120) == ["-", "main", "main+31", "-"])
    #expect(describe(table, 0x1ff, 0x20f, 0x210, 0x214) == ["-", "start+15", "loop", "loop+4"])
  }

  @Test("The last symbol without a size ends with its page, or with its section where that is known")
  func lastSymbol() {
    let symbol = Symbol(name: "end", address: 0x1ff0)
    #expect(describe(table(symbol), 0x1fff, 0x2000) == ["end+15", "-"])
    #expect(describe(table(Symbol(name: "top", address: .max)), .max, 0) == ["top", "-"])
  }

  @Test("A label inside a sized function is not what the function's addresses are shown as")
  func labelInFunction() {
    let table = table(
      Symbol(name: "main", address: 0x100, size: 0x20, kind: .function), Symbol(name: "again", address: 0x110))
    #expect(describe(table, 0x110, 0x11f, 0x120) == ["main+16", "main+31", "again+16"])
    #expect(table.symbols(in: 0x100..<0x111).map(\.symbol.name) == ["main", "again"])
  }

  @Test("Of symbols at one address the one that says most is shown")
  func preference() {
    let candidates = [
      Symbol(name: "apple", address: 8), Symbol(name: "thing", address: 8, kind: .object),
      Symbol(name: "hidden", address: 8, kind: .function, binding: .local),
      Symbol(name: "soft", address: 8, kind: .function, binding: .weak),
      Symbol(name: "__inner", address: 8, kind: .function), Symbol(name: "outer", address: 8, kind: .function),
    ]
    for count in candidates.indices {
      let table = table(Array(candidates[...count]).reversed())
      #expect(table.symbol(at: 9)?.symbol == candidates[count])
    }
  }

  @Test("Marks, local labels, sections, files and undefined symbols are not kept; mangled Swift names are")
  func kept() {
    let dropped = ["$x", "$d", "$xrv64i2p1_m2p0", "$d.12", "$x.3", ".Lpcrel_hi0", ".L", ""]
    let kept = ["$s4main1xyyF", "$e4main1xyyF", "$xyz", "$data", "L1", "_start"]
    var symbols = (dropped + kept).map { Symbol(name: $0, address: 16) }
    symbols += [
      Symbol(name: "main.c", address: 16, kind: .file, sectionIndex: .absolute),
      Symbol(name: ".text", address: 16, kind: .section), Symbol(name: "tls", address: 16, kind: .threadLocal),
      Symbol(name: "elsewhere", address: 0, sectionIndex: .undefined),
    ]
    #expect(Set(table(symbols).all.map(\.symbol.name)) == Set(kept))
  }

  @Test("A plain number is found by name only, and does not move with its image")
  func absolute() {
    var table = SymbolTable()
    table.add(
      [Symbol(name: "STACK_SIZE", address: 0x4000, sectionIndex: .absolute), Symbol(name: "f", address: 0x4000)],
      from: "image", offset: 0x1000)
    #expect(table.symbol(named: "STACK_SIZE")?.symbol.address == 0x4000)
    #expect(table.symbol(at: 0x4000) == nil && table.symbols(in: 0..<0x5000).isEmpty)
    #expect(describe(table, 0x5004) == ["f+4"])
  }

  @Test("Images keep apart: an offset moves one, and one's label does not reach into another")
  func images() {
    var table = SymbolTable()
    table.add([Symbol(name: "a", address: 0x100), Symbol(name: "b", address: 0x180)], from: "kernel", offset: -0x80)
    table.add([Symbol(name: "a", address: 0x110, size: 4, binding: .local)], from: "loader")
    #expect(describe(table, 0x80, 0x101, 0x110, 0x114) == ["a", "b+1", "a", "b+20"])
    #expect(table.symbol(at: 0x110)?.image == "loader" && table.symbol(at: 0x81)?.image == "kernel")
    #expect(table.symbols(named: "a").map(\.image) == ["kernel", "loader"])
    #expect(table.symbols(named: "c").isEmpty && table.symbol(named: "zzz") == nil)
  }

  @Test("Names complete in the order of the alphabet, each once")
  func completion() {
    let table = table(["trap", "trap_return", "tramp", "trap", "tz", "Trap"].map { Symbol(name: $0, address: 4) })
    #expect(table.names(withPrefix: "tra") == ["tramp", "trap", "trap_return"])
    #expect(table.names(withPrefix: "") == ["Trap", "tramp", "trap", "trap_return", "tz"])
    #expect(table.names(withPrefix: "u").isEmpty && SymbolTable().names(withPrefix: "").isEmpty)
  }

  @Test("Names are found by their bytes, even where others look the same", arguments: ["\u{e9}x", "e\u{301}x", "ex"])
  func bytes(name: String) {
    let table = table(["\u{e9}x", "e\u{301}x", "ex", "f", "\u{fffd}"].map { Symbol(name: $0, address: 4) })
    #expect(table.symbols(named: name).map { Array($0.symbol.name.utf8) } == [Array(name.utf8)])
  }

  @Test("Binary search finds what looking at every symbol finds", arguments: 1...20 as ClosedRange<UInt64>)
  func reference(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = SymbolTable()
    var sized: [Symbol] = []
    var labels: [[UInt64]] = []
    for image in ["one", "two", "three"] {
      let symbols = (0..<40).map { index in
        Symbol(
          name: "\(image)\(index)", address: .random(in: 0..<300, using: &random),
          size: random.next() % 3 == 0 ? 0 : .random(in: 1..<60, using: &random), kind: .function)
      }
      table.add(symbols, from: image)
      for var symbol in symbols {
        // A label where something sized begins is another name for it.
        symbol.size = symbol.size > 0 ? symbol.size : symbols.filter { $0.address == symbol.address }.map(\.size).max()!
        if symbol.size > 0 { sized.append(symbol) }
      }
      labels.append(symbols.map(\.address).sorted())
    }
    for address in 0..<400 as Range<UInt64> {
      let found = table.symbol(at: address)
      let covering = sized.filter { $0.address <= address && address - $0.address < $0.size }
      if let start = covering.map(\.address).max() {
        let best = covering.filter { $0.address == start }.map(\.name).min()
        #expect(found?.symbol.name == best, "at \(address)")
      } else if let found {
        // Not covered by a size: then by the nearest label of an image, with nothing of that image in between.
        #expect(found.symbol.size == 0)
        let starts = labels[["one", "two", "three"].firstIndex(of: found.image)!]
        #expect(starts.last { $0 <= address } == found.symbol.address, "at \(address)")
      } else {
        // Then the nearest of every image is sized and has ended: no label of the image begins there.
        for starts in labels {
          guard let start = starts.last(where: { $0 <= address }) else { continue }
          #expect(sized.contains { $0.address == start }, "at \(address)")
        }
      }
    }
  }

  private func table(_ symbols: Symbol...) -> SymbolTable { table(symbols) }

  private func table(_ symbols: [Symbol]) -> SymbolTable {
    var table = SymbolTable()
    table.add(symbols, from: "image")
    return table
  }

  private func describe(_ table: SymbolTable, _ addresses: UInt64...) -> [String] {
    addresses.map { table.symbol(at: $0)?.description ?? "-" }
  }
}
