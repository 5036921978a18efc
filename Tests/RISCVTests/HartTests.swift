import RISCV
import Testing

@Suite("The hart", .serialized)
struct HartTests {
  @Test("A trapping instruction does not retire", arguments: [false, true])
  func trapsDoNotRetire(byStep: Bool) throws {
    let fixture = try HartFixture()
    try fixture.place(["li a0, 1", "ecall", "li a0, 2"])
    try fixture.place(["csrr a1, minstret", "li a2, 3"], at: HartFixture.base + 0x100)
    fixture.set(.mtvec, HartFixture.base + 0x100)
    fixture.set(.minstret, 0)
    fixture.run(3, byStep: byStep)
    #expect(fixture.csr(.mcause) == ExceptionCause.environmentCallFromM.rawValue)
    #expect(fixture.csr(.mepc) == HartFixture.base + 4)
    #expect(fixture.hart.x(11) == 1, "li retired, ecall did not")
  }

  @Test("A store to code is seen by the next instruction", arguments: [false, true])
  func coherentFetch(byStep: Bool) throws {
    let fixture = try HartFixture()
    let patched = try Assembler.assemble("li a0, 42", at: HartFixture.base + 8)
    let word = patched.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    try fixture.place(["nop", "sw a1, 8(a2)", "li a0, 1", "nop"])
    fixture.hart.setX(11, word)
    fixture.hart.setX(12, HartFixture.base)
    fixture.run(3, byStep: byStep)
    #expect(fixture.hart.x(10) == 42)
  }

  @Test("Store-conditional needs the reservation, and a foreign store takes it")
  func reservation() throws {
    let fixture = try HartFixture()
    let data = HartFixture.base + 0x1000
    try fixture.place(["lr.d a0, (a1)", "sc.d a2, a3, (a1)", "sc.d a4, a3, (a1)", "lr.d a0, (a1)", "sc.d a5, a3, (a1)"])
    fixture.hart.setX(11, data)
    fixture.hart.setX(13, 5)
    fixture.run(4)
    #expect(fixture.hart.x(12) == 0)
    #expect(fixture.hart.x(14) == 1, "the first sc used the reservation up")
    fixture.store(9, at: HartFixture.base + 0x2000)
    fixture.run(1)
    #expect(fixture.hart.x(15) == 1)
  }

  @Test("Misaligned loads and stores are performed, across pages too", arguments: [false, true])
  func misaligned(byStep: Bool) throws {
    let fixture = try HartFixture()
    try fixture.place(["sd a0, 0(a1)", "ld a2, 0(a1)", "lw a3, 3(a1)"])
    fixture.hart.setX(10, 0x1122_3344_5566_7788)
    fixture.hart.setX(11, HartFixture.base + 0x1ffd)
    fixture.run(3, byStep: byStep)
    #expect(fixture.hart.x(12) == 0x1122_3344_5566_7788)
    #expect(fixture.hart.x(13) == 0x2233_4455)
  }

  @Test("Delegated interrupts wait for SIE; M's own are taken below M whatever MIE says")
  func interrupts() throws {
    let fixture = try HartFixture()
    try fixture.place(["nop", "nop", "nop"])
    fixture.openProtection()
    fixture.set(.mideleg, 0x222)
    fixture.set(.mie, 0xaaa)
    fixture.set(.stvec, HartFixture.base + 0x201)
    fixture.set(.mtvec, HartFixture.base + 0x301)
    fixture.hart.privilege = .supervisor
    fixture.hart.setInterrupt(.supervisorExternal, level: true)
    fixture.run(1)
    #expect(fixture.hart.pc == HartFixture.base + 4, "SIE is clear")
    fixture.set(.sstatus, 2)
    _ = fixture.hart.step(clock: 0)
    #expect(fixture.csr(.scause) == UInt64(1) << 63 | 9)
    #expect(fixture.hart.pc == HartFixture.base + 0x200 + 36)
    fixture.hart.setInterrupt(.machineSoftware, level: true)
    _ = fixture.hart.step(clock: 0)
    #expect(fixture.csr(.mcause) == UInt64(1) << 63 | 3)
    #expect(fixture.hart.privilege == .machine)
    #expect(fixture.hart.pc == HartFixture.base + 0x300 + 12)
  }

  @Test("WARL fields keep legal values")
  func warl() throws {
    let fixture = try HartFixture()
    fixture.set(.mstatus, 2 << 11)
    #expect(fixture.csr(.mstatus) >> 11 & 3 == 0, "MPP 2 is reserved")
    fixture.set(.satp, 5 << 60 | 0x1234)
    #expect(fixture.csr(.satp) == 0, "an unknown mode leaves satp alone")
    fixture.set(.mepc, 0x8000_0003)
    #expect(fixture.csr(.mepc) == 0x8000_0002)
    fixture.set(.medeleg, .max)
    #expect(fixture.csr(.medeleg) & (1 << 11) == 0)
    fixture.set(.mideleg, .max)
    #expect(fixture.csr(.mideleg) == 0x666, "VS-level interrupts are always delegated")
    fixture.set(.mideleg, 0)
    #expect(fixture.csr(.mideleg) == 0x444)
  }

  @Test("A locked PMP entry, and the one below a locked TOR, cannot be changed before reset")
  func lockedProtection() throws {
    let fixture = try HartFixture()
    _ = fixture.hart.writeCSR(CSR.pmpaddr(0), 0x1000)
    _ = fixture.hart.writeCSR(CSR.pmpaddr(1), 0x2000)
    _ = fixture.hart.writeCSR(CSR.pmpcfg(0), 0x8900)
    _ = fixture.hart.writeCSR(CSR.pmpaddr(0), 0x3000)
    _ = fixture.hart.writeCSR(CSR.pmpaddr(1), 0x3000)
    #expect(fixture.hart.readCSR(CSR.pmpaddr(0)) == 0x1000)
    #expect(fixture.hart.readCSR(CSR.pmpaddr(1)) == 0x2000)
  }
}
