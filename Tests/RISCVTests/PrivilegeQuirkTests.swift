import RISCV
import Testing

/// One instruction of a hart with quirks: what it left in `a0`, or the trap that it raised.
private enum Effect: Equatable {
  case done(a0: UInt64)
  case trap(UInt64)
}

@Suite("Quirks: privileged instructions in U and VU that do not trap")
struct PrivilegeQuirkTests {
  private static let all: PrivilegeQuirks = [.csrWriteIgnored, .csrReadReveals, .xretIgnored]
  private static let handler = HartFixture.base + 0x400
  private static let unprivileged: [PrivilegeMode] = [.user, .virtualUser]

  /// A hart whose supervisor and VS registers hold different things, about to execute `line` in `mode`.
  private func fixture(_ line: String, _ mode: PrivilegeMode, _ quirks: PrivilegeQuirks) throws -> HartFixture {
    let fixture = try HartFixture(quirks: quirks)
    fixture.openProtection()
    fixture.set(.mtvec, Self.handler)
    fixture.set(.mcounteren, .max)
    fixture.set(.hcounteren, .max)
    fixture.set(.scounteren, .max)
    fixture.set(.sscratch, 0x51)
    fixture.set(.vsscratch, 0x52)
    fixture.set(.mscratch, 0x53)
    fixture.set(.sepc, 0x8000_0100)
    fixture.set(.vsepc, 0x8000_0200)
    try fixture.place([line])
    fixture.hart.setX(10, 0xa0)
    fixture.hart.setX(11, 2)
    fixture.hart.privilege = mode
    return fixture
  }

  /// Executes one instruction on the block loop and on the step path, which must agree.
  private func effect(_ line: String, _ mode: PrivilegeMode, _ quirks: PrivilegeQuirks) throws -> Effect {
    let effects = try [false, true].map { byStep in
      let fixture = try fixture(line, mode, quirks)
      let before = Self.snapshot(fixture)
      fixture.run(1, byStep: byStep)
      if fixture.hart.pc == Self.handler { return Effect.trap(fixture.csr(.mcause)) }
      if mode.level == 0 {
        #expect(fixture.hart.pc == HartFixture.base + 4, "\(line) goes on behind itself")
        #expect(fixture.hart.privilege == mode)
        #expect(Self.snapshot(fixture) == before, "\(line) changes no CSR")
      }
      return Effect.done(a0: fixture.hart.x(10))
    }
    #expect(effects[0] == effects[1], "\(line) in \(mode.letter)")
    return effects[0]
  }

  /// All CSRs that no clock moves.
  private static func snapshot(_ fixture: HartFixture) -> [UInt64?] {
    let clocks: Set<String> = ["cycle", "time", "instret", "mcycle", "minstret"]
    return CSRName.all.filter { !clocks.contains($0.name) }.map { fixture.hart.readCSR($0.number) }
  }

  @Test(
    "A write of a privileged CSR does nothing, and rd becomes 0, whatever else the CPU lets through",
    arguments: [
      "csrw sscratch, a1", "csrw sstatus, a1", "csrw mstatus, a1", "csrw satp, a1", "csrci sstatus, 2",
      "csrrw a0, sscratch, a1", "csrrs a0, mscratch, a1", "csrrci a0, sstatus, 2", "csrrwi a0, hstatus, 0",
    ])
  func writes(line: String) throws {
    for mode in Self.unprivileged {
      #expect(try effect(line, mode, []) == trapOfPrivilege(line, mode))
      #expect(try effect(line, mode, [.csrReadReveals, .xretIgnored]) == trapOfPrivilege(line, mode))
      let result: UInt64 = line.contains(" a0") ? 0 : 0xa0
      #expect(try effect(line, mode, .csrWriteIgnored) == .done(a0: result))
      #expect(try effect(line, mode, Self.all) == .done(a0: result))
    }
  }

  /// "Virtual-Instruction Exceptions": what HS may do and VU may not, by the privilege that the CSR's number names.
  private func trapOfPrivilege(_ line: String, _ mode: PrivilegeMode) -> Effect {
    let isMachine = line.contains("mstatus") || line.contains("mscratch")
    return .trap(mode == .virtualUser && !isMachine ? 22 : 2)
  }

  @Test("A read in U gives the hart's own value, of each privileged CSR that there is")
  func readsInUser() throws {
    for (number, name) in CSRName.all where number >> 8 & 3 != 0 {
      let line = "csrr a0, \(name)"
      let machine = try effect(line, .machine, [])
      #expect(try effect(line, .user, []) == .trap(2), "\(name)")
      #expect(try effect(line, .user, [.csrWriteIgnored, .xretIgnored]) == .trap(2), "\(name)")
      let revealed = try effect(line, .user, .csrReadReveals)
      // It traps in no mode, or tells the mode it was read from.
      #expect(revealed == machine, "\(name)")
    }
  }

  @Test("A read in VU gives what VS would get, and traps where VS would")
  func readsInVirtualUser() throws {
    var revealed = 0
    for (number, name) in CSRName.all where number >> 8 & 3 != 0 {
      let line = "csrr a0, \(name)"
      let guest = try effect(line, .virtualSupervisor, [])
      let plain = try effect(line, .virtualUser, [])
      let quirky = try effect(line, .virtualUser, .csrReadReveals)
      if case .done = guest { revealed += 1 }
      switch guest {
      case .done: #expect(quirky == guest, "\(name)")
      case .trap: #expect(quirky == plain, "\(name)")
      }
    }
    #expect(revealed >= 10)
  }

  @Test("mret and sret do nothing", arguments: ["mret", "sret"])
  func returns(line: String) throws {
    for mode in Self.unprivileged {
      let cause: UInt64 = mode == .virtualUser && line == "sret" ? 22 : 2
      #expect(try effect(line, mode, []) == .trap(cause))
      #expect(try effect(line, mode, [.csrWriteIgnored, .csrReadReveals]) == .trap(cause))
      #expect(try effect(line, mode, .xretIgnored) == .done(a0: 0xa0))
    }
  }

  @Test(
    "What traps for another reason than privilege still does, and so do other privileged instructions",
    arguments: [
      ("csrw cycle, a1", PrivilegeMode.user, 2), ("csrw mhartid, a1", .user, 2), ("csrw mhartid, a1", .virtualUser, 2),
      ("csrr a0, 0x5c0", .user, 2), ("sfence.vma", .user, 2), ("sfence.vma", .virtualUser, 22), ("wfi", .user, 2),
      ("hfence.gvma", .virtualUser, 22),
    ] as [(String, PrivilegeMode, UInt64)])
  func others(line: String, mode: PrivilegeMode, cause: UInt64) throws {
    #expect(try effect(line, mode, Self.all) == .trap(cause))
  }

  @Test(
    "In M, S and VS a quirk changes nothing",
    arguments: [
      "csrrw a0, sscratch, a1", "csrr a0, sstatus", "csrw mstatus, a1", "csrr a0, mscratch", "mret", "sret",
      "csrr a0, hstatus",
    ])
  func privileged(line: String) throws {
    for mode in [PrivilegeMode.machine, .supervisor, .virtualSupervisor] {
      let (plain, quirky) = (try fixture(line, mode, []), try fixture(line, mode, Self.all))
      plain.run(1)
      quirky.run(1)
      #expect(quirky.hart.pc == plain.hart.pc && quirky.hart.privilege == plain.hart.privilege)
      #expect(quirky.hart.x(10) == plain.hart.x(10))
      #expect(Self.snapshot(quirky) == Self.snapshot(plain), "\(line) in \(mode.letter)")
    }
  }
}
