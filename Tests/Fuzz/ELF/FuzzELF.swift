import FuzzDriver
import Guests
import ObjectFile

/// Files that nobody vouches for: ELF where they begin like one, else a `System.map`.
@main
private enum FuzzELF {
  static func main() {
    var seeds = Guests.names.compactMap { Guests.image(named: $0) }.map { FuzzDriver.read($0) }
    seeds.append(Array("ffffffff80000000 T _start\nffffffff80001000 d $sS2i_tD\r\n0 A STACK\n".utf8))
    FuzzDriver.run(seeds: seeds) { start, count in
      FuzzELF.use(FuzzDriver.bytes(start, count))
      return 0
    }
  }

  private static func use(_ bytes: [UInt8]) {
    guard ELFFile.isELF(bytes) else {
      do throws(SystemMapError) { use(try SystemMap.symbols(bytes), sections: []) } catch {
        precondition(!error.description.isEmpty)
      }
      return
    }
    do throws(ELFError) { use(try ELFFile(bytes)) } catch { precondition(!error.description.isEmpty) }
  }

  /// Touches everything that a loader and a debugger would, and checks what ``ELFFile`` promises.
  private static func use(_ file: ELFFile) {
    for segment in file.segments {
      precondition(UInt64(file.bytes(of: segment).count) == segment.fileSize && segment.fileSize <= segment.memorySize)
      precondition(segment.memorySize == 0 || segment.physicalAddress <= .max - (segment.memorySize - 1))
    }
    for section in file.sections { precondition(UInt64(file.contents(of: section).count) <= section.size) }
    for warning in file.warnings { precondition(!warning.description.isEmpty) }
    use(file.symbols, sections: file.sections)
    UseOfDebugInformation.use(file)
  }

  private static func use(_ symbols: [Symbol], sections: [ELFFile.Section]) {
    var table = SymbolTable()
    table.add(symbols, from: "image", offset: .min, sections: sections)
    table.add(symbols.suffix(3), from: "again")
    for entry in table.all {
      let symbol = entry.symbol
      _ = symbol.displayName
      if let location = table.symbol(at: symbol.address) {
        precondition(location.symbol.address &+ location.offset == symbol.address)
      }
      precondition(table.symbol(named: symbol.name) != nil)
      _ = table.symbols(in: symbol.address..<symbol.address | 0xff)
      _ = table.names(withPrefix: String(symbol.name.prefix(2)))
    }
  }
}
