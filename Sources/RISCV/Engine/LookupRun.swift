/// What translated code has at each lookup of a computed address, and wherever it reaches its context: registers that go there, the
/// place in a table that an address hashes to, and what lies there. Each is one look into the TLB, or two.
enum LookupRun {
  static let all = [
    OperationRun(
      "lookUp", "LookupRun",
      ["hsv.d", "addi", "hsv.d", "addi", "andi", "slli", "srli", "bseti", "hlv.d", "bne"]
        + ["slli", "srli", "bseti", "addi", "hlv.d", "addi", "hlv.d"], isBeforeJump: true),
    OperationRun("spillTwo", "LookupRun", ["hsv.d", "addi", "hsv.d"]),
    OperationRun("loadHashed", "LookupRun", ["slli", "srli", "bseti", "hlv.d"]),
    OperationRun("loadBehindHashed", "LookupRun", ["slli", "srli", "bseti", "addi", "hlv.d", "addi", "hlv.d"]),
    OperationRun("loadSlot", "LookupRun", ["addi", "hlv.d"]),
    OperationRun("storeSlot", "LookupRun", ["addi", "hsv.d"]),
    OperationRun("loadLent", "LookupRun", ["hlv.d"]),
    OperationRun("storeLent", "LookupRun", ["hsv.d"]),
  ]

