import RISCV

/// The part of every program that is not random: prologue, trap handlers, epilogue.
enum Harness {
  /// CSRs that the epilogue writes to the results, from doubleword 64 of them on.
  static let dumped: [String] =
    [
      "mstatus", "medeleg", "mideleg", "mie", "mip", "mtvec", "mcounteren", "mepc", "mcause", "mtval", "mtval2",
      "mtinst", "stvec", "scounteren", "senvcfg", "sepc", "scause", "stval", "satp", "sstatus", "sie", "sip",
      "hstatus", "hedeleg", "hideleg", "hie", "hip", "hvip", "hcounteren", "henvcfg", "htimedelta", "htval", "htinst",
      "hgatp", "vsstatus", "vsie", "vsip", "vstvec", "vsepc", "vscause", "vstval", "vsatp", "pmpcfg0", "pmpcfg2",
    ] + (0..<16).map { "pmpaddr\($0)" } + ["fcsr", "minstret"]
  static let firstCSR = 64

  /// Where M-mode's handler lies: after the longest prologue.
  static let machineHandler = Place.machineCode + 0x400

  /// Loads CSRs and registers, and enters the program with `mret`.
  static func prologue(_ csrs: [UInt16]) -> Code {
    var code = Code(at: Place.machineCode)
    code.address("x1", Place.initialValues)
    for (index, number) in csrs.enumerated() {
      code.add("ld x5, \(8 * index)(x1)")
      code.word(0x0002_9073 | UInt32(number) << 20)
    }
    code.add("sfence.vma")
    code.add("hfence.vvma")
    code.add("hfence.gvma")
    // No timer interrupt: CLINT's compare register is not reset alike everywhere.
    code.add("lui x5, 0x2004")
    code.add("addi x6, zero, -1")
    code.add("sd x6, 0(x5)")
    code.address("x1", Place.initialValues + 0x400)
    for register in 0..<32 { code.add("fld f\(register), \(8 * register)(x1)") }
    for level in HandlerLevel.all {
      code.address("x5", level.saves)
      code.add("csrw \(level == .guest ? "vsscratch" : level.letter + "scratch"), x5")
    }
    code.address("x5", Place.code)
    code.add("csrw mepc, x5")
    code.address("x1", Place.initialValues + 0x600)
    for register in (2..<32) { code.add("ld x\(register), \(8 * register)(x1)") }
    code.add("csrw minstret, zero")
    code.add("ld x1, 8(x1)")
    code.add("mret")
    return code
  }

  static func handlers(endOfCode: UInt64) -> [Code] {
    let guest = handler(.guest, below: [], endOfCode: endOfCode)
    let supervisor = handler(.supervisor, below: [(.guest, guest)], endOfCode: endOfCode)
    var machine = handler(.machine, below: [(.supervisor, supervisor), (.guest, guest)], endOfCode: endOfCode)
    epilogue(&machine)
    return [machine, supervisor, guest]
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
