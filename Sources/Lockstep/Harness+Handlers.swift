/// A level of trap handling: M, HS or VS.
enum HandlerLevel {
  case machine, supervisor, guest

  static let all: [HandlerLevel] = [.machine, .supervisor, .guest]

  /// The letter of the CSRs that the handler reads, and of the instruction that it returns with.
  var letter: String { self == .machine ? "m" : "s" }
  var place: UInt64 {
    switch self {
    case .machine: Harness.machineHandler
    case .supervisor: Place.supervisorHandler
    case .guest: Place.guestHandler
    }
  }
  var saves: UInt64 {
    switch self {
    case .machine: Place.saves
    case .supervisor: Place.saves + 0x100
    case .guest: Place.saves + 0x200
    }
  }
  /// What of the trap the handler notes, by CSR; and what it notes of a guest.
  var noted: [String] {
    ["cause", "epc", "tval", "status", "ip"].map { letter + $0 }
      + (self == .machine ? ["mtval2", "mtinst"] : self == .supervisor ? ["htval", "htinst"] : [])
  }
  /// The last doubleword of a record; HS adds `hstatus`.
  var number: Int { self == .machine ? 3 : self == .supervisor ? 1 : 5 }
}

/// A handler saves all registers, writes a record to the log (cause, epc, tval, status and more) and goes on with the next slot, in
/// the mode that the table says. It never asks what the program did, so it works for any fault anywhere.
extension Harness {
  /// The first instruction after the vectors, which swaps `sp`; up to it a handler has changed no register.
  private static let entrySize = 64

  static func handler(
    _ level: HandlerLevel, below: [(level: HandlerLevel, code: Code)], endOfCode: UInt64
  ) -> Code {
    var code = Code(at: level.place)
    // A table of vectors, for interrupts while `tvec` is in vectored mode.
    for index in 0..<16 { code.add("jal zero, .+\(4 * (16 - index))") }
    code.add("csrrw sp, \(level.letter)scratch, sp")
    for register in 1..<32 where register != 2 { code.add("sd x\(register), \(8 * register)(sp)") }
    code.add("csrr x1, \(level.letter)scratch")
    code.add("sd x1, 16(sp)")
    code.add("csrw \(level.letter)scratch, sp")
    note(level, &code)
    interrupt(level, &code)
    for (lower, lowerCode) in below {
      // A trap of a lower handler at its entry or at its return, where the registers are the program's.
      code.address("x11", lower.place)
      code.add("sub x11, x7, x11")
      code.add("addi x12, zero, \(entrySize + 1)")
      code.branch("bltu x11, x12", to: "\(lower)")
      code.add("addi x12, zero, \(lowerCode.offset(of: "return"))")
      code.branch("beq x11, x12", to: "\(lower)")
    }
    if level != .guest {
      // Any other trap from a lower handler: it asks for the end, or went wrong.
      code.address("x11", level == .machine ? Place.supervisorHandler : Place.guestHandler)
      code.add("sub x11, x7, x11")
      code.add("srli x11, x11, \(level == .machine ? 13 : 12)")
      code.jump(unless: "bne x11, zero", to: "finish")
    }
    code.branch("jal zero", to: "slots")
    for (lower, _) in below {
      code.label("\(lower)")
      code.add("csrr x7, \(lower == .guest ? "vsepc" : "sepc")")
      code.branch("jal zero", to: "slots")
    }
    code.label("slots")
    nextSlot(level, &code, endOfCode: endOfCode)
    code.label("restore")
    restore(&code)
    code.label("return")
    code.add("\(level.letter)ret")
    code.label("finish")
    // Asks the level above, with the program's registers: they are results.
    if level != .machine {
      restore(&code)
      code.add("ecall")
    }
    return code
  }

  private static func restore(_ code: inout Code) {
    for register in 1..<32 where register != 2 { code.add("ld x\(register), \(8 * register)(sp)") }
    code.add("ld sp, 16(sp)")
  }

