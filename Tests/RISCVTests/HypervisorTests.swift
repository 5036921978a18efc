import RISCV
import Testing

/// The hypervisor extension's traps, CSRs and instructions; expectations from the "H" Extension chapter of the Privileged ISA.
@Suite("The hypervisor extension")
struct HypervisorTests {
  /// A hart in VS-mode at the start of RAM, Bare in both stages, with HS handling what it is delegated.
  static func guest(_ lines: [String], mode: PrivilegeMode = .virtualSupervisor) throws -> HartFixture {
    let fixture = try HartFixture()
    try fixture.place(lines)
    for handler in [0x100, 0x200, 0x300] as [UInt64] { try fixture.place(["nop"], at: HartFixture.base + handler) }
    fixture.openProtection()
    fixture.set(.medeleg, .max)
    fixture.set(.mtvec, HartFixture.base + 0x100)
    fixture.set(.stvec, HartFixture.base + 0x200)
    fixture.set(.vstvec, HartFixture.base + 0x300)
    fixture.hart.privilege = mode
    return fixture
  }

  @Test("A guest's supervisor CSRs are the VS CSRs", arguments: [false, true])
  func substitution(byStep: Bool) throws {
    let fixture = try Self.guest(["csrw sscratch, a0", "csrr a1, sstatus", "csrw satp, a2", "csrr a3, stvec"])
    fixture.hart.setX(10, 77)
    fixture.hart.setX(12, 8 << 60 | 0x80200)
    fixture.run(3, byStep: byStep)
    #expect(fixture.csr(.vsscratch) == 77 && fixture.csr(.sscratch) == 0)
    #expect(fixture.csr(.vsatp) == 8 << 60 | 0x80200 && fixture.csr(.satp) == 0)
    #expect(fixture.hart.x(11) == 2 << 32, "UXL of vsstatus")
  }

  @Test("A trap from a guest to HS notes where it came from, and sret goes back there")
  func trapToHypervisor() throws {
    let fixture = try Self.guest(["ecall"])
    try fixture.place(["sret"], at: HartFixture.base + 0x200)
    fixture.set(.vsstatus, 0x8000_0000)
    fixture.run(1)
    #expect(fixture.hart.privilege == .supervisor && fixture.hart.pc == HartFixture.base + 0x200)
    #expect(fixture.csr(.scause) == 10)
    #expect(fixture.csr(.hstatus) & 0x1c0 == 0x180, "SPVP and SPV, not GVA")
    #expect(fixture.csr(.sstatus) & 0x100 != 0, "SPP")
    fixture.set(.sepc, HartFixture.base + 0x40)
    fixture.run(1)
    #expect(fixture.hart.privilege == .virtualSupervisor && fixture.hart.pc == HartFixture.base + 0x40)
    #expect(fixture.csr(.hstatus) & 0x80 == 0, "SPV is clear after sret")
  }

  @Test("hedeleg and hideleg hand traps on to the guest")
  func delegation() throws {
    let fixture = try Self.guest(["ebreak", "nop"])
    fixture.set(.hedeleg, 1 << 3)
    fixture.run(1)
    #expect(fixture.hart.privilege == .virtualSupervisor && fixture.hart.pc == HartFixture.base + 0x300)
    #expect(fixture.csr(.vscause) == 3 && fixture.csr(.vsepc) == HartFixture.base)
    #expect(fixture.csr(.vsstatus) & 0x100 != 0, "SPP of vsstatus: it was in VS")
    // A VS-level software interrupt: cause 1 where it is delegated, 2 where it goes to HS.
    for delegated in [true, false] {
      let fixture = try Self.guest(["nop", "nop"])
      fixture.set(.hideleg, delegated ? 0x444 : 0)
      fixture.set(.hie, 0x444)
      fixture.set(.vsstatus, 2)
      fixture.set(.hvip, 4)
      fixture.run(1)
      #expect(fixture.hart.privilege == (delegated ? .virtualSupervisor : .supervisor))
      #expect(fixture.csr(delegated ? .vscause : .scause) == UInt64(1) << 63 | (delegated ? 1 : 2))
    }
  }

