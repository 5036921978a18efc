import RISCV

/// Draws the slots of a program. Whatever a slot does, the next one can follow it: registers that memory is reached through are
/// never written, jumps go forward to slots, and values of CSRs come from the pool.
struct SlotGenerator {
  /// Registers with addresses of memory, which no instruction writes: sp to data, gp to the pool, tp to a leaf table, a2 to a5 to mapped,
  /// unmapped and impossible places.
  static let pointers: Set<Int> = [2, 3, 4, 12, 13, 14, 15]
  static let dataPointers = [2, 2, 12, 12, 13, 13, 14, 14, 15]

  var random: SeededGenerator
  let reference: Reference
  let traits: ProgramTraits
  var pool = Pool()
  /// The rest of what takes more than a slot, and slots after which all is fenced.
  var pending: [[UInt32]] = []
  var fenced: [Int] = []

  private static let rows = InstructionRow.all.indices.filter { index in
    let row = InstructionRow.all[index]
    guard row.flow == .next || row.flow == .usesPC || row.flow == .mayDepart else { return false }
    return !row.syntax.contains("(")
  }
  private static let memoryRows = rows(of: [
    "lb", "lh", "lw", "ld", "lbu", "lhu", "lwu", "sb", "sh", "sw", "sd", "flw", "fsw", "fld", "fsd",
  ])
  private static let atomicRows = InstructionRow.all.indices.filter { InstructionRow.all[$0].name.hasPrefix("amo") }
  private static let branchRows = InstructionRow.all.indices.filter { InstructionRow.all[$0].flow == .branch }

  static func rows(of names: Set<String>) -> [Int] {
    InstructionRow.all.indices.filter { names.contains(InstructionRow.all[$0].name) }
  }

  /// An encoding of a row that has `fixed` in the bits of `mask`.
  mutating func draw(_ row: Int, mask: UInt32 = 0, fixed: UInt32 = 0) -> UInt32 {
    while true {
      let word = RandomInstructions.encodings(ofRow: row, count: 1, using: &random)[0] & ~mask | fixed
      if let instruction = Instruction(bits: word), !writesPointer(instruction) { return word }
      // What the row forbids raises an illegal-instruction trap; a few are wanted.
      if mask == 0, Instruction(bits: word) == nil, random.once(in: 8) { return word }
    }
  }

  private func writesPointer(_ instruction: Instruction) -> Bool {
    if case .x(let number) = instruction.writes { return Self.pointers.contains(number) }
    return false
  }

  /// Assembles lines of the generator's own.
  func encode(_ line: String) -> UInt32 {
    do {
      return try Assembler.assemble(line, at: 0).enumerated().reduce(0) {
        $0 | UInt32($1.element) << (8 * UInt32($1.offset))
      }
    } catch { fatalError("\(line): \(error)") }
  }

  // MARK: Pieces

  /// Eight bytes of computation.
  mutating func computation() -> [UInt32] { [computationWord(), computationWord()] }

  /// Four bytes of computation: one instruction or two compressed ones.
  mutating func computationWord() -> UInt32 {
    if random.once(in: 3) { return compressed() | compressed() << 16 }
    while true {
      let row = random.pick(Self.rows)
      if !reference.hasNewExtensions && InstructionRow.all[row].name.hasPrefix("czero") { continue }
      if reference.needs(.trailingZerosOfWord) && InstructionRow.all[row].name == "ctzw" { continue }
      return draw(row)
    }
  }

  private mutating func compressed() -> UInt32 {
    while true {
      let parcel = UInt32(random.bits() & 0xffff)
      guard parcel & 3 != 3, let instruction = Instruction(bits: parcel) else { continue }
      switch instruction.row.flow {
      case .next, .usesPC, .mayDepart: break
      default: continue
      }
      if writesPointer(instruction) { continue }
      var isSafe = true
      for case .address(let base, let offset) in instruction.operands {
        isSafe = [.x(2), .x(12), .x(13), .x(14), .x(15)].contains(base) && offset < 512
      }
      if isSafe { return parcel }
    }
  }

  private mutating func memoryAccess() -> UInt32 {
    let row = random.pick(Self.memoryRows)
    let name = InstructionRow.all[row].name
    let isStore = name.hasPrefix("s") || name.hasPrefix("fs")
    let size: UInt32 = name.contains("b") ? 1 : name.contains("h") ? 2 : name.contains("w") ? 4 : 8
    var offset = UInt32(random.below(4096))
    // Misaligned only in RAM: elsewhere it is the machine's choice which of two faults is raised.
    let isMisaligned = random.once(in: 8)
    if !isMisaligned { offset &= ~(size - 1) }
    let base = UInt32(isMisaligned ? 2 : random.pick(Self.dataPointers)) << 15
    let immediate = isStore ? (offset >> 5) << 25 | (offset & 31) << 7 : offset << 20
    return draw(row, mask: isStore ? 0xfe00_0f80 | 0x1f << 15 : 0xfff0_0000 | 0x1f << 15, fixed: immediate | base)
  }

