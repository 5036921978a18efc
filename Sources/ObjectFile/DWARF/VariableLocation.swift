extension DebugInformation {
  /// Where a variable is while the instruction at `address` is the next of its frame.
  ///
  /// A location relative to the frame needs `callFrameAddress`; where the context lacks it, the frame information of the
  /// file is asked.
  package func location(
    of variable: DebugVariable, at address: UInt64, _ context: FrameContext
  ) throws(Unavailable) -> ValueLocation {
    let entry = try understood { () throws(DWARFError) in try self.entry(at: variable.offset) }
    let origins = origins(of: entry)
    if let owner = origins.first(where: { $0.attributes[DWARFAttribute.location] != nil }) {
      let value = owner.attributes[DWARFAttribute.location]!
      guard let expression = try expression(value, owner.unit, at: address) else { throw .notHere }
      // Assembling what it is relative to takes long; most are not.
      var context = context
      if variable.kind != .global { prepareFrame(&context, at: address) }
      return try expression.location(context)
    }
    guard let owner = origins.first(where: { $0.attributes[DWARFAttribute.constantValue] != nil }) else {
      throw .optimizedOut
    }
    return try constant(owner.attributes[DWARFAttribute.constantValue]!, owner)
  }

  /// The expression of an attribute, which may be one of a list; nil where the list has none for the address.
  private func expression(
    _ value: DWARFValue, _ unit: DWARFUnit, at address: UInt64
  ) throws(Unavailable) -> LocationExpression? {
    try understood { () throws(DWARFError) in
      if case .block(let block) = value {
        // An empty one says that there is no location.
        return block.isEmpty ? nil : try unit.expression(block)
      }
      return try unit.expression(inList: value, at: address)
    }
  }

  /// Adds what locations relative to the frame count from, as far as it can be known.
  private func prepareFrame(_ context: inout FrameContext, at address: UInt64) {
    if context.callFrameAddress == nil, let rules = unwindRules(at: address) {
      context.callFrameAddress = (try? rules.caller(context))?.callFrameAddress
    }
    guard let function = functionEntry(at: address),
      let owner = origins(of: function).first(where: { $0.attributes[DWARFAttribute.frameBase] != nil }),
      let expression = try? expression(owner.attributes[DWARFAttribute.frameBase]!, owner.unit, at: address)
    else { return }
    context.frameBase = try? expression.value(context)
  }

  private func constant(_ value: DWARFValue, _ entry: DebugEntry) throws(Unavailable) -> ValueLocation {
    switch value {
    case .constant(let value): return .value(value)
    case .signedConstant(let value): return .value(UInt64(bitPattern: value))
    case .address(let address): return .value(address)
    case .block(let block):
      return .bytes(
        try understood { () throws(DWARFError) in
          var cursor = try sections.cursor(.info, at: block.lowerBound)
          return Array(try cursor.part(block.upperBound - block.lowerBound).rest)
        })
    case .inlineString, .string, .stringIndex:
      let text = try understood { () throws(DWARFError) in try entry.unit.string(value) }
      return .bytes(Array((text ?? "").utf8) + [0])
    default: throw .notUnderstood(.wrongForm(entry.place, DWARFAttribute.constantValue))
    }
  }

  private func understood<Value>(_ read: () throws(DWARFError) -> Value) throws(Unavailable) -> Value {
    do throws(DWARFError) { return try read() } catch { throw .notUnderstood(error) }
  }
}