  @Test("VS-level interrupts wait while V is 0, and vsip shows them a bit lower")
  func interruptViews() throws {
    let fixture = try Self.guest(["nop", "nop"], mode: .supervisor)
    fixture.set(.hideleg, 0x444)
    fixture.set(.hvip, 0x444)
    fixture.set(.hie, 0x444)
    fixture.set(.sstatus, 2)
    fixture.run(1)
    #expect(fixture.hart.privilege == .supervisor && fixture.hart.pc == HartFixture.base + 4)
    #expect(fixture.csr(.vsip) == 0x222 && fixture.csr(.vsie) == 0x222)
    #expect(fixture.csr(.hip) == 0x444 && fixture.csr(.mip) == 0x444)
    #expect(fixture.csr(.sip) == 0 && fixture.csr(.sie) == 0)
    fixture.set(.hideleg, 0x400)
    #expect(fixture.csr(.vsip) == 0x200 && fixture.csr(.vsie) == 0x200)
  }

  /// What instructions of a guest raise: the instruction, the mode, CSRs set before, the cause.
  static let refusals: [(String, PrivilegeMode, [(CSR, UInt64)], UInt64)] = [
    ("hlv.w a0, (a1)", .virtualSupervisor, [], 22), ("hsv.w a0, (a1)", .virtualUser, [], 22),
    ("hfence.vvma", .virtualSupervisor, [], 22), ("hfence.gvma", .virtualUser, [], 22),
    ("hfence.vvma", .user, [], 2), ("hlv.w a0, (a1)", .user, [], 2),
    ("hfence.gvma", .supervisor, [(.mstatus, 1 << 20)], 2),
    ("csrr a0, hstatus", .virtualSupervisor, [], 22), ("csrr a0, vsscratch", .virtualSupervisor, [], 22),
    ("csrr a0, hgatp", .virtualUser, [], 22), ("csrr a0, hstatus", .user, [], 2),
    ("csrr a0, hgatp", .supervisor, [(.mstatus, 1 << 20)], 2), ("csrr a0, mstatus", .virtualSupervisor, [], 2),
    ("csrw hgeip, a0", .virtualSupervisor, [], 2),
    ("csrr a0, sscratch", .virtualUser, [], 22), ("csrr a0, satp", .virtualSupervisor, [(.hstatus, 1 << 20)], 22),
    ("sfence.vma", .virtualSupervisor, [(.hstatus, 1 << 20)], 22), ("sfence.vma", .virtualUser, [], 22),
    ("sinval.vma zero, zero", .virtualSupervisor, [(.hstatus, 1 << 20)], 22), ("sfence.w.inval", .virtualUser, [], 22),
    ("sret", .virtualSupervisor, [(.hstatus, 1 << 22)], 22), ("sret", .virtualUser, [], 22),
    ("mret", .virtualSupervisor, [], 2),
    ("wfi", .virtualSupervisor, [(.hstatus, 1 << 21)], 22), ("wfi", .virtualUser, [], 22),
    ("wfi", .virtualSupervisor, [(.mstatus, 1 << 21), (.hstatus, 1 << 21)], 2),
    ("csrr a0, time", .virtualSupervisor, [(.mcounteren, 7)], 22), ("csrr a0, time", .virtualSupervisor, [], 2),
    ("csrr a0, cycle", .virtualUser, [(.mcounteren, 7), (.hcounteren, 7)], 22),
    ("csrr a0, instret", .virtualUser, [(.mcounteren, 3), (.hcounteren, 7), (.scounteren, 7)], 2),
    ("csrr a0, stimecmp", .virtualSupervisor, [(.menvcfg, 1 << 63), (.mcounteren, 2), (.hcounteren, 2)], 22),
    (
      "csrr a0, stimecmp", .virtualSupervisor,
      [(.menvcfg, 1 << 63), (.henvcfg, 1 << 63), (.mcounteren, 2), (.hcounteren, 0)], 22
    ),
    ("csrr a0, stimecmp", .virtualSupervisor, [(.mcounteren, 2), (.hcounteren, 2)], 2),
    ("csrr a0, fcsr", .virtualSupervisor, [(.vsstatus, 3 << 13)], 2),
    ("csrr a0, fcsr", .virtualSupervisor, [(.mstatus, 3 << 13)], 2),
    ("fadd.d fa0, fa0, fa0", .virtualUser, [(.mstatus, 3 << 13)], 2),
    ("cbo.zero (a1)", .virtualSupervisor, [(.menvcfg, 0xf0)], 22), ("cbo.zero (a1)", .virtualSupervisor, [], 2),
    ("cbo.clean (a1)", .virtualUser, [(.menvcfg, 0xf0), (.henvcfg, 0xf0)], 22),
    ("cbo.inval (a1)", .user, [(.menvcfg, 0xf0)], 2),
  ]

