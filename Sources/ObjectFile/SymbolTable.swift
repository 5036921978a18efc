/// The symbols of many images (firmware, loader, kernel, programs), found by address and by name.
///
/// Kept are the names a person may ask for: not mapping symbols, `.L` labels, section and file names, thread-local or
/// undefined symbols. A lookup is a binary search. Adding sorts everything anew, so add whole images.
package struct SymbolTable: Sendable {
  /// A symbol at its place in memory.
  package struct Entry: Sendable {
    /// With the image's offset added to its address.
    package let symbol: Symbol
    /// The image it came from, as named to `add`.
    package let image: String
    /// The addresses it covers; nil for a plain number, which is no address.
    var extent: SymbolExtent?
  }

  /// What an address lies in.
  package struct Location: Hashable, Sendable, CustomStringConvertible {
    package let symbol: Symbol
    package let image: String
    /// From the symbol's beginning, in bytes.
    package let offset: UInt64

    /// Such as `load_elf+212`.
    package var description: String { offset == 0 ? symbol.displayName : "\(symbol.displayName)+\(offset)" }
  }

  /// Every symbol, by address; of those at one address the preferred one first.
  package private(set) var all: [Entry] = []
  private var sized = IntervalIndex()
  private var unsized = IntervalIndex()
  private var names = NameIndex()

  package init() {}

  /// Adds an image's symbols. `offset` is added to their addresses, modulo 2^64, where the image was not loaded where
  /// it was linked; plain numbers (`SectionIndex.absolute`) stay. With `sections`, those of its file, a symbol without
  /// a size ends with its section.
  package mutating func add(
    _ symbols: [Symbol], from image: String, offset: Int64 = 0, sections: [ELFFile.Section] = []
  ) {
    var added: [Entry] = []
    added.reserveCapacity(symbols.count)
    for var symbol in symbols where symbol.isWorthKeeping {
      if symbol.sectionIndex != .absolute { symbol.address &+= UInt64(bitPattern: offset) }
      added.append(Entry(symbol: symbol, image: image, extent: nil))
    }
    added.sort(by: Entry.precedes)
    SymbolExtent.assign(to: &added, sections: sections, offset: offset)
    // Two sorted runs, which the standard library's sort merges in linear time.
    all.append(contentsOf: added)
    all.sort(by: Entry.precedes)
    sized = IntervalIndex(all, isSized: true)
    unsized = IntervalIndex(all, isSized: false)
    names = NameIndex(all)
  }

  /// The symbol that `address` lies in. A symbol with a size covers exactly that; it wins over labels inside it, and
  /// the one that begins last wins over those around it. A symbol without a size covers what follows up to the next
  /// symbol of its image or the end of its section; without either, up to the end of its page of 4 KiB. Of symbols that
  /// begin together a function precedes an object, an object the rest; then global, weak, local; then fewer leading
  /// underscores; then the alphabet.
  package func symbol(at address: UInt64) -> Location? {
    guard let index = sized.index(containing: address) ?? unsized.index(containing: address) else { return nil }
    let entry = all[index]
    return Location(symbol: entry.symbol, image: entry.image, offset: address - entry.symbol.address)
  }

  /// The symbols that begin in a range of addresses, in the order of `all`; plain numbers are not addresses.
  package func symbols(in range: Range<UInt64>) -> [Entry] {
    let first = all.partitioningIndex { $0.symbol.address >= range.lowerBound }
    return all[first...].prefix { $0.symbol.address < range.upperBound }.filter { $0.extent != nil }
  }

  /// The symbol of exactly that name, as its file spells it: a global one first, then a weak one.
  package func symbol(named name: String) -> Entry? { names.indices(of: name, in: all).first.map { all[$0] } }

  /// Every symbol of exactly that name, the one `symbol(named:)` finds first.
  package func symbols(named name: String) -> [Entry] { names.indices(of: name, in: all).map { all[$0] } }

  /// The different names that begin with `prefix`, in the order of their bytes.
  package func names(withPrefix prefix: String) -> [String] {
    var found: [String] = []
    for index in names.indices(withPrefix: prefix, in: all) where all[index].symbol.name != found.last {
      found.append(all[index].symbol.name)
    }
    return found
  }
}

extension SymbolTable.Entry {
  fileprivate static func precedes(_ left: Self, _ right: Self) -> Bool {
    if left.symbol.address != right.symbol.address { return left.symbol.address < right.symbol.address }
    let (leftRank, rightRank) = (left.symbol.rank, right.symbol.rank)
    if leftRank != rightRank { return leftRank < rightRank }
    return (left.symbol.name, left.image) < (right.symbol.name, right.image)
  }
}

extension Symbol {
  fileprivate var isWorthKeeping: Bool {
    switch kind {
    case .section, .file, .threadLocal: return false
    case .function, .object, .none: break
    }
    return !name.isEmpty && sectionIndex != .undefined && sectionIndex != .common && !isMappingSymbol && !isLocalLabel
  }

  /// Smaller is preferred among symbols at one address.
  fileprivate var rank: (Int, Int, Int) {
    let kindRank =
      switch kind {
      case .function: 0
      case .object: 1
      case .none, .section, .file, .threadLocal: 2
      }
    return (kindRank, binding.rank, name.utf8.prefix { $0 == UInt8(ascii: "_") }.count)
  }
}

extension Symbol.Binding {
  /// Smaller is preferred.
  var rank: Int {
    switch self {
    case .global: 0
    case .weak: 1
    case .local: 2
    }
  }
}
