import RISCV

/// The trap handler of a hostile guest. It never returns to what trapped: it draws registers, `mstatus`, `satp` and `pc` from
/// the pools, by a hash of the retired count, and goes on there. So the guest always gets somewhere, whatever it broke.
enum HostileHandler {
  static func bytes(_ kind: HostileCode.Kind) throws -> [UInt8] {
    var lines = [
      // Loads and stores of the handler are its own.
      "lui t5, 0x20", "csrc mstatus, t5",
      // The hash in t6, the pools in t4.
      "csrr t6, minstret", "csrr t5, mhartid", "slli t5, t5, 9", "xor t6, t6, t5", "csrr t5, mcause", "xor t6, t6, t5",
      "lui t5, 0x1e379", "addi t5, t5, 0x3b1", "mul t6, t6, t5", "srli t5, t6, 15", "xor t6, t6, t5", "mul t6, t6, t5",
      "lui t4, 0x40004", "slli t4, t4, 1",
    ]
    lines += draw(12, pool: 3) + ["csrw mepc, t5"]
    lines += draw(21, pool: 1) + ["csrw mstatus, t5", "lui t5, 0x20", "csrc mstatus, t5"]
    let paging = draw(30, pool: 2) + ["csrw satp, t5"]
    // Code that changes is left in few contexts, seldom fenced, so that TLB entries live long enough to be stale.
    if kind != .selfModifying { lines += sometimes(42, kind == .paging || kind == .everything ? 1 : 7, paging) }
    if kind == .hypervisor || kind == .everything { lines += twoStages }
    lines += sometimes(45, kind == .selfModifying ? 63 : 1, ["sfence.vma"])
    if kind == .interrupts || kind == .everything { lines += interrupts }
    if kind != .registers && kind != .paging { lines += transfers }
    // MPRV comes back with the last write only.
    lines += sometimes(48, 7, ["lui t5, 0x20", "csrs mstatus, t5"]).map { $0 }
    lines += ["andi t5, t6, 0x7f8", "add t3, t4, t5"]
    // A page-table walk lies behind each load where MPRV is set: then registers stay as they are.
    lines += ["csrr t5, mstatus", "srli t5, t5, 17", "andi t5, t5, 1", "bnez t5, .+\(4 * 31)"]
    lines += (1...27).map { "ld \(RegisterName.abi($0)), \(8 * $0)(t3)" }
    lines += ["ld t4, 232(t3)", "ld t5, 240(t3)", "ld t6, 248(t3)"]
    lines += ["mret"]
    var bytes: [UInt8] = []
    for line in lines { bytes += try Assembler.assemble(line, at: HostileLayout.handler + UInt64(bytes.count)) }
    return bytes
  }

  /// One of the 256 values of a pool, by the hash's bits from `shift` up.
  private static func draw(_ shift: Int, pool: Int) -> [String] {
    [
      "srli t5, t6, \(shift)", "andi t5, t5, 0x7f8", "add t5, t5, t4", "lui t3, \(pool)", "add t5, t5, t3",
      "ld t5, 0(t5)",
    ]
  }

  /// Lines that are passed over unless the hash's bits from `shift` up, as far as `mask` goes, are zero.
  private static func sometimes(_ shift: Int, _ mask: Int, _ lines: [String]) -> [String] {
    ["srli t5, t6, \(shift)", "andi t5, t5, \(mask)", "bnez t5, .+\(4 * lines.count + 4)"] + lines
  }

  /// The tables of both stages of a virtual machine, what traps go to its own kernel, and what of it traps.
  private static let twoStages =
    sometimes(39, 1, draw(27, pool: 2) + ["csrw vsatp, t5"]) + sometimes(41, 1, draw(24, pool: 2) + ["csrw hgatp, t5"])
    + sometimes(43, 3, ["csrw hedeleg, t6", "csrw medeleg, t6"]) + sometimes(46, 3, ["csrw medeleg, zero"])
    + sometimes(44, 3, draw(18, pool: 1) + ["csrw hstatus, t5"])
    + sometimes(47, 7, ["csrw hvip, t6", "csrw hideleg, t6"])
    + sometimes(49, 3, draw(15, pool: 1) + ["csrw vsstatus, t5"])
    + sometimes(51, 3, draw(12, pool: 3) + ["csrw vstvec, t5"])
    + sometimes(40, 1, ["hfence.gvma", "hfence.vvma"])

  /// The next timer interrupts, of M and S, come at once or soon; another hart gets a software interrupt; the PLIC is served.
  private static let interrupts =
    [
      "csrr t3, mhartid", "srli t2, t6, 52", "andi t2, t2, 31", "rdtime t5", "add t5, t5, t2",
      "lui t1, 0x2004", "slli t0, t3, 3", "add t1, t1, t0", "sd t5, 0(t1)",
      "srli t2, t6, 55", "andi t2, t2, 31", "add t5, t5, t2", "csrw stimecmp, t5",
      "lui t1, 0x2000", "slli t0, t3, 2", "add t0, t0, t1", "sw zero, 0(t0)",
      "srli t2, t6, 57", "andi t2, t2, 7", "seqz t2, t2", "sw t2, 0(t1)",
      "srli t2, t6, 61", "andi t2, t2, 7", "seqz t2, t2", "sw t2, 4(t1)",
      "lui t1, 0xc200", "slli t0, t3, 13", "add t1, t1, t0", "lw t5, 4(t1)", "sw t5, 4(t1)",
      "lui t1, 0xc201", "add t1, t1, t0", "lw t5, 4(t1)", "sw t5, 4(t1)",
      "csrw mie, t6", "csrw mideleg, t6",
    ]

  /// The disk or the entropy device writes into the code.
  private static let transfers =
    sometimes(
      33, 3,
      [
        "lui t1, 0x40020", "slli t1, t1, 1", "lhu t2, 0x102(t1)", "addi t2, t2, 1", "sh t2, 0x102(t1)",
        "lui t0, 0x10001", "sw zero, 0x50(t0)",
      ])
    + sometimes(
      36, 3,
      [
        "lui t1, 0x40021", "slli t1, t1, 1", "lhu t2, 0x102(t1)", "addi t2, t2, 1", "sh t2, 0x102(t1)",
        "lui t0, 0x10008", "sw zero, 0x50(t0)",
      ])
}

extension RegisterName {
  /// The ABI name of an integer register.
  fileprivate static func abi(_ number: Int) -> String { Register.x(number).name }
}
