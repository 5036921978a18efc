import RISCV

/// The part of every program that is not random: prologue, trap handlers, epilogue.
///
/// A handler saves all registers, writes a record to the log (cause, epc, tval, status and more) and goes on with the next slot, in the
/// mode that the table says. It never asks what the program did, so it works for any fault anywhere.
enum Harness {
  /// CSRs that the epilogue writes to the results, from doubleword 64 of them on.
  static let dumped: [String] =
    [
      "mstatus", "medeleg", "mideleg", "mie", "mip", "mtvec", "mcounteren", "mepc", "mcause", "mtval", "stvec",
      "scounteren", "senvcfg", "sepc", "scause", "stval", "satp", "sstatus", "sie", "sip", "pmpcfg0", "pmpcfg2",
    ] + (0..<16).map { "pmpaddr\($0)" } + ["fcsr", "minstret"]
  static let firstCSR = 64

  /// Names of the registers that a level's handler uses.
  private struct Level {
    var letter: String
    var place: UInt64
    var saves: UInt64

    func csr(_ name: String) -> String { letter + name }
  }

  private static let machine = Level(letter: "m", place: Place.machineCode, saves: Place.saves)
  private static let supervisor = Level(letter: "s", place: Place.supervisorHandler, saves: Place.saves + 0x100)

  /// Number of CSRs that the prologue loads; unused places write `mscratch`.
  static func prologue(_ csrs: [UInt16]) -> Code {
    var code = Code(at: Place.machineCode)
    code.address("x1", Place.initialValues)
    for (index, number) in csrs.enumerated() {
      code.add("ld x5, \(8 * index)(x1)")
      code.word(0x0002_9073 | UInt32(number) << 20)
    }
    code.add("sfence.vma")
    // No timer interrupt: CLINT's compare register is not reset alike everywhere.
    code.add("lui x5, 0x2004")
    code.add("addi x6, zero, -1")
    code.add("sd x6, 0(x5)")
    code.address("x1", Place.initialValues + 0x400)
    for register in 0..<32 { code.add("fld f\(register), \(8 * register)(x1)") }
    code.address("x5", Place.saves)
    code.add("csrw mscratch, x5")
    code.address("x5", Place.saves + 0x100)
    code.add("csrw sscratch, x5")
    code.address("x5", Place.code)
    code.add("csrw mepc, x5")
    code.address("x1", Place.initialValues + 0x600)
    for register in (2..<32) { code.add("ld x\(register), \(8 * register)(x1)") }
    code.add("csrw minstret, zero")
    code.add("ld x1, 8(x1)")
    code.add("mret")
    return code
  }

  /// Where M-mode's handler lies: after the longest prologue.
  static let machineHandler = Place.machineCode + 0x400

  static func handlers(endOfCode: UInt64) -> [Code] {
    var machineCode = handler(machine, at: machineHandler, endOfCode: endOfCode)
    epilogue(&machineCode)
    return [machineCode, handler(supervisor, at: Place.supervisorHandler, endOfCode: endOfCode)]
  }

