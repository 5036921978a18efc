/// What translated code has at each lookup of a computed address: registers that go to the context, the place in a table that an address
/// hashes to, and what lies there. Each is one look into the TLB.
enum LookupRun {
  static let all = [
    OperationRun("spillTwo", "LookupRun", ["hsv.d", "addi", "hsv.d"]),
    OperationRun("loadHashed", "LookupRun", ["slli", "srli", "bseti", "hlv.d"]),
    OperationRun("loadBehindHashed", "LookupRun", ["slli", "srli", "bseti", "addi", "hlv.d", "addi", "hlv.d"]),
  ]

  /// The run that starts at `op`, and its length; nil where there is none before `last`.
  static func code(at op: BlockCache.Block, end last: BlockCache.Block) -> (OperationCode, count: Int)? {
    switch op.pointee.code {
    case .hsvD:
      let register = op.pointee.rs2
      guard has(op, last, [.hsvD, .addi, .hsvD]), op.pointee.rs1 == 0, isConstant(op[1]), op[1].rd == register,
        op[2].rs1 == register, op[2].rs2 != register
      else { return nil }
      return (.spillTwo, 3)
    case .slli:
      let register = op.pointee.rd
      guard has(op, last, [.slli, .srli, .bseti]), worksOn(register, op[1]), worksOn(register, op[2]) else {
        return nil
      }
      if has(op + 3, last, [.hlvD]), worksOn(register, op[3]) { return (.loadHashed, 4) }
      guard has(op + 3, last, [.addi, .hlvD, .addi, .hlvD]), worksOn(register, op[3]), worksOn(register, op[4]),
        isConstant(op[5]), op[5].rd != register, worksOn(op[5].rd, op[6])
      else { return nil }
      return (.loadBehindHashed, 7)
    default: return nil
    }
  }

  private static func has(_ op: BlockCache.Block, _ last: BlockCache.Block, _ codes: [OperationCode]) -> Bool {
    op + codes.count <= last && codes.indices.allSatisfy { op[$0].code == codes[$0] }
  }
  private static func worksOn(_ register: UInt8, _ op: DecodedOperation) -> Bool {
    op.rd == register && op.rs1 == register && register != DecodedOperation.sink
  }
  /// It makes a small address of a doubleword.
  private static func isConstant(_ op: DecodedOperation) -> Bool {
    op.rs1 == 0 && op.rd != DecodedOperation.sink && op.imm >= 0 && op.imm & 7 == 0
  }

  /// Two registers go to words of the first page; false, with nothing done, where that is not quick.
  @inline(__always)
  static func spillTwo(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    guard let (entry, tag) = h.lentEntry(0), entry.pointee.storeTag == tag else { return false }
    let second = UInt64(bitPattern: op[1].imm)
    HartPointer.host(entry.pointee.addend).storeBytes(of: h.rs2(op[0]), as: UInt64.self)
    HartPointer.host(entry.pointee.addend &+ second).storeBytes(of: h.rs2(op[2]), as: UInt64.self)
    h.rd(op[1], second)
    return true
  }

  /// A word from where the bits of an address say.
  @inline(__always)
  static func loadHashed(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    guard let value = doubleword(h, hash(h, op)) else { return false }
    h.rd(op[3], value)
    return true
  }

  /// The word behind it, and another one from a known place.
  @inline(__always)
  static func loadBehindHashed(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    guard let value = doubleword(h, hash(h, op) &+ UInt64(bitPattern: op[3].imm)),
      let other = doubleword(h, UInt64(bitPattern: op[5].imm))
    else { return false }
    h.rd(op[4], value)
    h.rd(op[6], other)
    return true
  }

  @inline(__always)
  private static func hash(_ h: HartPointer, _ op: BlockCache.Block) -> UInt64 {
    let (left, right) = (UInt64(bitPattern: op[0].imm), UInt64(bitPattern: op[1].imm))
    return (h.rs1(op[0]) &<< left) &>> right | 1 &<< UInt64(bitPattern: op[2].imm)
  }

  @inline(__always)
  private static func doubleword(_ h: HartPointer, _ address: UInt64) -> UInt64? {
    guard let (entry, tag) = h.lentEntry(address),
      entry.pointee.loadTag == address & HartPointer.tagMask(UInt64.self) | tag
    else { return nil }
    return HartPointer.host(entry.pointee.addend &+ address).load(as: UInt64.self)
  }
}
