/// One node of a device tree, with properties and children in the order they are written.
package struct DeviceTreeNode: Sendable, Equatable {
  /// With its unit address, such as `serial@10000000`; empty for the root.
  package var name: String
  package var properties: [(name: String, value: [UInt8])] = []
  package var children: [DeviceTreeNode] = []

  package init(_ name: String, children: [DeviceTreeNode] = []) {
    self.name = name
    self.children = children
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.children == right.children
      && left.properties.elementsEqual(right.properties) { $0.name == $1.name && $0.value == $1.value }
  }

  /// A property without a value: that it is there says it all.
  package mutating func set(_ name: String) { properties.append((name, [])) }

  /// 32-bit big-endian cells.
  package mutating func set(_ name: String, cells: UInt32...) { set(name, cells: cells) }

  package mutating func set(_ name: String, cells: [UInt32]) {
    properties.append((name, cells.flatMap { [UInt8](bigEndian: $0) }))
  }

  /// 64-bit numbers, two cells each, such as addresses and sizes.
  package mutating func set(_ name: String, doubleCells: UInt64...) {
    properties.append((name, doubleCells.flatMap { [UInt8](bigEndian: $0) }))
  }

  /// Strings, each with its terminating zero.
  package mutating func set(_ name: String, strings: String...) { set(name, strings: strings) }

  package mutating func set(_ name: String, strings: [String]) {
    properties.append((name, strings.flatMap { Array($0.utf8) + [0] }))
  }

  package mutating func set(_ name: String, bytes: [UInt8]) { properties.append((name, bytes)) }
}

extension [UInt8] {
  init(bigEndian value: some FixedWidthInteger) {
    self = stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  mutating func append(bigEndian value: some FixedWidthInteger) { append(contentsOf: [UInt8](bigEndian: value)) }

  /// Adds zeros up to a multiple of `alignment`.
  mutating func pad(to alignment: Int) {
    while count % alignment != 0 { append(0) }
  }
}
