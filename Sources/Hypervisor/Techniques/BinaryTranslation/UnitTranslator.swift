import RISCV

/// Makes the code of one unit. Nothing here knows where in the cache it will lie: all of it is relative.
///
/// Every register of the guest's keeps its place. What a sequence needs beyond that it takes from ``first`` and ``second``, whose
/// values wait in the context meanwhile, reached by `hlv` and `hsv`: `x0` addresses the context's first word.
package struct UnitTranslator {
  /// Instructions of the guest's in one unit at most (Adams and Agesen, ASPLOS 2006, section 3.1).
  static let longest = 12
  /// `t6` and `t5`.
  static let (first, second) = (31, 30)
  static let prologueSize = 4
  /// Room for a call of the monitor, or a jump to anywhere in the cache.
  static let stubSize = 12

  private(set) var guest: [TranslatedUnit.GuestInstruction] = []
  private(set) var code: [TranslatedUnit.HostInstruction] = []
  private(set) var stubs: [TranslatedUnit.Stub] = []
  /// What is written to the cache, in half-words, and a mark for each.
  private(set) var parcels: [UInt16] = []
  private(set) var marks: [TranslatedCode.Mark] = []
  var size: Int { parcels.count * 2 }

  private let pc: UInt64
  let mode: PrivilegeMode
  var place = TranslatedUnit.Place.at(0)
  var spilled: TranslatedUnit.Spilled = []
  /// The offset into its page of the guest's instruction whose first one is emitted next.
  private var beginning: UInt16?
  /// What the instruction before has put into a register, where it is known: compilers call what is far with `auipc` and `jalr`.
  private var known: (register: Int, value: UInt64)?
  /// Branches to calls of the monitor for instructions that cannot be done in line this time, and those instructions.
  var retreats: [(site: Int, place: TranslatedUnit.Place)] = []

  // MARK: A unit of the guest's

  /// - Parameters:
  ///   - fetch: the encoding at an offset into the page; nil where it reaches beyond.
  ///   - isAdapted: the instruction at an offset is to call the monitor though it need not.
  init(pc: UInt64, mode: PrivilegeMode, fetch: (Int) -> UInt32?, isAdapted: (Int) -> Bool) {
    (self.pc, self.mode) = (pc, mode)
    guest.reserveCapacity(Self.longest)
    code.reserveCapacity(2 * Self.longest)
    parcels.reserveCapacity(4 * Self.longest)
    marks.reserveCapacity(4 * Self.longest)
    emitPrologue(.at(0))
    var offset = Int(pc & 0xfff)
    var isOpen = true
    while isOpen {
      guard guest.count < Self.longest, let bits = fetch(offset) else {
        leave(to: address(ofOffset: offset))
        break
      }
      let length = bits & 3 == 3 ? 4 : 2
      guest.append(
        .init(
          bits: bits, offset: UInt16(offset - Int(pc & 0xfff)), length: UInt8(length), start: UInt16(self.size)))
      place = .at(guest.count - 1)
      beginning = UInt16(offset)
      if isAdapted(offset) {
        emit(Self.ecall(), .adapted)
      } else {
        isOpen = translate(bits, address(ofOffset: offset), length)
      }
      offset += length
    }
    emitRetreats()
    emitStubs()
  }

  private func address(ofOffset offset: Int) -> UInt64 { pc & ~0xfff &+ UInt64(offset) }

  /// Translates one instruction. Whether the next one belongs to the unit, too.
  private mutating func translate(_ bits: UInt32, _ pc: UInt64, _ length: Int) -> Bool {
    guard let decoded = InstructionSet.shared.decode(bits) else {
      callOut()
      return false
    }
    let fields = decoded.fields
    let (flow, section) = (decoded.flow, decoded.section)
    let next = pc &+ UInt64(length)
    let known = known
    self.known = nil
    switch flow {
    case .next, .mayDepart:
      guard section.isUnprivileged else {
        callOut()
        return true
      }
      emit(bits, length: length, .identical, completes: true)
      return true
    case .usesPC:
      let value = pc &+ UInt64(bitPattern: fields.imm)
      setRegister(fields.rd, value, .rewritten, completes: true)
      self.known = (fields.rd, value)
      return true
    case .branch:
      let branch = InstructionTemplate(of: decoded)
      let site = emit(branch(rs1: fields.rs1, rs2: fields.rs2, imm: 0), .rewritten, completes: true)
      addStub(
        pc &+ UInt64(bitPattern: fields.imm), from: site, isBranch: true, branch(rs1: fields.rs1, rs2: fields.rs2))
      leave(to: next)
      return false
    case .jump:
      jump(to: pc &+ UInt64(bitPattern: fields.imm), fields.rd, next)
      return false
    case .indirectJump:
      if let known, known.register == fields.rs1, known.register != 0 {
        jump(to: (known.value &+ UInt64(bitPattern: fields.imm)) & ~1, fields.rd, next)
      } else {
        indirectJump(fields, next)
      }
      return false
    case .system:
      if section == .zifencei {
        // The cache follows every store to code that it has translated.
        emit(Self.addi(rd: 0, imm: 0), .inline, completes: true)
        return true
      }
      guard section == .zicsr else {
        callOut()
        return false
      }
      // What accesses a CSR goes on behind it, unless the monitor finds that the world has changed.
      if let register = TrapRegister(csr: fields.csr, in: mode), access(register, decoded, next: next) { return true }
      callOut()
      return true
    }
  }

  /// Calls the monitor, which executes the instruction on the virtual hart.
  mutating func callOut() { emit(Self.ecall(), .callOut) }

  /// The unit ends, and the guest goes on at a known address.
  private mutating func leave(to target: UInt64) {
    place = .target(target)
    let site = emit(Self.jal(imm: 0), .stub)
    addStub(target, from: site, isBranch: false, Self.jal())
  }

  /// A jump whose target is known now.
  private mutating func jump(to target: UInt64, _ rd: Int, _ next: UInt64) {
    if rd != 0 { setRegister(rd, next, .rewritten, completes: false) }
    let site = emit(Self.jal(imm: 0), .rewritten, completes: true)
    addStub(target, from: site, isBranch: false, Self.jal())
  }

  /// `jalr`: the target is known when it is executed. It waits in ``first`` while its translation is looked for.
  private mutating func indirectJump(_ fields: InstructionFields, _ next: UInt64) {
    spillBoth(.lookup)
    if fields.rs1 == Self.first { emit(Self.hlv(rd: Self.first), .lookup) }
    emit(Self.addi(rd: Self.first, rs1: fields.rs1, imm: fields.imm), .lookup)
    emit(Self.andi(rd: Self.first, rs1: Self.first, imm: -2), .lookup, completes: fields.rd == 0)
    switch fields.rd {
    case 0: break
    case Self.first:
      // The register is in the context: its new value goes there.
      setRegister(Self.second, next, .lookup, completes: false)
      emit(Self.hsv(rs2: Self.second), .lookup, completes: true)
    case Self.second:
      // There is no register left for the address: the target waits in the context, too.
      emit(Self.addi(rd: Self.second, imm: ContextSlot.target.address), .lookup)
      emit(Self.hsv(rs1: Self.second, rs2: Self.first), .lookup)
      setRegister(Self.second, next, .lookup, completes: false)
      emit(Self.addi(rd: Self.first, imm: ContextSlot.second.address), .lookup)
      emit(Self.hsv(rs1: Self.first, rs2: Self.second), .lookup)
      emit(Self.addi(rd: Self.first, imm: ContextSlot.target.address), .lookup)
      emit(Self.hlv(rd: Self.first, rs1: Self.first), .lookup, completes: true)
    default: setRegister(fields.rd, next, .rewritten, completes: true)
    }
    place = .computed
    emitEntryAddress(Self.second, of: Self.first)
    emit(Self.hlv(rd: Self.second, rs1: Self.second), .lookup)
    let check = emit(Self.bne(rs1: Self.second, rs2: Self.first, imm: 0), .lookup)
    emitEntryAddress(Self.first, of: Self.first)
    emit(Self.addi(rd: Self.first, rs1: Self.first, imm: 8), .lookup)
    emitJump(at: check)
  }

  // MARK: A link to another page

  /// The code by which jumps to an address in another page look for its translation: the pages may be mapped otherwise the next time.
  init(linkTo target: UInt64) {
    (pc, mode) = (target, .user)
    emitPrologue(.target(target))
    place = .target(target)
    spillBoth(.lookup)
    setRegister(Self.first, JumpTable.base | JumpTable.offset(of: target), .lookup, completes: false)
    emit(Self.hlv(rd: Self.second, rs1: Self.first), .lookup)
    setRegister(Self.first, target, .lookup, completes: false)
    let check = emit(Self.bne(rs1: Self.second, rs2: Self.first, imm: 0), .lookup)
    setRegister(Self.first, (JumpTable.base | JumpTable.offset(of: target)) + 8, .lookup, completes: false)
    emitJump(at: check)
  }

  // MARK: Pieces

  private mutating func emitPrologue(_ place: TranslatedUnit.Place) {
    self.place = place
    spilled = .first
    emit(Self.hlv(rd: Self.first), .prologue)
    spilled = []
  }

  mutating func spillBoth(_ role: TranslatedUnit.Role) {
    emit(Self.hsv(rs2: Self.first), role)
    spilled = .first
    emit(Self.addi(rd: Self.first, imm: ContextSlot.second.address), role)
    emit(Self.hsv(rs1: Self.first, rs2: Self.second), role)
    spilled = [.first, .second]
  }

  /// The address of the entry of the jump table for a target.
  private mutating func emitEntryAddress(_ register: Int, of target: Int) {
    // Bit 0 of the address is clear, and so is bit 3 of the offset.
    emit(Self.slli(rd: register, rs1: target, imm: 63 - JumpTable.indexBits), .lookup)
    emit(Self.srli(rd: register, rs1: register, imm: 60 - JumpTable.indexBits), .lookup)
    emit(Self.bseti(rd: register, rs1: register, imm: Int64(JumpTable.base.trailingZeroBitCount)), .lookup)
  }

  /// Jumps to the translation whose address lies where ``first`` points. The branch at `check` finds out before whether it is the
  /// right one, and goes to a call of the monitor behind.
  private mutating func emitJump(at check: Int) {
    let target = place
    emit(Self.hlv(rd: Self.first, rs1: Self.first), .lookup)
    if place == .computed { place = .found }
    emit(Self.addi(rd: Self.second, imm: ContextSlot.second.address), .lookup)
    emit(Self.hlv(rd: Self.second, rs1: Self.second), .lookup)
    spilled = .first
    emit(Self.jalr(rs1: Self.first), .lookup)
    patch(check, Self.bne(rs1: Self.second, rs2: Self.first, imm: Int64(size - check)))
    place = target
    spilled = [.first, .second]
    emit(Self.ecall(), .miss)
  }

  /// Sets a register to a constant.
  private mutating func setRegister(_ rd: Int, _ value: UInt64, _ role: TranslatedUnit.Role, completes: Bool) {
    let words = Self.constant(rd, Int64(bitPattern: value))
    for (index, word) in words.enumerated() { emit(word, role, completes: completes && index == words.count - 1) }
  }

  /// The instructions that make a constant, as an assembler's `li` has them; `zext.w` (`add.uw` with `x0`) makes the upper half zero.
  package static func constant(_ rd: Int, _ value: Int64) -> [UInt32] {
    if value >= -2048 && value < 2048 { return [addi(rd: rd, imm: value)] }
    let low = (value << 52) >> 52
    if value == Int64(Int32(truncatingIfNeeded: value)) {
      let upper = Int64(Int32(truncatingIfNeeded: value &- low))
      let high = lui(rd: rd, imm: upper)
      return low == 0 ? [high] : [high, addiw(rd: rd, rs1: rd, imm: low)]
    }
    if value == Int64(UInt32(truncatingIfNeeded: value)) {
      return constant(rd, Int64(Int32(truncatingIfNeeded: value))) + [addUw(rd: rd, rs1: rd)]
    }
    let rest = (value &- low) >> 12
    let shift = rest.trailingZeroBitCount
    var words = constant(rd, rest >> Int64(shift)) + [slli(rd: rd, rs1: rd, imm: Int64(12 + shift))]
    if low != 0 { words.append(addi(rd: rd, rs1: rd, imm: low)) }
    return words
  }

  private mutating func addStub(_ target: UInt64, from site: Int, isBranch: Bool, _ word: UInt32) {
    stubs.append(.init(target: target, offset: 0, site: site, siteIsBranch: isBranch, siteWord: word))
  }

  private mutating func emitStubs() {
    spilled = []
    for index in stubs.indices {
      place = .target(stubs[index].target)
      stubs[index].offset = size
      let distance = Int64(size - stubs[index].site)
      let word = stubs[index].siteIsBranch ? Self.withTarget(stubs[index].siteWord, distance) : Self.jal(imm: distance)
      stubs[index].siteWord = word
      patch(stubs[index].site, word)
      emit(Self.ecall(), .stub)
      // Room for a jump to anywhere, which spills the register that it goes by.
      spilled = .first
      emit(Self.ebreak(), .stub)
      emit(Self.ebreak(), .stub)
      spilled = []
    }
  }

  /// A branch with another distance.
  static func withTarget(_ branch: UInt32, _ distance: Int64) -> UInt32 {
    let decoded = InstructionSet.shared.decode(branch)!
    return InstructionTemplate(of: decoded)(rs1: decoded.fields.rs1, rs2: decoded.fields.rs2, imm: distance)
  }

  @discardableResult
  mutating func emit(
    _ bits: UInt32, length: Int = 4, _ role: TranslatedUnit.Role, completes: Bool = false, register: TrapRegister? = nil
  ) -> Int {
    let offset = size
    code.append(
      .init(
        offset: UInt16(offset), length: UInt8(length), role: role, spilled: spilled, place: place, register: register))
    parcels.append(UInt16(truncatingIfNeeded: bits))
    marks.append(.init(completes: completes, guestOffset: beginning))
    beginning = nil
    if length == 4 {
      parcels.append(UInt16(truncatingIfNeeded: bits >> 16))
      marks.append(.init())
    }
    return offset
  }

  mutating func patch(_ offset: Int, _ bits: UInt32) {
    parcels[offset / 2] = UInt16(truncatingIfNeeded: bits)
    parcels[offset / 2 + 1] = UInt16(truncatingIfNeeded: bits >> 16)
  }
}

