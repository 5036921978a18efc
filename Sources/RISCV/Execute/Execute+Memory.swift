// Loads, stores and atomic accesses.
extension Execute {
  @inline(__always) private static func address(_ h: HartPointer, _ op: Op) -> UInt64 {
    h.rs1(op) &+ UInt64(bitPattern: op.imm)
  }

  @inline(__always) static func lb(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(bitPattern: Int64(Int8(bitPattern: try h.load(address(h, op), as: UInt8.self)))))
  }
  @inline(__always) static func lh(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(bitPattern: Int64(Int16(bitPattern: try h.load(address(h, op), as: UInt16.self)))))
  }
  @inline(__always) static func lw(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, word: try h.load(address(h, op), as: UInt32.self))
  }
  @inline(__always) static func ld(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, try h.load(address(h, op), as: UInt64.self))
  }
  @inline(__always) static func lbu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try h.load(address(h, op), as: UInt8.self)))
  }
  @inline(__always) static func lhu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try h.load(address(h, op), as: UInt16.self)))
  }
  @inline(__always) static func lwu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try h.load(address(h, op), as: UInt32.self)))
  }
  @inline(__always) static func sb(_ h: HartPointer, _ op: Op) throws(Departure) {
    try h.store(UInt8(truncatingIfNeeded: h.rs2(op)), to: address(h, op))
  }
  @inline(__always) static func sh(_ h: HartPointer, _ op: Op) throws(Departure) {
    try h.store(UInt16(truncatingIfNeeded: h.rs2(op)), to: address(h, op))
  }
  @inline(__always) static func sw(_ h: HartPointer, _ op: Op) throws(Departure) {
    try h.store(low(h.rs2(op)), to: address(h, op))
  }
  @inline(__always) static func sd(_ h: HartPointer, _ op: Op) throws(Departure) {
    try h.store(h.rs2(op), to: address(h, op))
  }

  // MARK: Load-reserved and store-conditional

  @inline(__always) private static func reserve<Value: FixedWidthInteger>(
    _ h: HartPointer, _ op: Op, as type: Value.Type
  ) throws(Departure) -> Value {
    let address = h.rs1(op)
    let place = try h.pointer(address, .load, as: type)
    let value = place.pointee
    h.s.pointee.reservation = UInt64(UInt(bitPattern: place))
    h.s.pointee.reservationEpoch = h.memory.foreignStores.pointee
    if h.s.pointee.isStepping { noteAtomic(h, address, .load, old: value, new: value) }
    return value
  }

  /// Whether the store was done. The reservation is gone in any case.
  @inline(__always) private static func storeConditional<Value: FixedWidthInteger>(
    _ h: HartPointer, _ op: Op, _ value: Value
  ) throws(Departure) -> Bool {
    let address = h.rs1(op)
    let place = try h.pointer(address, .store, as: Value.self)
    let holds =
      h.s.pointee.reservation == UInt64(UInt(bitPattern: place))
      && h.s.pointee.reservationEpoch == h.memory.foreignStores.pointee
    h.s.pointee.reservation = 0
    guard holds else { return false }
    let old = place.pointee
    place.pointee = value
    if h.s.pointee.isStepping { noteAtomic(h, address, .store, old: old, new: value) }
    return true
  }

  @inline(never) private static func noteAtomic<Value: FixedWidthInteger>(
    _ h: HartPointer, _ address: UInt64, _ kind: EventRecord.Kind, old: Value, new: Value
  ) {
    h.noteAtomic(
      address, kind, AccessWidth(rawValue: UInt8(MemoryLayout<Value>.size))!,
      old: UInt64(truncatingIfNeeded: old), new: UInt64(truncatingIfNeeded: new))
  }

  @inline(__always) static func lrW(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, word: try reserve(h, op, as: UInt32.self))
  }
  @inline(__always) static func lrD(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, try reserve(h, op, as: UInt64.self))
  }
  @inline(__always) static func scW(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, try storeConditional(h, op, low(h.rs2(op))) ? 0 : 1)
  }
  @inline(__always) static func scD(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, try storeConditional(h, op, h.rs2(op)) ? 0 : 1)
  }

  // MARK: Atomic memory operations

  @inline(__always) private static func update<Value: FixedWidthInteger>(
    _ h: HartPointer, _ op: Op, as type: Value.Type, _ combine: (Value, Value) -> Value
  ) throws(Departure) -> Value {
    let address = h.rs1(op)
    let place = try h.pointer(address, .store, as: type)
    let old = place.pointee
    let new = combine(old, Value(truncatingIfNeeded: h.rs2(op)))
    place.pointee = new
    if h.s.pointee.isStepping { noteAtomic(h, address, .update, old: old, new: new) }
    return old
  }

  @inline(__always) private static func word(
    _ h: HartPointer, _ op: Op, _ combine: (UInt32, UInt32) -> UInt32
  ) throws(Departure) { h.rd(op, word: try update(h, op, as: UInt32.self, combine)) }
  @inline(__always) private static func signedWord(
    _ h: HartPointer, _ op: Op, _ combine: (Int32, Int32) -> Int32
  ) throws(Departure) { h.rd(op, word: UInt32(bitPattern: try update(h, op, as: Int32.self, combine))) }
  @inline(__always) private static func double(
    _ h: HartPointer, _ op: Op, _ combine: (UInt64, UInt64) -> UInt64
  ) throws(Departure) { h.rd(op, try update(h, op, as: UInt64.self, combine)) }
  @inline(__always) private static func signedDouble(
    _ h: HartPointer, _ op: Op, _ combine: (Int64, Int64) -> Int64
  ) throws(Departure) { h.rd(op, UInt64(bitPattern: try update(h, op, as: Int64.self, combine))) }

  @inline(__always) static func amoswapW(_ h: HartPointer, _ op: Op) throws(Departure) { try word(h, op) { $1 } }
  @inline(__always) static func amoaddW(_ h: HartPointer, _ op: Op) throws(Departure) { try word(h, op) { $0 &+ $1 } }
  @inline(__always) static func amoxorW(_ h: HartPointer, _ op: Op) throws(Departure) { try word(h, op) { $0 ^ $1 } }
  @inline(__always) static func amoandW(_ h: HartPointer, _ op: Op) throws(Departure) { try word(h, op) { $0 & $1 } }
  @inline(__always) static func amoorW(_ h: HartPointer, _ op: Op) throws(Departure) { try word(h, op) { $0 | $1 } }
  @inline(__always) static func amominW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try signedWord(h, op) { $0 < $1 ? $0 : $1 }
  }
  @inline(__always) static func amomaxW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try signedWord(h, op) { $0 < $1 ? $1 : $0 }
  }
  @inline(__always) static func amominuW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try word(h, op) { $0 < $1 ? $0 : $1 }
  }
  @inline(__always) static func amomaxuW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try word(h, op) { $0 < $1 ? $1 : $0 }
  }
  @inline(__always) static func amoswapD(_ h: HartPointer, _ op: Op) throws(Departure) { try double(h, op) { $1 } }
  @inline(__always) static func amoaddD(_ h: HartPointer, _ op: Op) throws(Departure) { try double(h, op) { $0 &+ $1 } }
  @inline(__always) static func amoxorD(_ h: HartPointer, _ op: Op) throws(Departure) { try double(h, op) { $0 ^ $1 } }
  @inline(__always) static func amoandD(_ h: HartPointer, _ op: Op) throws(Departure) { try double(h, op) { $0 & $1 } }
  @inline(__always) static func amoorD(_ h: HartPointer, _ op: Op) throws(Departure) { try double(h, op) { $0 | $1 } }
  @inline(__always) static func amominD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try signedDouble(h, op) { $0 < $1 ? $0 : $1 }
  }
  @inline(__always) static func amomaxD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try signedDouble(h, op) { $0 < $1 ? $1 : $0 }
  }
  @inline(__always) static func amominuD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try double(h, op) { $0 < $1 ? $0 : $1 }
  }
  @inline(__always) static func amomaxuD(_ h: HartPointer, _ op: Op) throws(Departure) {
    try double(h, op) { $0 < $1 ? $1 : $0 }
  }

  // MARK: Cache blocks. There are no caches to manage, but the rights are checked.

  private static let blockSize: UInt64 = 64

  /// Checks that the environment configuration of every mode above allows the operation.
  private static func requireEnvironment(_ h: HartPointer, _ bit: UInt64) throws(Departure) {
    let privilege = h.s.pointee.privilege
    if privilege == .machine { return }
    if h.s.pointee.menvcfg & bit == 0 { throw .trap(Trap(.illegalInstruction)) }
    if privilege.isVirtual && h.s.pointee.henvcfg & bit == 0 { throw .trap(Trap(.virtualInstruction)) }
    if privilege.level == 0 && h.s.pointee.senvcfg & bit == 0 {
      throw .trap(Trap(privilege.isVirtual ? .virtualInstruction : .illegalInstruction))
    }
  }

  /// Cache management needs a block of RAM that may be loaded or stored; what faults, faults as a store.
  private static func manage(_ h: HartPointer, _ op: Op) throws(Departure) {
    let address = h.rs1(op)
    let physical: UInt64
    do {
      physical = try h.translate(address & ~(blockSize - 1), .load, blockSize)
    } catch .trap(let trap) {
      switch trap.cause {
      case .loadPageFault, .loadGuestPageFault:
        do { physical = try h.translate(address & ~(blockSize - 1), .store, blockSize) } catch .trap(var other) {
          other.value = address
          throw .trap(other)
        }
      default: throw .trap(Trap(.storeAccessFault, value: address))
      }
    }
    guard h.memory.contains(physical, count: blockSize) else { throw .trap(Trap(.storeAccessFault, value: address)) }
  }

  @inline(never) static func cboInval(_ h: HartPointer, _ op: Op) throws(Departure) {
    try requireEnvironment(h, MachineEnvironment.cbie)
    try manage(h, op)
  }
  @inline(never) static func cboClean(_ h: HartPointer, _ op: Op) throws(Departure) {
    try requireEnvironment(h, MachineEnvironment.cbcfe)
    try manage(h, op)
  }
  @inline(never) static func cboFlush(_ h: HartPointer, _ op: Op) throws(Departure) { try cboClean(h, op) }
  @inline(never) static func cboZero(_ h: HartPointer, _ op: Op) throws(Departure) {
    try requireEnvironment(h, MachineEnvironment.cbze)
    let address = h.rs1(op) & ~(blockSize - 1)
    let place: UnsafeMutableRawPointer
    do { place = try h.pointerSlow(address, .store, count: blockSize) } catch {
      guard case .trap(var trap) = error else { throw error }
      trap.value = h.rs1(op)
      throw .trap(trap)
    }
    for offset in stride(from: 0, to: Int(blockSize), by: 8) {
      let old = place.load(fromByteOffset: offset, as: UInt64.self)
      place.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
      if h.s.pointee.isStepping { noteAtomic(h, address &+ UInt64(offset), .store, old: old, new: 0) }
    }
  }
}
