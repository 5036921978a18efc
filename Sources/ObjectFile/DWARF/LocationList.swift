extension DWARFUnit {
  /// The expression that holds at an address, of a list in which each holds for some addresses; nil where none does.
  func expression(inList value: DWARFValue, at address: UInt64) throws(DWARFError) -> LocationExpression? {
    if version < 5 {
      guard let offset = offset(value) else { throw .wrongForm(place, DWARFAttribute.location) }
      return try oldList(try sections.cursor(.locations, at: offset), address)
    }
    let offset = try listOffset(value, .locationLists, base: locationListsBase)
    return try list(try sections.cursor(.locationLists, at: offset), address)
  }

  /// DWARF 4, "Location Lists".
  private func oldList(_ start: DWARFCursor, _ address: UInt64) throws(DWARFError) -> LocationExpression? {
    var cursor = start
    var base = baseAddress
    while true {
      let (first, second) = (try cursor.double(), try cursor.double())
      if first == 0, second == 0 { return nil }
      if first == .max {
        base = second
        continue
      }
      let expression = try cursor.part(UInt64(try cursor.half()))
      if base &+ first <= address, address < base &+ second { return wrap(expression) }
    }
  }

  /// DWARF 5, "Location List Entries".
  private func list(_ start: DWARFCursor, _ address: UInt64) throws(DWARFError) -> LocationExpression? {
    var cursor = start
    var base = baseAddress
    var fallback: LocationExpression?
    while true {
      let place = cursor.place
      let first: UInt64
      var end: UInt64
      switch try cursor.byte() {
      case 0: return fallback
      case 1:
        base = try self.address(index: try cursor.unsigned())
        continue
      case 2:
        first = try self.address(index: try cursor.unsigned())
        end = try self.address(index: try cursor.unsigned())
      case 3:
        first = try self.address(index: try cursor.unsigned())
        end = first &+ (try cursor.unsigned())
      case 4:
        first = base &+ (try cursor.unsigned())
        end = base &+ (try cursor.unsigned())
      case 5:
        fallback = wrap(try cursor.part(try cursor.unsigned()))
        continue
      case 6:
        base = try cursor.double()
        continue
      case 7:
        first = try cursor.double()
        end = try cursor.double()
      case 8:
        first = try cursor.double()
        end = first &+ (try cursor.unsigned())
      case 9:  // GNU's numbers of views, for rows of the line table with one address.
        _ = try cursor.unsigned()
        _ = try cursor.unsigned()
        continue
      case let kind: throw .unknownOperation(place, UInt64(kind))
      }
      let expression = try cursor.part(try cursor.unsigned())
      if first <= address, address < end { return wrap(expression) }
    }
  }

  /// The expression of an attribute whose value is a block.
  func expression(_ block: Range<UInt64>) throws(DWARFError) -> LocationExpression {
    var cursor = try sections.cursor(.info, at: block.lowerBound)
    try cursor.limit(to: block.upperBound - block.lowerBound)
    return wrap(cursor)
  }

  private func wrap(_ cursor: DWARFCursor) -> LocationExpression {
    LocationExpression(cursor: cursor, unit: self)
  }
}