extension UnitTranslator {
  static let addi = InstructionTemplate("addi")
  static let andi = InstructionTemplate("andi")
  static let slli = InstructionTemplate("slli")
  static let srli = InstructionTemplate("srli")
  static let bseti = InstructionTemplate("bseti")
  static let lui = InstructionTemplate("lui")
  static let addiw = InstructionTemplate("addiw")
  static let addUw = InstructionTemplate("add.uw")
  static let auipc = InstructionTemplate("auipc")
  static let jal = InstructionTemplate("jal")
  static let jalr = InstructionTemplate("jalr")
  static let rori = InstructionTemplate("rori")
  static let beq = InstructionTemplate("beq")
  static let bne = InstructionTemplate("bne")
  static let and = InstructionTemplate("and")
  static let andn = InstructionTemplate("andn")
  static let or = InstructionTemplate("or")
  static let xor = InstructionTemplate("xor")
  static let ecall = InstructionTemplate("ecall")
  static let ebreak = InstructionTemplate("ebreak")
  static let hlv = InstructionTemplate("hlv.d")
  static let hsv = InstructionTemplate("hsv.d")
}

extension SpecificationSection {
  /// What U-mode may execute as any other mode does.
  var isUnprivileged: Bool {
    switch self {
    case .rv32i, .rv64i, .zicond, .m, .a, .f, .d, .zba, .zbb, .zbs, .cmo: true
    case .zifencei, .zicsr, .zawrs, .machine, .supervisor, .hypervisor, .svinval: false
    }
  }
}
