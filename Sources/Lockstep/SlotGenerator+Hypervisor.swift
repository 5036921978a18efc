import RISCV

/// Slots of programs with guests, and those about interrupts.
extension SlotGenerator {
  private static let guestAccessRows = InstructionRow.all.indices.filter {
    InstructionRow.all[$0].name.hasPrefix("hlv") || InstructionRow.all[$0].name.hasPrefix("hsv")
  }

  mutating func hypervisorSlot(_ index: Int) -> [UInt32] {
    switch random.below(20) {
    case 0..<5: return guestAccess()
    case 5..<10: return controlled(pool.hypervisorAccess(&random, reference, traits))
    case 10..<13: return entry()
    case 13: return fenceSlot()
    case 14, 15: return rootSlot()
    case 16: return guestTableSlot(index)
    case 17: return waitSlot()
    case 18: return softwareInterruptSlot()
    default: return counterSlot()
    }
  }

  /// `hlv`, `hlvx` or `hsv`, at the address in a pointer or near it.
  private mutating func guestAccess() -> [UInt32] {
    if reference.needs(.guestAccessCause) { return atomic() }
    let row = random.pick(Self.guestAccessRows)
    let name = InstructionRow.all[row].name
    let size = name.contains(".b") ? 1 : name.contains(".h") ? 2 : name.contains(".w") ? 4 : 8
    let isMisaligned = random.once(in: 8)
    var offset = random.below(4096) - 2048
    if !isMisaligned { offset &= ~(size - 1) }
    let address = freeRegister()
    return [
      encode("addi x\(address), x\(isMisaligned ? 2 : random.pick(Self.dataPointers)), \(offset)"),
      draw(row, mask: 0x1f << 15, fixed: UInt32(address) << 15),
    ] + computation()
  }

  /// Goes on in a guest, by either return; in a guest itself the first slot traps, and `sret` is its own.
  private mutating func entry() -> [UInt32] {
    let (value, other) = (freeRegister(), freeRegister())
    let isSupervisor = random.once(in: 2)
    if random.once(in: 2) {
      pending.append(returnSlot("s"))
      return [
        encode("ld x\(value), \(pool.add(random.pick([0x80, 0x80, 0x180, 0x280])))(gp)"),
        encode("csrs hstatus, x\(value)"),
        encode("ld x\(other), \(pool.add(0x100))(gp)"),
        encode("\(isSupervisor ? "csrs" : "csrc") sstatus, x\(other)"),
      ]
    }
    pending.append(returnSlot("m"))
    return [
      encode("ld x\(value), \(pool.add(0x1800))(gp)"), encode("csrc mstatus, x\(value)"),
      encode("ld x\(value), \(pool.add(1 << 39 | (isSupervisor ? 0x800 : 0)))(gp)"), encode("csrs mstatus, x\(value)"),
    ]
  }

  private mutating func fenceSlot() -> [UInt32] {
    let names = ["hfence.vvma", "hfence.gvma", "hinval.vvma", "hinval.gvma", "sfence.vma", "sinval.vma"]
    let operands = ["x12, zero", "zero, x\(freeRegister())", "x13, x\(freeRegister())", "zero, zero"]
    return [
      encode("\(random.pick(names)) \(random.pick(operands))"),
      encode("\(random.pick(names)) \(random.pick(operands))"),
    ] + computation()
  }

  /// Another table of either stage, most of the time without a fence: each has a VMID or an ASID of its own.
  private mutating func rootSlot() -> [UInt32] {
    let value = freeRegister()
    let isSecond = random.once(in: 2)
    let root = pool.add(isSecond ? Pool.hgatp(&random) : Pool.vsatp(&random))
    let change = [
      encode("ld x\(value), \(root)(gp)"), encode("csrw \(isSecond ? "hgatp" : "vsatp"), x\(value)"),
    ]
    if reference.needs(.untaggedTranslations) { return change + [encode("hfence.vvma"), encode("hfence.gvma")] }
    return change + computation()
  }

  /// Changes flags of an entry of the second stage, reached from the code's own address; then asks M-mode's handler for a
  /// fence.
  private mutating func guestTableSlot(_ index: Int) -> [UInt32] {
    guard traits.changesTables else { return computation() + computation() }
    let value = freeRegister()
    var register = freeRegister()
    while register == value { register = freeRegister() }
    let entry = GuestTables.leafAddress(set: random.below(2), isAlias: true) + 8 * UInt64(random.below(32))
    let distance = entry - (Place.code + UInt64(index) * Place.slotSize)
    let high = (distance + 0x800) >> 12
    let low = Int64(distance) - Int64(high << 12)
    pending.append([encode("ecall"), computationWord()] + computation())
    fenced.append(index + 2)
    return [
      encode("auipc x\(register), \(high)"), encode("ld x\(value), \(low)(x\(register))"),
      encode("xori x\(value), x\(value), \(changeOfRights())"), encode("sd x\(value), \(low)(x\(register))"),
    ]
  }

  /// `wfi` with an interrupt pending, around which the code goes where none is: the wait would not end.
  mutating func waitSlot() -> [UInt32] {
    if traits.hasGuests && reference.needs(.guestInterruptView) { return counterSlot() }
    // csrr a0, sip; csrr a1, sie; c.and a0, a1; c.beqz a0, .+6; wfi
    return [encode("csrr a0, sip"), encode("csrr a1, sie"), 0x8d6d | 0xc119 << 16, encode("wfi")]
  }

  /// Raises or drops the machine software interrupt, which is disabled meanwhile: how soon it comes is the machine's choice.
  mutating func softwareInterruptSlot() -> [UInt32] {
    let (address, value) = (freeRegister(), random.below(32))
    return [
      encode("csrci mie, 8"), encode("lui x\(address), 0x2000"), encode("sw x\(value), 0(x\(address))"),
      encode("csrr x\(freeRegister()), mie"),
    ]
  }

  /// Whether counters are there for the mode; what they say is the machine's own.
  mutating func counterSlot() -> [UInt32] {
    let names = ["cycle", "time", "instret"]
    return [encode("csrr zero, \(random.pick(names))"), encode("csrr zero, \(random.pick(names))")] + computation()
  }
}