  private static func handler(_ level: Level, at place: UInt64, endOfCode: UInt64) -> Code {
    var code = Code(at: place)
    // A table of vectors, for interrupts while `tvec` is in vectored mode.
    for index in 0..<16 { code.add("jal zero, .+\(4 * (16 - index))") }
    code.add("csrrw sp, \(level.csr("scratch")), sp")
    for register in 1..<32 where register != 2 { code.add("sd x\(register), \(8 * register)(sp)") }
    code.add("csrr x1, \(level.csr("scratch"))")
    code.add("sd x1, 16(sp)")
    code.add("csrw \(level.csr("scratch")), sp")
    let logEnd = Place.logEnd - (level.saves - Place.saves)
    code.add("ld x5, \(logEnd)(sp)")
    for (index, name) in ["cause", "epc", "tval", "status", "ip"].enumerated() {
      code.add("csrr x\(6 + index), \(level.csr(name))")
      code.add("sd x\(6 + index), \(8 * index)(x5)")
    }
    if level.letter == "m" {
      // MPRV would apply to what follows as soon as MPP changes.
      code.add("lui x11, 0x20")
      code.add("csrc mstatus, x11")
    }
    code.add("addi x11, zero, \(level.letter == "m" ? 3 : 1)")
    code.add("sd x11, 56(x5)")
    code.add("addi x5, x5, \(Place.recordSize)")
    code.add("sd x5, \(logEnd)(sp)")
    code.address("x11", Place.log + Place.logSize - 64)
    code.jump(unless: "bltu x5, x11", to: "finish")
    // Interrupts are switched off one by one, so that each is taken once.
    code.add("bge x6, zero, .+\(4 * 5)")
    code.add("addi x11, zero, 1")
    code.add("sll x11, x11, x6")
    code.add("csrc \(level.csr("ie")), x11")
    code.branch("jal zero", to: "restore")
    if level.letter == "m" {
      // A trap from the S-mode handler: it asks for the end, or went wrong.
      code.address("x11", Place.supervisorHandler)
      code.add("sub x11, x7, x11")
      code.add("srli x11, x11, 13")
      code.jump(unless: "bne x11, zero", to: "finish")
    }
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
    code.add("csrw \(level.csr("epc")), x11")
    code.address("x12", Place.modes)
    code.add("srli x7, x7, 4")
    code.add("add x12, x12, x7")
    code.add("lbu x12, 0(x12)")
    code.add("slli x13, x12, 56")
    code.branch("blt x13, zero", to: "restore")
    if level.letter == "m" {
      code.add("lui x11, 2")
      code.add("addi x11, x11, -2048")
      code.add("slli x12, x12, 11")
    } else {
      code.add("addi x11, zero, 256")
      code.add("andi x12, x12, 1")
      code.add("slli x12, x12, 8")
    }
    code.add("csrc \(level.csr("status")), x11")
    code.add("csrs \(level.csr("status")), x12")
    code.label("restore")
    for register in 1..<32 where register != 2 { code.add("ld x\(register), \(8 * register)(sp)") }
    code.add("ld sp, 16(sp)")
    code.add("\(level.letter)ret")
    code.label("finish")
    if level.letter != "m" { code.add("ecall") }
    return code
  }

  /// Writes registers and CSRs to the results, and ends the run in each way that some machine knows.
  private static func epilogue(_ code: inout Code) {
    code.address("x1", Place.results)
    for (index, name) in dumped.enumerated() {
      if name == "fcsr" {
        code.add("lui x5, 6")
        code.add("csrs mstatus, x5")
      }
      code.add("csrr x5, \(name)")
      code.add("sd x5, \(8 * (firstCSR + index))(x1)")
    }
    for register in 1..<32 {
      code.add("ld x5, \(8 * register)(sp)")
      code.add("sd x5, \(8 * register)(x1)")
    }
    for register in 0..<32 { code.add("fsd f\(register), \(256 + 8 * register)(x1)") }
    code.address("x5", Place.sendsResults)
    code.add("ld x5, 0(x5)")
    code.branch("beq x5, zero", to: "end")
    code.address("x6", Place.resultsEnd)
    code.add("lui x7, 0x10000")
    code.label("next")
    code.add("lbu x5, 5(x7)")
    code.add("andi x5, x5, 32")
    code.branch("beq x5, zero", to: "next")
    code.add("lbu x5, 0(x1)")
    code.add("sb x5, 0(x7)")
    code.add("addi x1, x1, 1")
    code.branch("bne x1, x6", to: "next")
    code.label("end")
    code.address("x5", Place.toHost)
    code.add("addi x6, zero, 1")
    code.add("sd x6, 0(x5)")
    // The finisher of QEMU's board; where there is none, the trap comes back here until `tohost` is seen.
    code.address("x5", code.here + 12)
    code.add("csrw mtvec, x5")
    code.add("lui x5, 0x100")
    code.add("lui x6, 5")
    code.add("addi x6, x6, 0x555")
    code.add("sw x6, 0(x5)")
    code.add("jal zero, .")
  }
}
