import Hypervisor
import ObjectFile

/// Every image that a session knows of, and the symbols of those that lie at addresses of their own.
package struct ImageTable {
  package private(set) var all: [DebugImage] = []
  /// Symbols of firmware, loaders and kernels. Those of user programs are asked of the program that lies there.
  package private(set) var common = SymbolTable()
  /// User programs, which may share their addresses.
  var programs: [DebugImage] { all.filter { $0.ownSymbols != nil } }

  /// Those that a person or a manifest named, in order.
  package var added: [DebugImage] { all.filter { !$0.isLoadedByMachine } }

  init() {}

  mutating func add(_ image: DebugImage, symbols: [Symbol]) {
    all.append(image)
    if image.ownSymbols == nil {
      common.add(symbols, from: image.name, offset: image.offset, sections: image.sections)
    }
  }

  /// Names of symbols in any image that begin with `prefix`, each once.
  package func names(withPrefix prefix: String) -> [String] {
    var names = Set(common.names(withPrefix: prefix))
    for program in programs { names.formUnion(program.ownSymbols?.names(withPrefix: prefix) ?? []) }
    return names.sorted()
  }
}

/// A place in code: an address, and the user program that it is meant in, where it is one's.
package struct CodeLocation: Equatable {
  package var address: UInt64
  /// Nil where whatever lies at the address is meant.
  package var program: DebugImage?
  /// The place in the translation cache, where one is meant; `address` is then what the guest has there.
  package var cachePlace: CachePlace?

  package init(_ address: UInt64, in program: DebugImage? = nil, cachePlace: CachePlace? = nil) {
    self.address = address
    self.program = program
    self.cachePlace = cachePlace
  }
  package static func == (left: Self, right: Self) -> Bool {
    left.address == right.address && left.program === right.program && left.cachePlace == right.cachePlace
  }
}
