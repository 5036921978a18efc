/// CSR accesses that the block loop does in place, without ending the block: to registers that are nothing but storage, and
/// to the status registers as far as they change neither translation nor what interrupt comes next.
///
/// All that the access needs is put into the operation's immediate when its block is built: the register's place in
/// ``HartState``, that of the VS register that stands in for it in a guest, and the modes that may access it.
/// What is unusual departs to the step path.
enum PlainCSR {
  private struct Register {
    var field: PartialKeyPath<HartState> & Sendable
    /// The field in VS-mode; nil where that mode has no register of the name.
    var guestField: (PartialKeyPath<HartState> & Sendable)?
    /// Bits that cannot be set, of the lowest three.
    var zeros: Int64 = 0
    var isStatus = false
  }

  private static let registers: [CSR: Register] = [
    .sscratch: Register(field: \HartState.sscratch, guestField: \HartState.vsscratch),
    .sepc: Register(field: \HartState.sepc, guestField: \HartState.vsepc, zeros: 1),
    .scause: Register(field: \HartState.scause, guestField: \HartState.vscause),
    .stval: Register(field: \HartState.stval, guestField: \HartState.vstval),
    .sstatus: Register(field: \HartState.mstatus, guestField: \HartState.vsstatus, isStatus: true),
    .mscratch: Register(field: \HartState.mscratch),
    .mepc: Register(field: \HartState.mepc, zeros: 1),
    .mcause: Register(field: \HartState.mcause),
    .mtval: Register(field: \HartState.mtval),
    .mstatus: Register(field: \HartState.mstatus, isStatus: true),
  ]

  // What the immediate holds: the CSR's number in bits 11 to 0, then:
  private static let zerosShift: Int64 = 12
  private static let isImmediate: Int64 = 1 << 15
  private static let offsetShift: Int64 = 16
  private static let guestOffsetShift: Int64 = 32
  private static let modesShift: Int64 = 48

  /// The operation in the form that stays in its block; unchanged where there is none.
  static func inPlace(_ operation: DecodedOperation) -> DecodedOperation {
    guard isAccess(operation.code), let csr = CSR(rawValue: UInt16(truncatingIfNeeded: operation.imm)),
      let register = registers[csr]
    else { return operation }
    var result = operation
    result.code = code(operation, register)
    let isMachine = csr.rawValue >> 8 & 3 == 3
    var modes: Int64 = 1 << Int64(PrivilegeMode.machine.rawValue)
    if !isMachine { modes |= 1 << Int64(PrivilegeMode.supervisor.rawValue) }
    if register.guestField != nil { modes |= 1 << Int64(PrivilegeMode.virtualSupervisor.rawValue) }
    let takesImmediate = [.csrrwi, .csrrsi, .csrrci].contains(operation.code)
    result.imm =
      Int64(csr.rawValue) | register.zeros << zerosShift | (takesImmediate ? isImmediate : 0)
      | offset(register.field) << offsetShift | (register.guestField.map(offset) ?? 0) << guestOffsetShift
      | modes << modesShift
    return result
  }

  private static func offset(_ field: PartialKeyPath<HartState>) -> Int64 {
    Int64(MemoryLayout<HartState>.offset(of: field)!)
  }

  private static func isAccess(_ code: OperationCode) -> Bool {
    switch code {
    case .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci: true
    default: false
    }
  }

  private static func code(_ operation: DecodedOperation, _ register: Register) -> OperationCode {
    switch operation.code {
    case .csrrw, .csrrwi: return register.isStatus ? .statusWrite : .plainWrite
    case _ where operation.rs1 == 0: return register.isStatus ? .statusRead : .plainRead
    case .csrrs, .csrrsi: return register.isStatus ? .statusSet : .plainSet
    default: return register.isStatus ? .statusClear : .plainClear
    }
  }

  // MARK: In the loop

  /// The register's storage for the running mode; departs where the mode may not access it, or accesses are observed.
  @inline(__always)
  private static func place(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) -> UnsafeMutablePointer<UInt64>
  {
    let mode = Int64(h.s.pointee.plainCSRMode)
    guard op.imm &>> (modesShift &+ mode) & 1 != 0 else { throw .step }
    h.s.pointee.csrAccesses &+= 1
    let offset = (mode & 4 == 0 ? op.imm &>> offsetShift : op.imm &>> guestOffsetShift) & 0xffff
    // SAFETY: the offset is that of a field of 64 bits.
    return (UnsafeMutableRawPointer(h.s) + Int(offset)).assumingMemoryBound(to: UInt64.self)
  }

  @inline(__always)
  private static func operand(_ h: HartPointer, _ op: DecodedOperation) -> UInt64 {
    op.imm & isImmediate != 0 ? UInt64(op.rs1) : h.rs1(op)
  }

  @inline(__always)
  private static func update(
    _ h: HartPointer, _ op: DecodedOperation, _ combine: (UInt64, UInt64) -> UInt64
  ) throws(Departure) {
    let place = try place(h, op)
    h.s.pointee.csrWrites &+= 1
    let old = place.pointee
    place.pointee = combine(old, operand(h, op)) & ~UInt64(truncatingIfNeeded: op.imm &>> zerosShift & 7)
    h.rd(op, old)
  }

  @inline(__always) static func plainRead(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    h.rd(op, try place(h, op).pointee)
  }
  @inline(__always) static func plainWrite(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    try update(h, op) { $1 }
  }
  @inline(__always) static func plainSet(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    try update(h, op) { $0 | $1 }
  }
  @inline(__always) static func plainClear(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    try update(h, op) { $0 & ~$1 }
  }

  // MARK: Status registers

  // What may change in place: nothing that translation depends on, and interrupts only while none is pending.
  private static let supervisorChanges: UInt64 = Status.sie | Status.spie | Status.spp | Status.fs
  private static let machineChanges: UInt64 = supervisorChanges | Status.mie | Status.mpie

  @inline(__always)
  private static func isMachine(_ op: DecodedOperation) -> Bool { op.imm & 0xfff == Int64(CSR.mstatus.rawValue) }

  @inline(__always)
  private static func updateStatus(
    _ h: HartPointer, _ op: DecodedOperation, _ combine: (UInt64, UInt64) -> UInt64
  ) throws(Departure) {
    let place = try place(h, op)
    let old = HartPointer.status(place.pointee, isMachine: isMachine(op))
    let changes = old ^ combine(old, operand(h, op))
    guard h.s.pointee.mip & h.s.pointee.mie == 0, changes & ~(isMachine(op) ? machineChanges : supervisorChanges) == 0
    else {
      // The step path counts it again.
      h.s.pointee.csrAccesses &-= 1
      throw .step
    }
    h.s.pointee.csrWrites &+= 1
    place.pointee ^= changes
    h.rd(op, old)
  }

  @inline(__always) static func statusRead(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    h.rd(op, HartPointer.status(try place(h, op).pointee, isMachine: isMachine(op)))
  }
  @inline(__always) static func statusWrite(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    try updateStatus(h, op) { $1 }
  }
  @inline(__always) static func statusSet(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    try updateStatus(h, op) { $0 | $1 }
  }
  @inline(__always) static func statusClear(_ h: HartPointer, _ op: DecodedOperation) throws(Departure) {
    try updateStatus(h, op) { $0 & ~$1 }
  }

  /// The operations, in the words of the generated loop.
  static let codes = [
    "plainRead", "plainWrite", "plainSet", "plainClear", "statusRead", "statusWrite", "statusSet", "statusClear",
  ]
}