  mutating func freeRegister() -> Int {
    while true {
      let register = random.below(31) + 1
      if !Self.pointers.contains(register) { return register }
    }
  }

  // MARK: Slots

  mutating func slot(_ index: Int) -> [UInt32] {
    if !pending.isEmpty { return pending.removeFirst() }
    if traits.hasGuests && random.once(in: 3) { return hypervisorSlot(index) }
    switch random.below(102) {
    case 0..<26: return computation() + computation()
    case 26..<46: return [memoryAccess(), memoryAccess()] + computation()
    case 46..<52: return atomic()
    case 52..<55: return reservation()
    case 55..<63: return [branch()] + [computationWord()] + computation()
    case 63..<66: return jumpSlot()
    case 66..<72: return [trap()] + [computationWord()] + computation()
    case 72..<78: return freeAccess() + computation()
    case 78..<88: return controlledAccess()
    case 88..<93: return returnSlot()
    case 93..<95: return translationSlot()
    case 95..<97: return tableSlot(index)
    case 97..<99: return traits.hasGuests && reference.needs(.guestProtection) ? atomic() : protectionSlot()
    case 99: return cacheSlot()
    default: return random.pick([waitSlot(), softwareInterruptSlot(), counterSlot()])
    }
  }

  mutating func atomic() -> [UInt32] {
    let row = random.pick(Self.atomicRows)
    let size = InstructionRow.all[row].name.hasSuffix("d") ? 8 : 4
    let offset = random.below(4096 / size) * size - 2048
    let address = freeRegister()
    return [
      encode("addi x\(address), x\(random.pick(Self.dataPointers)), \(offset)"),
      draw(row, mask: 0x1f << 15, fixed: UInt32(address) << 15),
    ] + computation()
  }

  /// A pair that succeeds, then a store-conditional that fails: whether a reservation outlives anything else is the machine's choice.
  private mutating func reservation() -> [UInt32] {
    let width = random.pick(["w", "d"])
    let (pointer, loaded, result) = (random.pick(Self.dataPointers), freeRegister(), freeRegister())
    return [
      encode("lr.\(width) x\(loaded), (x\(pointer))"),
      encode("sc.\(width) x\(result), x\(random.below(32)), (x\(pointer))"),
      encode("sc.\(width) x\(loaded), x\(random.below(32)), (x\(pointer))"),
      computationWord(),
    ]
  }

  /// A conditional branch to a slot further on.
  private mutating func branch() -> UInt32 {
    let distance = UInt32(16 * (1 + random.below(6)))
    let bits = (distance & 0x7e0) << 20 | (distance & 0x1e) << 7
    return draw(random.pick(Self.branchRows), mask: 0xfe00_0f80, fixed: bits)
  }

  private mutating func jumpSlot() -> [UInt32] {
    let link = random.once(in: 3) ? 0 : freeRegister()
    let distance = 16 * (1 + random.below(5))
    let (low, high) = (freeRegister(), freeRegister())
    switch random.below(4) {
    case 0: return [encode("jal x\(link), .+\(distance)")] + [computationWord()] + computation()
    case 1:
      return [
        encode("auipc x\(low), 0"), encode("jalr x\(link), \(distance + random.below(2))(x\(low))"), computationWord(),
        computationWord(),
      ]
    case 2:
      // On to the same code under its other address, whose pages have rights of their own.
      guard low != high else { return LockstepProgram.idle }
      return [
        encode("auipc x\(low), 0"), encode("lui x\(high), 0x40000"), encode("add x\(low), x\(low), x\(high)"),
        encode("jalr x\(link), \(distance)(x\(low))"),
      ]
    default: return [encode("jalr x\(link), \(16 * random.below(64))(x15)")] + [computationWord()] + computation()
    }
  }

  private mutating func trap() -> UInt32 {
    let kind = random.below(6)
    if reference.needs(.breakpointValue) && (kind == 3 || kind == 4) { return encode("ecall") }
    switch kind {
    case 0, 1, 2: return encode("ecall")
    case 3: return encode("ebreak")
    case 4: return encode("c.ebreak") | UInt32(0x0001) << 16
    default:
      while true {
        let word = UInt32(truncatingIfNeeded: random.bits()) | 3
        if Instruction(bits: word) == nil, Quirks.isIllegalEverywhere(word) { return word }
      }
    }
  }

