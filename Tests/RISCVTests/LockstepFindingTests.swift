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
}
