/// Loads or stores of doublewords one after the other from the same base register, as copying, entering and leaving functions
/// have them: where they all lie in one page, one look into the TLB serves two or four.
///
enum AccessRun {
  static let all = [
    OperationRun("doubleLoads4", "AccessRun", ["ld", "ld", "ld", "ld"]),
    OperationRun("doubleLoads2", "AccessRun", ["ld", "ld"]),
    OperationRun("doubleStores4", "AccessRun", ["sd", "sd", "sd", "sd"]),
    OperationRun("doubleStores2", "AccessRun", ["sd", "sd"]),
  ]

  /// The code of the run that starts at `op`, and its length; nil where there is none before `last`.
  static func code(at op: BlockCache.Block, end last: BlockCache.Block) -> (OperationCode, count: Int)? {
    let code = op.pointee.code
    guard code == .ld || code == .sd else { return nil }
    var count = 1
    // A load into the base register ends a run: what follows has another base.
    while count < 4, op + count < last, op[count].code == code, op[count].rs1 == op.pointee.rs1,
      code == .sd || op[count - 1].rd != op.pointee.rs1
    {
      count += 1
    }
    if count == 4 { return (code == .ld ? .doubleLoads4 : .doubleStores4, 4) }
    return count >= 2 ? (code == .ld ? .doubleLoads2 : .doubleStores2, 2) : nil
  }

  @inline(__always)
  private static func address(_ h: HartPointer, _ op: BlockCache.Block, _ index: Int) -> UInt64 {
    h.rs1(op.pointee) &+ UInt64(bitPattern: op[index].imm)
  }

  /// Two loads; false, with nothing done, where they are not two aligned ones in one page that the TLB has.
  @inline(__always)
  static func doubleLoads2(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let (first, second) = (address(h, op, 0), address(h, op, 1))
    guard (first ^ second) &>> 12 == 0, let offset = h.hostOffset(first, first | second, .load) else { return false }
    h.rd(op[0], HartPointer.host(offset &+ first).load(as: UInt64.self))
    h.rd(op[1], HartPointer.host(offset &+ second).load(as: UInt64.self))
    return true
  }

  @inline(__always)
  static func doubleLoads4(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let (first, second) = (address(h, op, 0), address(h, op, 1))
    let (third, fourth) = (address(h, op, 2), address(h, op, 3))
    guard ((first ^ second) | (first ^ third) | (first ^ fourth)) &>> 12 == 0,
      let offset = h.hostOffset(first, first | second | third | fourth, .load)
    else { return false }
    h.rd(op[0], HartPointer.host(offset &+ first).load(as: UInt64.self))
    h.rd(op[1], HartPointer.host(offset &+ second).load(as: UInt64.self))
    h.rd(op[2], HartPointer.host(offset &+ third).load(as: UInt64.self))
    h.rd(op[3], HartPointer.host(offset &+ fourth).load(as: UInt64.self))
    return true
  }

  @inline(__always)
  static func doubleStores2(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let (first, second) = (address(h, op, 0), address(h, op, 1))
    guard (first ^ second) &>> 12 == 0, let offset = h.hostOffset(first, first | second, .store) else { return false }
    HartPointer.host(offset &+ first).storeBytes(of: h.rs2(op[0]), as: UInt64.self)
    HartPointer.host(offset &+ second).storeBytes(of: h.rs2(op[1]), as: UInt64.self)
    return true
  }

  @inline(__always)
  static func doubleStores4(_ h: HartPointer, _ op: BlockCache.Block) -> Bool {
    let (first, second) = (address(h, op, 0), address(h, op, 1))
    let (third, fourth) = (address(h, op, 2), address(h, op, 3))
    guard ((first ^ second) | (first ^ third) | (first ^ fourth)) &>> 12 == 0,
      let offset = h.hostOffset(first, first | second | third | fourth, .store)
    else { return false }
    HartPointer.host(offset &+ first).storeBytes(of: h.rs2(op[0]), as: UInt64.self)
    HartPointer.host(offset &+ second).storeBytes(of: h.rs2(op[1]), as: UInt64.self)
    HartPointer.host(offset &+ third).storeBytes(of: h.rs2(op[2]), as: UInt64.self)
    HartPointer.host(offset &+ fourth).storeBytes(of: h.rs2(op[3]), as: UInt64.self)
    return true
  }
}

extension HartPointer {
  /// What to add to addresses in the page of `address` to reach host memory, where the TLB has it for aligned doublewords;
  /// `bits` holds the low bits of all of them.
  @inline(__always)
  fileprivate func hostOffset(_ address: UInt64, _ bits: UInt64, _ kind: AccessKind) -> UInt64? {
    let index = ((address &>> 12) ^ s.pointee.dataHash) & UInt64(TranslationCache.dataCount - 1)
    let entry = tlb + Int(truncatingIfNeeded: index)
    let tag = kind == .load ? entry.pointee.loadTag : entry.pointee.storeTag
    return tag == address & ~0xfff | bits & 7 | s.pointee.fastTag ? entry.pointee.addend : nil
  }
}
