import RISCV
import Testing

/// What the lock-step fuzzer found, made small.
@Suite("Findings of lock-step runs")
struct LockstepFindingTests {
  @Test(
    "Cache management of an address without memory is a store access fault",
    arguments: ["cbo.clean (a0)", "cbo.flush (a0)", "cbo.inval (a0)"])
  func cacheManagementNeedsMemory(line: String) throws {
    for byStep in [false, true] {
      let fixture = try HartFixture()
      try fixture.place([line])
      fixture.set(.mtvec, HartFixture.base + 0x100)
      fixture.hart.setX(10, 0xc020_0808)
      fixture.run(1, byStep: byStep)
      #expect(fixture.csr(.mcause) == 7)
      #expect(fixture.csr(.mtval) == 0xc020_0808)
    }
  }

  // Privileged ISA, "Physical Memory Protection", "Priority and Matching Logic".
  @Test("An access that a PMP entry covers in part fails in M-mode, though the entry is not locked")
  func partialMatch() throws {
    for byStep in [false, true] {
      let fixture = try HartFixture()
      try fixture.place(["lw a1, 0(a0)", "ld a2, 0(a0)"])
      fixture.set(.mtvec, HartFixture.base + 0x100)
      fixture.hart.setX(10, HartFixture.base + 0x2000)
      fixture.store(0x1234_5678, at: HartFixture.base + 0x2000)
      _ = fixture.hart.writeCSR(CSR.pmpaddr(0), (HartFixture.base + 0x2000) >> 2)
      _ = fixture.hart.writeCSR(CSR.pmpcfg(0), 0x17)
      fixture.run(2, byStep: byStep)
      #expect(fixture.hart.x(11) == 0x1234_5678)
      #expect(fixture.csr(.mcause) == 5)
      #expect(fixture.csr(.mtval) == HartFixture.base + 0x2000)
    }
  }

  // "H" Extension, "Hypervisor Virtual-Machine Load and Store Instructions": the physical memory's attributes, PMP among them, must
  // grant both.
  @Test(
    "hlvx needs X and R of a PMP entry, whether the entry covers the page or a part of it",
    arguments: [(0x19, false), (0x1b, false), (0x1c, false), (0x1d, true), (0x1f, true)], [0x7ff, 0x1])
  func executeFromProtection(entry: (configuration: UInt64, succeeds: Bool), size: UInt64) throws {
    for byStep in [false, true] {
      let fixture = try HartFixture()
      try fixture.place(["hlvx.wu a1, (a0)"])
      fixture.set(.mtvec, HartFixture.base + 0x100)
      fixture.hart.setX(10, HartFixture.base + 0x2000)
      fixture.store(0x1234_5678, at: HartFixture.base + 0x2000)
      _ = fixture.hart.writeCSR(CSR.pmpaddr(0), (HartFixture.base + 0x2000) >> 2 | size)
      _ = fixture.hart.writeCSR(CSR.pmpaddr(1), .max)
      _ = fixture.hart.writeCSR(CSR.pmpcfg(0), 0x1f00 | entry.configuration)
      fixture.run(1, byStep: byStep)
      #expect(fixture.hart.x(11) == (entry.succeeds ? 0x1234_5678 : 0))
      #expect(fixture.csr(.mcause) == (entry.succeeds ? 0 : 5))
      #expect(fixture.csr(.mtval) == (entry.succeeds ? 0 : HartFixture.base + 0x2000))
    }
  }
}
