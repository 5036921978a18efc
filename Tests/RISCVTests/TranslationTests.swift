import RISCV
import Testing

@Suite("Address translation")
struct TranslationTests {
  static let root: UInt64 = 0x8010_0000
  static let data: UInt64 = 0x8020_0000

  /// Tables of the scheme that map virtual page 0x40_0000 to `data` with `flags`.
  static func map(_ fixture: HartFixture, _ scheme: PagingScheme, flags: UInt64, address: UInt64 = 0x40_0000) -> UInt64
  {
    var table = root
    for level in (1..<scheme.levels).reversed() {
      let next = table + 0x1000
      fixture.store((next >> 12) << 10 | 1, at: table + (address >> UInt64(12 + 9 * level) & 511) * 8)
      table = next
    }
    let entry = table + (address >> 12 & 511) * 8
    fixture.store((data >> 12) << 10 | flags, at: entry)
    fixture.openProtection()
    fixture.set(.satp, scheme.rawValue << 60 | root >> 12)
    fixture.hart.privilege = .supervisor
    return entry
  }

  @Test("A walk reads one entry a level", arguments: [PagingScheme.sv39, .sv48, .sv57])
  func references(scheme: PagingScheme) throws {
    let fixture = try HartFixture()
    _ = Self.map(fixture, scheme, flags: 0xcf)
    let report = fixture.hart.walk(GuestVirtualAddress(0x40_0123), .load)
    #expect(report.references.count == scheme.levels)
    #expect(report.result == .success(GuestPhysicalAddress(Self.data + 0x123)))
    #expect(report.failure == nil)
  }

  @Test("What a leaf does not allow is a page fault, and the report says why")
  func denied() throws {
    let fixture = try HartFixture()
    _ = Self.map(fixture, .sv39, flags: 0xc3)
    let store = fixture.hart.walk(GuestVirtualAddress(0x40_0000), .store)
    #expect(store.result == .failure(Trap(.storePageFault, value: 0x40_0000)))
    #expect(store.failure == "a store needs W")
    let fetch = fixture.hart.walk(GuestVirtualAddress(0x40_0000), .fetch)
    #expect(fetch.result == .failure(Trap(.instructionPageFault, value: 0x40_0000)))
    #expect(fetch.failure == "a fetch needs X")
    #expect(fixture.hart.walk(GuestVirtualAddress(0x50_0000), .load).failure == "V is clear")
    let far = fixture.hart.walk(GuestVirtualAddress(0x1234_5678_9abc_def0), .load)
    #expect(far.failure == "bits 63 to 38 of the address are not all equal")
    #expect(far.references.isEmpty)
  }

  @Test("The hart sets A and D under Svadu, and faults under Svade")
  func accessedAndDirty() throws {
    for svade in [false, true] {
      let fixture = try HartFixture(svade: svade)
      // Code in M-mode that loads and stores with the rights of S: MPRV.
      try fixture.place(["csrs mstatus, a2", "ld a0, 0(a1)", "sd a0, 8(a1)"])
      let entry = Self.map(fixture, .sv39, flags: 0x0f)
      fixture.hart.privilege = .machine
      fixture.hart.setX(11, 0x40_0000)
      fixture.hart.setX(12, 1 << 17 | 1 << 11)
      fixture.set(.mtvec, HartFixture.base + 0x100)
      fixture.run(2)
      if svade {
        #expect(fixture.csr(.mcause) == ExceptionCause.loadPageFault.rawValue)
        #expect(fixture.csr(.mtval) == 0x40_0000)
        #expect(fixture.load(entry) & 0xff == 0x0f)
      } else {
        #expect(fixture.load(entry) & 0xff == 0x4f)
        fixture.run(1)
        #expect(fixture.load(entry) & 0xff == 0xcf)
      }
    }
  }

  @Test("A TLB entry stays until the fence that covers it", arguments: [false, true])
  func staleUntilFence(byStep: Bool) throws {
    let fixture = try HartFixture()
    try fixture.place(["csrs mstatus, a2", "ld a0, 0(a1)", "ld a3, 0(a1)", "sfence.vma a1", "ld a4, 0(a1)"])
    let entry = Self.map(fixture, .sv39, flags: 0xcf)
    fixture.hart.privilege = .machine
    fixture.store(1, at: Self.data)
    fixture.store(2, at: Self.data + 0x1000)
    fixture.hart.setX(11, 0x40_0000)
    fixture.hart.setX(12, 1 << 17 | 1 << 11)
    fixture.run(2, byStep: byStep)
    fixture.store(((Self.data + 0x1000) >> 12) << 10 | 0xcf, at: entry)
    fixture.run(3, byStep: byStep)
    #expect(fixture.hart.x(10) == 1)
    #expect(fixture.hart.x(13) == 1, "no fence yet: the old translation")
    #expect(fixture.hart.x(14) == 2)
  }

  @Test("PMP entries that split a page are checked access by access", arguments: [false, true])
  func splitPage(byStep: Bool) throws {
    let fixture = try HartFixture()
    try fixture.place(["ld a0, 0(a1)", "ld a2, 8(a1)"])
    // NA4/NAPOT: 8 bytes at `data` readable, the rest of RAM executable only.
    _ = fixture.hart.writeCSR(CSR.pmpaddr(0), Self.data >> 2)
    _ = fixture.hart.writeCSR(CSR.pmpaddr(1), .max)
    _ = fixture.hart.writeCSR(CSR.pmpcfg(0), 0x1c19)
    fixture.set(.mtvec, HartFixture.base + 0x100)
    fixture.store(7, at: Self.data)
    fixture.hart.setX(11, Self.data)
    fixture.hart.privilege = .supervisor
    fixture.run(1, byStep: byStep)
    #expect(fixture.hart.x(10) == 7)
    fixture.run(1, byStep: byStep)
    #expect(fixture.csr(.mcause) == ExceptionCause.loadAccessFault.rawValue)
    #expect(fixture.csr(.mtval) == Self.data + 8)
  }

  @Test("Translations stay apart when the numbers of contexts run out and start again", arguments: [false, true])
  func manyContexts(byStep: Bool) throws {
    // A loop that fences all, switches SUM on and off and loads through two mappings, far more often than there are numbers.
    let fixture = try HartFixture()
    try fixture.place([
      "sfence.vma", "csrs sstatus, a2", "ld a3, 0(a1)", "csrc sstatus, a2", "sd a4, 0(a5)", "ld a6, 0(a5)",
      "addi a4, a4, 1", "bne a6, a7, .-28",
    ])
    let entry = Self.map(fixture, .sv39, flags: 0xdf)
    // The code's gigapage, for S; and the page of the table itself at the next virtual page.
    fixture.store(0x2000_0000 | 0xcf, at: Self.root + 16)
    fixture.store((Self.data >> 12) << 10 | 0xc7, at: entry + 8)
    fixture.store(77, at: Self.data)
    fixture.hart.setX(11, 0x40_0000)
    fixture.hart.setX(12, 1 << 18)
    fixture.hart.setX(15, 0x40_1000)
    fixture.hart.setX(17, 5000)
    fixture.set(.mtvec, HartFixture.base + 0x100)
    fixture.run(8 * 5001, byStep: byStep)
    #expect(fixture.csr(.mcause) == 0, "no trap")
    #expect(fixture.hart.x(16) == 5000)
    #expect(fixture.hart.x(13) == 4999, "the load sees the store of the round before")
  }
}
