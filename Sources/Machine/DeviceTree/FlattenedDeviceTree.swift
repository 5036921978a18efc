/// Writes a device tree in the flattened format, version 17 (Devicetree Specification, "Flattened Devicetree (DTB) Format").
package enum FlattenedDeviceTree {
  package static let magic: UInt32 = 0xd00d_feed

  private enum Token {
    static let beginNode: UInt32 = 1
    static let endNode: UInt32 = 2
    static let property: UInt32 = 3
    static let end: UInt32 = 9
  }

  /// The blob for a tree: header, an empty list of reserved memory, structure, strings.
  package static func encode(_ root: DeviceTreeNode, bootHart: UInt32 = 0) -> [UInt8] {
    var structure: [UInt8] = []
    var strings = StringBlock()
    append(root, to: &structure, &strings)
    structure.append(bigEndian: Token.end)

    let headerSize = 40
    let reservationOffset = headerSize
    let structureOffset = reservationOffset + 16
    let stringsOffset = structureOffset + structure.count
    let total = stringsOffset + strings.bytes.count

    var blob: [UInt8] = []
    blob.reserveCapacity(total)
    blob.append(bigEndian: magic)
    for offset in [total, structureOffset, stringsOffset, reservationOffset] {
      blob.append(bigEndian: UInt32(offset))
    }
    blob.append(bigEndian: UInt32(17))  // version
    blob.append(bigEndian: UInt32(16))  // last compatible version
    blob.append(bigEndian: bootHart)
    blob.append(bigEndian: UInt32(strings.bytes.count))
    blob.append(bigEndian: UInt32(structure.count))
    blob.append(bigEndian: UInt64(0))
    blob.append(bigEndian: UInt64(0))
    return blob + structure + strings.bytes
  }

  private static func append(_ node: DeviceTreeNode, to structure: inout [UInt8], _ strings: inout StringBlock) {
    structure.append(bigEndian: Token.beginNode)
    structure.append(contentsOf: node.name.utf8)
    structure.append(0)
    structure.pad(to: 4)
    for property in node.properties {
      structure.append(bigEndian: Token.property)
      structure.append(bigEndian: UInt32(property.value.count))
      structure.append(bigEndian: strings.offset(of: property.name))
      structure.append(contentsOf: property.value)
      structure.pad(to: 4)
    }
    for child in node.children { append(child, to: &structure, &strings) }
    structure.append(bigEndian: Token.endNode)
  }
}

/// The names of properties, each once.
private struct StringBlock {
  var bytes: [UInt8] = []
  private var offsets: [String: UInt32] = [:]

  mutating func offset(of name: String) -> UInt32 {
    if let offset = offsets[name] { return offset }
    let offset = UInt32(bytes.count)
    bytes.append(contentsOf: name.utf8)
    bytes.append(0)
    offsets[name] = offset
    return offset
  }
}