  @Test("What a guest may not do is a virtual instruction if HS may, else illegal", arguments: 0..<refusals.count)
  func refused(index: Int) throws {
    let (line, mode, registers, cause) = Self.refusals[index]
    for byStep in [false, true] {
      let fixture = try Self.guest([line], mode: mode)
      for (register, value) in registers { fixture.set(register, value) }
      fixture.set(.medeleg, 0)
      fixture.hart.setX(11, 0x8020_0000)
      fixture.run(1, byStep: byStep)
      #expect(fixture.csr(.mcause) == cause, "\(line) in \(mode.letter)")
      #expect(fixture.hart.pc == HartFixture.base + 0x100, "\(line) in \(mode.letter)")
      #expect(fixture.csr(.mtval) != 0, "\(line): the instruction's bits")
      #expect(fixture.csr(.mstatus) >> 39 & 1 == (mode.isVirtual ? 1 : 0), "MPV")
    }
  }

  @Test("mret enters a guest by MPV, and M-mode by MPP whatever MPV says")
  func machineReturn() throws {
    for (level, expected) in [(UInt64(0), PrivilegeMode.virtualUser), (1, .virtualSupervisor), (3, .machine)] {
      let fixture = try HartFixture()
      try fixture.place(["mret"])
      fixture.set(.mstatus, 1 << 39 | level << 11)
      fixture.set(.mepc, HartFixture.base + 0x80)
      fixture.run(1)
      #expect(fixture.hart.privilege == expected)
      #expect(fixture.csr(.mstatus) >> 39 & 1 == 0, "MPV is cleared")
    }
  }

  @Test("Floating point dirties both status registers in a guest")
  func floatStatus() throws {
    let fixture = try Self.guest(["fadd.d fa0, fa0, fa0"])
    fixture.set(.mstatus, 1 << 13)
    fixture.set(.vsstatus, 1 << 13)
    fixture.run(1)
    #expect(fixture.csr(.mstatus) >> 63 == 1 && fixture.csr(.vsstatus) >> 63 == 1, "SD of both")
  }

  @Test("The guest's time is the host's plus htimedelta, and vstimecmp compares with it")
  func guestTime() throws {
    let fixture = try Self.guest(["csrr a0, time", "csrr a1, time"])
    fixture.set(.mcounteren, 7)
    fixture.set(.hcounteren, 7)
    fixture.set(.htimedelta, 5000)
    fixture.run(1)
    #expect(fixture.hart.x(10) == 5000)
    fixture.set(.menvcfg, 1 << 63)
    fixture.set(.henvcfg, 1 << 63)
    fixture.set(.vstimecmp, 5001)
    fixture.hart.updateTimers(clock: 9)
    #expect(fixture.csr(.hip) & 0x40 == 0)
    #expect(fixture.hart.nextTimerClock == 10)
    fixture.hart.updateTimers(clock: 10)
    #expect(fixture.csr(.hip) & 0x40 == 0x40, "VSTIP")
    fixture.set(.henvcfg, 0)
    #expect(fixture.csr(.hip) & 0x40 == 0)
  }

  @Test("What menvcfg denies reads as zero in henvcfg and cannot be written")
  func guestEnvironment() throws {
    let fixture = try Self.guest([], mode: .machine)
    fixture.set(.henvcfg, 0)
    fixture.set(.menvcfg, 0)
    fixture.set(.henvcfg, .max)
    #expect(fixture.csr(.henvcfg) >> 61 == 0)
    fixture.set(.menvcfg, 1 << 63 | 1 << 61)
    #expect(fixture.csr(.henvcfg) >> 61 == 0)
    fixture.set(.henvcfg, .max)
    #expect(fixture.csr(.henvcfg) >> 61 == 5)
  }
}
