/// The device tree that the firmware hands over: a block of big-endian words that says what this machine consists of.
/// Devicetree Specification, "Flattened Devicetree (DTB) Format".
struct DeviceTree {
  private var structure: UnsafePointer<UInt8>
  private var strings: UnsafePointer<UInt8>

  /// Nil if the bytes at `address` are no device tree.
  init?(at address: PhysicalAddress) {
    guard address.bits != 0 && address.bits & 3 == 0 else { return nil }
    let start = UnsafePointer(address.pointer.assumingMemoryBound(to: UInt8.self))
    guard bigEndian(start, 0) == 0xd00d_feed else { return nil }
    structure = start + Int(bigEndian(start, 8))
    strings = start + Int(bigEndian(start, 12))
  }

  /// One node: its name, and where its properties begin.
  struct Node {
    var name: Text
    /// 1 for what hangs on the root.
    var depth: Int
    /// How many words an address and a size take in `reg`: the parent says so.
    var addressCells = 2
    var sizeCells = 1
    fileprivate var tree: DeviceTree
    fileprivate var properties: UnsafePointer<UInt8>
  }

  /// Calls `body` for each node, parents before children.
  func forEachNode(_ body: (Node) -> Void) {
    // What the children of the node at each depth use; deeper than eight is nothing that we look for.
    var cells = InlineArray<8, (address: Int, size: Int)>(repeating: (2, 1))
    var depth = -1
    var place = structure
    while true {
      let token = bigEndian(place, 0)
      place += 4
      switch token {
      case Token.beginNode:
        depth += 1
        let name = Text(zeroTerminated: place)
        place += aligned(name.count + 1)
        let parent = cells[min(max(depth - 1, 0), 7)]
        let node = Node(
          name: name, depth: depth, addressCells: parent.address, sizeCells: parent.size, tree: self, properties: place)
        cells[min(depth, 7)] = (node.number("#address-cells") ?? 2, node.number("#size-cells") ?? 1)
        body(node)
      case Token.endNode:
        depth -= 1
      case Token.property:
        place += 8 + aligned(Int(bigEndian(place, 0)))
      case Token.nothing:
        break
      default:
        return
      }
    }
  }

  fileprivate enum Token {
    static let beginNode: UInt32 = 1
    static let endNode: UInt32 = 2
    static let property: UInt32 = 3
    static let nothing: UInt32 = 4
  }

  fileprivate func name(at offset: UInt32) -> Text { Text(zeroTerminated: strings + Int(offset)) }
}

extension DeviceTree.Node {
  /// The bytes of a property, or nil if the node is without it. Properties stand before the node's children.
  func property(_ name: StaticString) -> Text? {
    var place = properties
    while true {
      switch bigEndian(place, 0) {
      case DeviceTree.Token.property:
        let length = Int(bigEndian(place, 4))
        if tree.name(at: bigEndian(place, 8)) == name { return Text(place + 12, count: length) }
        place += 12 + aligned(length)
      case DeviceTree.Token.nothing:
        place += 4
      default:
        return nil
      }
    }
  }

  /// A property that is one word.
  func number(_ name: StaticString) -> Int? {
    guard let value = property(name), value.count >= 4 else { return nil }
    return Int(bigEndian(value.start, 0))
  }

  /// The first address and size in `reg`.
  var range: (address: UInt64, size: UInt64)? {
    guard let value = property("reg"), value.count >= 4 * (addressCells + sizeCells) else { return nil }
    return (cells(value, at: 0, count: addressCells), cells(value, at: addressCells, count: sizeCells))
  }

  private func cells(_ value: Text, at first: Int, count: Int) -> UInt64 {
    var result: UInt64 = 0
    var index = 0
    while index < count {
      result = result << 32 | UInt64(bigEndian(value.start, 4 * (first + index)))
      index += 1
    }
    return result
  }

  /// Whether `compatible`, a list of zero-terminated names, has this one.
  func isCompatible(with name: StaticString) -> Bool {
    guard var list = property("compatible") else { return false }
    while list.count > 0 {
      let entry = Text(zeroTerminated: list.start, limit: list.count)
      if entry == name { return true }
      list = list.dropping(min(entry.count + 1, list.count))
    }
    return false
  }

  /// Whether `status` is missing or "okay".
  var isEnabled: Bool { property("status")?.hasPrefix("ok") ?? true }
}

/// The big-endian word at an offset.
func bigEndian(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt32 {
  UnsafeRawPointer(bytes + offset).loadUnaligned(as: UInt32.self).byteSwapped
}

private func aligned(_ bytes: Int) -> Int { (bytes + 3) & ~3 }
