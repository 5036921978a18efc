// "H" Extension: a guest's memory from outside, and fences of the two stages of translation.
extension Execute {
  // MARK: Loads and stores by the guest's translation, in the mode that hstatus.SPVP names

  /// M and HS may; U if `hstatus.HU` lets it; never a guest itself.
  @inline(__always) private static func requireHypervisorAccess(_ h: HartPointer) throws(Departure) {
    let mode = h.s.pointee.privilege
    if mode.isVirtual { throw .trap(Trap(.virtualInstruction)) }
    if mode == .user && h.s.pointee.hstatus & HypervisorStatus.hu == 0 { throw .trap(Trap(.illegalInstruction)) }
  }

  @inline(__always) private static func guestLoad<Value: FixedWidthInteger & UnsignedInteger>(
    _ h: HartPointer, _ op: Op, as type: Value.Type, needsExecute: Bool = false
  ) throws(Departure) -> Value {
    let address = h.rs1(op)
    if !needsExecute, let (entry, tag) = h.lentEntry(address),
      entry.pointee.loadTag == address & HartPointer.tagMask(type) | tag
    {
      return HartPointer.host(entry.pointee.addend &+ address).load(as: Value.self)
    }
    try requireHypervisorAccess(h)
    return try h.withGuestAccess(needsExecute: needsExecute) { () throws(Departure) in try h.load(address, as: type) }
  }

  @inline(__always) private static func guestStore<Value: FixedWidthInteger & UnsignedInteger>(
    _ h: HartPointer, _ op: Op, _ value: Value
  ) throws(Departure) {
    let address = h.rs1(op)
    if let (entry, tag) = h.lentEntry(address),
      entry.pointee.storeTag == address & HartPointer.tagMask(Value.self) | tag
    {
      HartPointer.host(entry.pointee.addend &+ address).storeBytes(of: value, as: Value.self)
      return
    }
    try requireHypervisorAccess(h)
    try h.withGuestAccess { () throws(Departure) in try h.store(value, to: address) }
  }

  @inline(never) static func hlvB(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(bitPattern: Int64(Int8(bitPattern: try guestLoad(h, op, as: UInt8.self)))))
  }
  @inline(never) static func hlvBu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try guestLoad(h, op, as: UInt8.self)))
  }
  @inline(never) static func hlvH(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(bitPattern: Int64(Int16(bitPattern: try guestLoad(h, op, as: UInt16.self)))))
  }
  @inline(never) static func hlvHu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try guestLoad(h, op, as: UInt16.self)))
  }
  @inline(never) static func hlvxHu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try guestLoad(h, op, as: UInt16.self, needsExecute: true)))
  }
  @inline(never) static func hlvW(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, word: try guestLoad(h, op, as: UInt32.self))
  }
  @inline(never) static func hlvWu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try guestLoad(h, op, as: UInt32.self)))
  }
  @inline(never) static func hlvxWu(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, UInt64(try guestLoad(h, op, as: UInt32.self, needsExecute: true)))
  }
  @inline(never) static func hlvD(_ h: HartPointer, _ op: Op) throws(Departure) {
    h.rd(op, try guestLoad(h, op, as: UInt64.self))
  }
  @inline(never) static func hsvB(_ h: HartPointer, _ op: Op) throws(Departure) {
    try guestStore(h, op, UInt8(truncatingIfNeeded: h.rs2(op)))
  }
  @inline(never) static func hsvH(_ h: HartPointer, _ op: Op) throws(Departure) {
    try guestStore(h, op, UInt16(truncatingIfNeeded: h.rs2(op)))
  }
  @inline(never) static func hsvW(_ h: HartPointer, _ op: Op) throws(Departure) {
    try guestStore(h, op, UInt32(truncatingIfNeeded: h.rs2(op)))
  }
  @inline(never) static func hsvD(_ h: HartPointer, _ op: Op) throws(Departure) { try guestStore(h, op, h.rs2(op)) }

  // MARK: Fences

  /// M and HS may fence; the G-stage not in HS while `mstatus.TVM` is set.
  private static func requireFence(_ h: HartPointer, guestStage: Bool) throws(Departure) {
    let mode = h.s.pointee.privilege
    if mode.isVirtual { throw .trap(Trap(.virtualInstruction)) }
    if mode == .user || (guestStage && mode == .supervisor && h.s.pointee.mstatus & Status.tvm != 0) {
      throw .trap(Trap(.illegalInstruction))
    }
  }

  static func hfenceVvma(_ h: HartPointer, _ op: Op) throws(Departure) {
    try requireFence(h, guestStage: false)
    h.fence(
      .guest(vmid: h.runningVMID), address: op.rs1 == 0 ? nil : h.rs1(op),
      asid: op.rs2 == 0 ? nil : UInt16(truncatingIfNeeded: h.rs2(op)))
  }

  static func hfenceGvma(_ h: HartPointer, _ op: Op) throws(Departure) {
    try requireFence(h, guestStage: true)
    // Entries are found by guest-virtual addresses; a fence of one guest-physical page may forget more, and does.
    h.fence(
      .guestStage(vmid: op.rs2 == 0 ? nil : UInt16(truncatingIfNeeded: h.rs2(op) & 0x3fff)), address: nil, asid: nil)
  }

  static func hinvalVvma(_ h: HartPointer, _ op: Op) throws(Departure) { try hfenceVvma(h, op) }
  static func hinvalGvma(_ h: HartPointer, _ op: Op) throws(Departure) { try hfenceGvma(h, op) }
}

extension HartPointer {
  /// The VMID that `hgatp` names; translations of a guest without G-stage are kept as those of VMID 0.
  var runningVMID: UInt16 {
    let hgatp = s.pointee.hgatp
    return hgatp >> 60 == 0 ? 0 : UInt16(truncatingIfNeeded: hgatp >> 44 & 0x3fff)
  }

  /// What `mtinst` or `htinst` gets for a guest-page fault of a load or store at `pc`: the instruction as it would stand in
  /// 32 bits, with the offset of the fault within the access in place of `rs1`; zero for what has no such form ("H"
  /// Extension, "Transformed Instruction or Pseudoinstruction for mtinst or htinst").
  func transformedInstruction(_ trap: Trap) -> UInt32 {
    guard let bits = fetchedBits(at: s.pointee.pc), let decoded = InstructionSet.shared.decode(bits) else { return 0 }
    let encoding = InstructionSet.shared.encodings[decoded.index]
    let fields = decoded.fields
    var result: UInt32
    switch encoding.match & 0x7f {
    case 0x03, 0x07: result = encoding.match | UInt32(fields.rd) << 7
    case 0x23, 0x27: result = encoding.match | UInt32(fields.rs2) << 20
    case 0x2f, 0x73: result = bits & ~(31 << 15)
    default: return 0
    }
    let start =
      x[Int(fields.rs1)] &+ ([0x2f, 0x73].contains(encoding.match & 0x7f) ? 0 : UInt64(bitPattern: fields.imm))
    result |= UInt32(truncatingIfNeeded: trap.value &- start) & 31 << 15
    return decoded.length == 2 ? result & ~2 : result
  }
}