  /// Writes the record: x6 is the cause then, x7 the address.
  private static func note(_ level: HandlerLevel, _ code: inout Code) {
    let logEnd = Place.logEnd - (level.saves - Place.saves)
    code.add("ld x5, \(logEnd)(sp)")
    for (index, name) in level.noted.enumerated() {
      code.add("csrr x\(6 + index), \(name)")
      code.add("sd x\(6 + index), \(8 * index)(x5)")
    }
    if level == .machine {
      // MPRV would apply to what follows as soon as MPP changes.
      code.add("lui x11, 0x20")
      code.add("csrc mstatus, x11")
    }
    if level == .supervisor {
      code.add("csrr x11, hstatus")
      code.add("slli x11, x11, 8")
      code.add("ori x11, x11, \(level.number)")
    } else {
      code.add("addi x11, zero, \(level.number)")
    }
    code.add("sd x11, 56(x5)")
    code.add("addi x5, x5, \(Place.recordSize)")
    code.add("sd x5, \(logEnd)(sp)")
    code.address("x11", Place.log + Place.logSize - 64)
    code.jump(unless: "bltu x5, x11", to: "finish")
  }

  /// Interrupts are switched off one by one, so that each is taken once.
  private static func interrupt(_ level: HandlerLevel, _ code: inout Code) {
    code.branch("bge x6, zero", to: "exception")
    code.add("addi x11, zero, 1")
    code.add("sll x11, x11, x6")
    code.add("csrc \(level.letter)ie, x11")
    if level == .supervisor { code.add("csrc hie, x11") }
    code.branch("jal zero", to: "restore")
    code.label("exception")
  }

  /// Goes on with the slot after the one at x7, in the mode of the table.
  private static func nextSlot(_ level: HandlerLevel, _ code: inout Code, endOfCode: UInt64) {
    code.add("lui x11, \(Place.codeSize >> 12)")
    code.add("addi x11, x11, -16")
    code.add("and x7, x7, x11")
    code.add("addi x7, x7, 16")
    let pages = (endOfCode + 0x800) >> 12
    code.add("lui x11, \(pages)")
    code.add("addi x11, x11, \(Int64(endOfCode) - Int64(pages << 12))")
    code.jump(unless: "bltu x7, x11", to: "finish")
    code.address("x12", Place.code)
    code.add("add x11, x12, x7")
    code.add("csrw \(level.letter)epc, x11")
    code.address("x12", Place.modes)
    code.add("srli x7, x7, 4")
    code.add("add x12, x12, x7")
    code.add("lbu x12, 0(x12)")
    if level == .machine { fenceAll(&code) }
    code.add("slli x13, x12, 56")
    code.branch("blt x13, zero", to: "restore")
    let (privilege, bits) = level == .machine ? (11, 3) : (8, 1)
    replace("\(level.letter)status", at: privilege, bits, &code)
    if level == .guest { return }
    code.add("srli x12, x12, 2")
    if level == .machine {
      replace("mstatus", at: 39, 1, &code)
    } else {
      replace("hstatus", at: 7, 1, &code)
    }
  }

  /// Puts the low bits of x12 into a field.
  private static func replace(_ csr: String, at shift: Int, _ mask: Int, _ code: inout Code) {
    code.add("addi x11, zero, \(mask)")
    code.add("and x13, x12, x11")
    code.add("slli x11, x11, \(shift)")
    code.add("slli x13, x13, \(shift)")
    code.add("csrc \(csr), x11")
    code.add("csrs \(csr), x13")
  }

  /// Where the table asks for it, forgets the translations of the host and of every guest.
  private static func fenceAll(_ code: inout Code) {
    code.add("slli x13, x12, 57")
    code.branch("bge x13, zero", to: "fenced")
    code.add("sfence.vma")
    code.add("csrr x16, hgatp")
    code.address("x14", Place.guestRoots)
    code.add("addi x15, x14, \(8 * GuestTables.all.count)")
    code.label("fence")
    code.add("ld x13, 0(x14)")
    code.add("csrw hgatp, x13")
    code.add("hfence.vvma")
    code.add("hfence.gvma")
    code.add("addi x14, x14, 8")
    code.branch("bne x14, x15", to: "fence")
    code.add("csrw hgatp, x16")
    code.label("fenced")
  }
}