  /// The run that starts at `op`, and its length; nil where there is none before `last`.
  static func code(at op: BlockCache.Block, end last: BlockCache.Block) -> (OperationCode, count: Int)? {
    switch op.pointee.code {
    case .hsvD:
      let register = op.pointee.rs2
      guard has(op, last, [.hsvD, .addi, .hsvD]), op.pointee.rs1 == 0, isConstant(op[1]), op[1].rd == register,
        op[2].rs1 == register, op[2].rs2 != register
      else { return (.storeLent, 1) }
      return isLookup(op, last) ? (.lookUp, 17) : (.spillTwo, 3)
    case .slli:
      if isHashed(op, last) { return (.loadHashed, 4) }
      return isBehindHashed(op, last) ? (.loadBehindHashed, 7) : nil
    case .addi:
      guard op + 2 <= last, op[1].rs1 == op.pointee.rd else { return nil }
      return op[1].code == .hlvD ? (.loadSlot, 2) : op[1].code == .hsvD ? (.storeSlot, 2) : nil
    case .hlvD: return (.loadLent, 1)
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
  /// A word from where the bits of an address say, into the register of the address.
  private static func isHashed(_ op: BlockCache.Block, _ last: BlockCache.Block) -> Bool {
    has(op, last, [.slli, .srli, .bseti, .hlvD]) && (1...3).allSatisfy { worksOn(op.pointee.rd, op[$0]) }
  }
  /// The word behind it, and one from a known place into another register.
  private static func isBehindHashed(_ op: BlockCache.Block, _ last: BlockCache.Block) -> Bool {
    has(op, last, [.slli, .srli, .bseti, .addi, .hlvD, .addi, .hlvD])
      && (1...4).allSatisfy { worksOn(op.pointee.rd, op[$0]) }
      && isConstant(op[5]) && op[5].rd != op.pointee.rd && worksOn(op[5].rd, op[6])
  }

  /// All that is before the jump: two registers are spilled, the address made in the first is compared with a word that it hashes to, and
  /// takes the one behind; the second gets its value back.
  private static func isLookup(_ op: BlockCache.Block, _ last: BlockCache.Block) -> Bool {
    let (first, second) = (op.pointee.rs2, op[2].rs2)
    guard op + 17 == last, last.pointee.code == .jalr, last.pointee.rs1 == first,
      last.pointee.rd == DecodedOperation.sink,
      op[3].code == .addi, op[3].rd == first, op[3].rs1 != first,
      op[4].code == .andi, worksOn(first, op[4]), op[4].imm == -2,
      isHashed(op + 5, last), op[5].rs1 == first, op[5].rd == second, second != DecodedOperation.sink,
      op[9].code == .check, op[9].rs1 == second, op[9].rs2 == first,
      isBehindHashed(op + 10, last), op[10].rs1 == first, op[10].rd == first, op[13].imm == 8,
      op[15].rd == second, op[15].imm == op[1].imm
    else { return false }
    // The words hash alike, an even address to a multiple of 16: the word behind lies in the same page.
    return (0..<3).allSatisfy { op[5 + $0].imm == op[10 + $0].imm } && op[5].imm - op[6].imm >= 3 && op[7].imm >= 4
  }

  @inline(__always)
  static func lookUp(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let target = (h.rs1(op[3]) &+ UInt64(bitPattern: op[3].imm)) & ~1
    let place = hash(target, op + 5)
    guard let (context, tag) = h.lentEntry(0), context.pointee.storeTag == tag, context.pointee.loadTag == tag,
      let table = loadable(h, place)
    else { return false }
    let entry = HartPointer.host(table &+ place)
    guard entry.load(as: UInt64.self) == target else { return false }
    HartPointer.host(context.pointee.addend).storeBytes(of: h.rs2(op[0]), as: UInt64.self)
    HartPointer.host(context.pointee.addend &+ UInt64(bitPattern: op[1].imm))
      .storeBytes(of: h.rs2(op[2]), as: UInt64.self)
    h.rd(op[14], entry.load(fromByteOffset: 8, as: UInt64.self))
    return true
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

  @inline(__always)
  static func loadHashed(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    load(h, op[3], hash(h.rs1(op[0]), op))
  }

  @inline(__always)
  static func loadBehindHashed(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let place = hash(h.rs1(op[0]), op) &+ UInt64(bitPattern: op[3].imm)
    let slot = UInt64(bitPattern: op[5].imm)
    guard let first = loadable(h, place), let second = loadable(h, slot) else { return false }
    h.rd(op[4], HartPointer.host(first &+ place).load(as: UInt64.self))
    h.rd(op[6], HartPointer.host(second &+ slot).load(as: UInt64.self))
    return true
  }

  @inline(__always)
  static func loadSlot(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let address = h.rs1(op[0]) &+ UInt64(bitPattern: op[0].imm)
    guard let addend = loadable(h, address) else { return false }
    h.rd(op[0], address)
    h.rd(op[1], HartPointer.host(addend &+ address).load(as: UInt64.self))
    return true
  }

  @inline(__always)
  static func storeSlot(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let address = h.rs1(op[0]) &+ UInt64(bitPattern: op[0].imm)
    guard let addend = storable(h, address) else { return false }
    h.rd(op[0], address)
    // The value may be the address.
    HartPointer.host(addend &+ address).storeBytes(of: h.rs2(op[1]), as: UInt64.self)
    return true
  }

  @inline(__always)
  static func loadLent(_ h: HartPointer, _ op: BlockCache.Block) -> Bool { load(h, op[0], h.rs1(op[0])) }

  @inline(__always)
  static func storeLent(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let address = h.rs1(op[0])
    guard let addend = storable(h, address) else { return false }
    HartPointer.host(addend &+ address).storeBytes(of: h.rs2(op[0]), as: UInt64.self)
    return true
  }

  @inline(__always)
  private static func hash(_ address: UInt64, _ op: BlockCache.Block) -> UInt64 {
    let (left, right) = (UInt64(bitPattern: op[0].imm), UInt64(bitPattern: op[1].imm))
    return (address &<< left) &>> right | 1 &<< UInt64(bitPattern: op[2].imm)
  }

  @inline(__always)
  private static func load(_ h: HartPointer, _ op: DecodedOperation, _ address: UInt64) -> Bool {
    guard let addend = loadable(h, address) else { return false }
    h.rd(op, HartPointer.host(addend &+ address).load(as: UInt64.self))
    return true
  }

  /// What to add to the address of a doubleword to reach host memory, where the TLB has it.
  @inline(__always)
  private static func loadable(_ h: HartPointer, _ address: UInt64) -> UInt64? {
    guard let (entry, tag) = h.lentEntry(address),
      entry.pointee.loadTag == address & HartPointer.tagMask(UInt64.self) | tag
    else { return nil }
    return entry.pointee.addend
  }
  @inline(__always)
  private static func storable(_ h: HartPointer, _ address: UInt64) -> UInt64? {
    guard let (entry, tag) = h.lentEntry(address),
      entry.pointee.storeTag == address & HartPointer.tagMask(UInt64.self) | tag
    else { return nil }
    return entry.pointee.addend
  }
}