  /// Any access to a CSR that takes any value, or a read of one that may not exist.
  private mutating func freeAccess() -> [UInt32] {
    let operation = UInt32(random.pick([1, 2, 3, 5, 6, 7]))
    let rd = random.once(in: 4) ? 0 : freeRegister()
    if random.once(in: 3) {
      let number = UInt32(Quirks.readableNumber(&random, reference, traits))
      return [number << 20 | 2 << 12 | UInt32(rd) << 7 | 0x73, computationWord()]
    }
    let number = UInt32(random.pick(Quirks.freeCSRs(reference, traits)))
    return [
      number << 20 | UInt32(random.below(32)) << 15 | operation << 12 | UInt32(rd) << 7 | 0x73, computationWord(),
    ]
  }

  /// A change of a CSR by a value from the pool.
  private mutating func controlledAccess() -> [UInt32] {
    let access = pool.access(&random, reference, traits)
    return controlled(access)
  }

  mutating func controlled(_ access: Pool.Access) -> [UInt32] {
    let value = freeRegister()
    let hidesOld = Quirks.hidden(reference, traits).contains { $0.rawValue == access.number }
    return [
      encode("ld x\(value), \(access.offset)(gp)"),
      UInt32(access.number) << 20 | UInt32(value) << 15 | UInt32(access.operation) << 12
        | UInt32(hidesOld || random.once(in: 3) ? 0 : freeRegister()) << 7 | 0x73,
    ] + computation()
  }

  /// `mret` or `sret` to a slot further on.
  mutating func returnSlot(_ letter: String? = nil) -> [UInt32] {
    let register = freeRegister()
    let level = letter ?? random.pick(["m", "s"])
    return [
      encode("auipc x\(register), 0"), encode("addi x\(register), x\(register), \(16 * (1 + random.below(3)))"),
      encode("csrw \(level)epc, x\(register)"), encode("\(level)ret"),
    ]
  }

  /// Another address space, most of the time without a fence: each has an ASID of its own.
  private mutating func translationSlot() -> [UInt32] {
    let value = freeRegister()
    if traits.hasGuests && reference.needs(.untaggedTranslations) {
      return [
        encode("ld x\(value), \(pool.add(Pool.satp(&random)))(gp)"), encode("csrw satp, x\(value)"),
        encode("sfence.vma"), encode("hfence.vvma"),
      ]
    }
    let fence = random.pick([
      "sfence.vma", "sfence.vma x12, zero", "sfence.vma zero, x\(value)", "sfence.vma x13, x\(value)", "nop", "nop",
      "sinval.vma x12, x\(value)", "sfence.w.inval", "sfence.inval.ir",
    ])
    return [
      encode("ld x\(value), \(pool.add(Pool.satp(&random)))(gp)"), encode("csrw satp, x\(value)"), encode(fence),
      computationWord(),
    ]
  }

  /// Changes flags of a page-table entry, with the fence that makes it seen: where there are guests, by M-mode's handler for all.
  private mutating func tableSlot(_ index: Int) -> [UInt32] {
    if traits.hasGuests ? !traits.changesTables : traits.trapsFences { return computation() + computation() }
    let value = freeRegister()
    let offset = 8 * random.below(8)
    if traits.hasGuests { fenced.append(index + 1) }
    return [
      encode("ld x\(value), \(offset)(tp)"), encode("xori x\(value), x\(value), \(changeOfRights())"),
      encode("sd x\(value), \(offset)(tp)"), encode(traits.hasGuests ? "ecall" : "sfence.vma"),
    ]
  }

  mutating func changeOfRights() -> Int { random.pick([1, 2, 4, 8, 16, 0x40, 0x80, 0xc0, 0xd6]) }

  /// Changes a PMP entry after those that protect the harness.
  private mutating func protectionSlot() -> [UInt32] {
    let value = freeRegister()
    let access = pool.protectionAccess(&random, reference)
    return [
      encode("ld x\(value), \(access.offset)(gp)"),
      UInt32(access.number) << 20 | UInt32(value) << 15 | UInt32(access.operation) << 12 | 0x73, encode("sfence.vma"),
      computationWord(),
    ]
  }

  private mutating func cacheSlot() -> [UInt32] {
    guard reference.hasNewExtensions else { return [encode("fence.i")] + [computationWord()] + computation() }
    let name = random.pick(["cbo.zero", "cbo.clean", "cbo.flush", "cbo.inval", "fence.i"])
    let line = name == "fence.i" ? name : "\(name) (x\(random.pick(Self.dataPointers)))"
    return [encode(line)] + [computationWord()] + computation()
  }
}
