import RISCV
import Testing

/// What the block loop does in place, by ways of its own, comes to what the step path does.
@Suite("Accesses in place are as on the step path")
struct InPlaceTests {
  private static let forms = [
    "csrrw a0, CSR, s1", "csrrs a0, CSR, s1", "csrrc a0, CSR, s1", "csrrs a0, CSR, zero", "csrrwi a0, CSR, 21",
    "csrrsi a0, CSR, 10", "csrrci a0, CSR, 31", "csrrci a0, CSR, 0", "csrrw zero, CSR, s2", "csrrw s1, CSR, s1",
  ]

  @Test(
    "CSRs in every mode, with interrupts pending and without",
    arguments: [
      "sscratch", "sepc", "scause", "stval", "sstatus", "mscratch", "mepc", "mcause", "mtval", "mstatus",
    ], PrivilegeMode.allCases)
  func registers(csr: String, mode: PrivilegeMode) throws {
    for (value, pending) in [(0x22, 0), (0x2aaa, 2), (.max, 0), (.max, 0x222), (0x8_0002, 2)] as [(UInt64, UInt64)] {
      let fixtures = try (0..<2).map { _ in
        let fixture = try HartFixture()
        // One block, if nothing ends it.
        try fixture.place(Self.forms.map { $0.replacing("CSR", with: csr) } + ["addi t0, t0, 1", "ecall"])
        fixture.openProtection()
        fixture.set(.mtvec, HartFixture.base + 0x1000)
        fixture.set(.stvec, HartFixture.base + 0x2000)
        fixture.set(.mideleg, 0x222)
        fixture.set(.mie, 0x222)
        fixture.set(.mip, pending)
        fixture.hart.setX(9, value)
        fixture.hart.setX(18, value ^ 0x2002)
        fixture.hart.privilege = mode
        return fixture
      }
      for count in 1...16 {
        fixtures[0].run(1)
        fixtures[1].run(1, byStep: true)
        #expect(Self.state(fixtures[0]) == Self.state(fixtures[1]), "\(csr) in \(mode.letter), \(count)")
      }
      for fixture in fixtures {
        fixture.hart.pc = HartFixture.base
        fixture.hart.privilege = mode
      }
      fixtures[0].run(12)
      fixtures[1].run(12, byStep: true)
      #expect(Self.state(fixtures[0]) == Self.state(fixtures[1]), "\(csr) in \(mode.letter), at once")
    }
  }

  private static func state(_ fixture: HartFixture) -> [UInt64] {
    let hart = fixture.hart
    return [hart.pc, UInt64(hart.privilege.rawValue), hart.retired] + (0..<32).map { hart.x($0) }
      + CSRName.all.map { hart.readCSR($0.number) ?? 0 }
  }

  @Test("An observed access is reported, wherever in a block it stands")
  func observed() throws {
    let fixture = try HartFixture()
    try fixture.place(["addi t0, t0, 1", "csrrw a0, mscratch, t0", "addi t0, t0, 1", "csrrw a1, mscratch, t0"])
    fixture.run(4)
    fixture.hart.pc = HartFixture.base
    fixture.hart.observe(urgent: .csr, recorded: [])
    fixture.run(4)
    #expect(fixture.hart.records.count == 2)
    #expect(fixture.hart.x(11) == 3)
    fixture.hart.forgetRecords()
  }

  @Test(
    "Runs of loads and stores, within a page and across its end, aligned and not, with the base as a target",
    arguments: [
      ["ld a0, 0(s1)", "ld a1, 8(s1)", "ld a2, 16(s1)", "ld a3, 24(s1)"],
      ["ld a0, 24(s1)", "ld a1, -8(s1)"], ["ld a0, 0(s1)", "ld s1, 8(s1)", "ld a2, 8(s1)", "ld a3, 0(s1)"],
      ["sd a0, 0(s1)", "sd a1, 8(s1)", "sd a2, 16(s1)", "sd a3, 4(s1)", "sd a4, 0(s1)"],
      ["sd s1, 0(s1)", "sd s2, 0(s1)", "ld a0, 0(s1)", "ld s1, 0(s1)", "ld s1, 0(s1)"],
      ["ld a0, 0(s1)", "ld a1, 8(s1)", "ld a2, 2047(s1)", "ld a3, 24(s1)", "ld a4, 0(s2)"],
    ])
  func runs(lines: [String]) throws {
    let page = HartFixture.base + 0x1_0000
    for offset in [0, 8, 4, 4064, 4072, 4080, 4088, 4092] as [UInt64] {
      for budgets in [[8], [1, 2, 3, 2], [3, 5], [2, 2, 2, 2]] {
        let fixtures = try (0..<2).map { _ in
          let fixture = try HartFixture()
          try fixture.place(lines + ["j 0x80000000"])
          for index in 0..<1024 as Range<UInt64> { fixture.store(page + 16 * index, at: page + 8 * index) }
          for register in 10..<20 { fixture.hart.setX(register, UInt64(register) << 40) }
          fixture.hart.setX(9, page + offset)
          fixture.hart.setX(18, page)
          fixture.set(.mtvec, HartFixture.base + 0x1000)
          return fixture
        }
        for count in budgets {
          fixtures[0].run(count)
          fixtures[1].run(count, byStep: true)
          #expect(Self.state(fixtures[0]) == Self.state(fixtures[1]), "\(lines) at \(offset)")
        }
        #expect(
          fixtures[0].memory.read(GuestPhysicalAddress(page), count: 8192)
            == fixtures[1].memory.read(GuestPhysicalAddress(page), count: 8192))
      }
    }
  }
}

/// `sfence.vma` with an address forgets every page of the leaf that maps it, and no other.
@Suite("Fences for one address")
struct AddressFenceTests {
  private static let tables = HartFixture.base + 0x10_0000
  private static let virtual: UInt64 = 0x4000_0000

  private static func entry(_ physical: UInt64) -> UInt64 { (physical >> 12) << 10 | 0xcf }

  /// M-mode that loads and stores as S-mode, where `count` megapages of addresses lead to the first 2 MiB of RAM, and one after
  /// them to a table of pages.
  private static func fixture(megapages count: UInt64) throws -> HartFixture {
    let fixture = try HartFixture()
    fixture.openProtection()
    fixture.store(((tables + 0x1000) >> 12) << 10 | 1, at: tables + 8)
    for index in 0..<count { fixture.store(entry(HartFixture.base), at: tables + 0x1000 + 8 * index) }
    fixture.store(((tables + 0x2000) >> 12) << 10 | 1, at: tables + 0x1000 + 8 * count)
    for index in 0..<16 as Range<UInt64> {
      fixture.store(entry(HartFixture.base + 0x1000 * index), at: tables + 0x2000 + 8 * index)
      fixture.store(index, at: HartFixture.base + 0x1000 * index + 0x800)
      fixture.store(100 + index, at: HartFixture.base + 0x20_0000 + 0x1000 * index + 0x800)
    }
    try fixture.place(["ld a0, 0(s0)", "sfence.vma s1", "sfence.vma"])
    fixture.set(.satp, 8 << 60 | tables >> 12)
    fixture.set(.mstatus, 1 << 17 | 1 << 11)
    return fixture
  }

  private static func load(_ fixture: HartFixture, _ address: UInt64, byStep: Bool) -> UInt64 {
    fixture.hart.pc = HartFixture.base
    fixture.hart.setX(8, address + 0x800)
    fixture.run(1, byStep: byStep)
    return fixture.hart.x(10)
  }

  private static func fence(_ fixture: HartFixture, _ address: UInt64) {
    fixture.hart.pc = HartFixture.base + 4
    fixture.hart.setX(9, address)
    fixture.run(1)
  }

  @Test("Large pages, few and many, and small ones", arguments: [1, 7, 20] as [UInt64], [false, true])
  func fences(count: UInt64, byStep: Bool) throws {
    let fixture = try Self.fixture(megapages: count)
    func megapage(_ index: UInt64) -> UInt64 { Self.virtual + (index << 21) }
    for index in 0..<count {
      for page in 1..<4 as Range<UInt64> {
        #expect(Self.load(fixture, megapage(index) + (page << 12), byStep: byStep) == page)
      }
    }
    for page in 4..<8 as Range<UInt64> {
      #expect(Self.load(fixture, megapage(count) + (page << 12), byStep: byStep) == page)
    }
    // All lead elsewhere now; nothing shows before a fence does.
    for index in 0..<count {
      fixture.store(Self.entry(HartFixture.base + 0x20_0000), at: Self.tables + 0x1000 + 8 * index)
    }
    for page in 0..<16 as Range<UInt64> {
      fixture.store(Self.entry(HartFixture.base + 0x20_0000 + (page << 12)), at: Self.tables + 0x2000 + 8 * page)
    }
    for page in 4..<8 as Range<UInt64> {
      #expect(Self.load(fixture, megapage(count) + (page << 12), byStep: byStep) == page)
    }
    Self.fence(fixture, megapage(count) + (5 << 12 | 8))
    for page in 4..<8 as Range<UInt64> {
      #expect(Self.load(fixture, megapage(count) + (page << 12), byStep: byStep) == (page == 5 ? 105 : page))
    }
    for index in 0..<count {
      Self.fence(fixture, megapage(index) + (2 << 12))
      for page in 1..<4 as Range<UInt64> {
        #expect(Self.load(fixture, megapage(index) + (page << 12), byStep: byStep) == 100 + page)
      }
    }
  }

  /// Found by a kernel that ran two programs one after the other in one place: the first instruction was the second program's, those
  /// that it jumped to were still the first's.
  @Test("All fetches from a page go where the table leads after the fence", arguments: [false, true])
  func fetches(byStep: Bool) throws {
    let fixture = try Self.fixture(megapages: 1)
    let page = Self.virtual + (1 << 21) + (5 << 12)
    let programs = [HartFixture.base + 0x5000, HartFixture.base + 0x20_5000]
    for (index, place) in programs.enumerated() {
      let second = "0x" + String(place + 0x100, radix: 16)
      try fixture.place(["addi a0, zero, \(index + 1)", "j \(second)"], at: place)
      try fixture.place(["addi a1, zero, \(index + 1)", "j \(second)"], at: place + 0x100)
    }
    for (index, place) in programs.enumerated() {
      fixture.store(Self.entry(place), at: Self.tables + 0x2000 + 8 * 5)
      fixture.hart.privilege = .machine
      Self.fence(fixture, page)
      fixture.hart.privilege = .supervisor
      fixture.hart.pc = page
      fixture.run(3, byStep: byStep)
      #expect(fixture.hart.x(10) == UInt64(index + 1))
      #expect(fixture.hart.x(11) == UInt64(index + 1))
    }
  }

  /// Found by Linux, whose trap frame lay across two pages: stores in an order such as upper, lower, lower, upper.
  @Test("A run that goes to and fro between two pages reaches both", arguments: 0..<16)
  func alternatingPages(pattern: Int) throws {
    let (address, lower, upper) = (UInt64(0x40_0fe0), TranslationTests.data + 0xfe0, TranslationTests.data + 0x5000)
    let offsets = (0..<4).map { 8 * $0 + (pattern >> $0 & 1) * 32 }
    for name in ["sd", "ld"] {
      let fixture = try HartFixture()
      try fixture.place(
        ["csrs mstatus, a2", "sd zero, 0(s1)", "sd zero, 32(s1)", "j 0x80000010"]
          + (0..<4).map { "\(name) a\($0 + 3), \(offsets[$0])(s1)" } + ["j 0x80000000"])
      let entry = TranslationTests.map(fixture, .sv39, flags: 0xcf)
      fixture.store((TranslationTests.data + 0x5000) >> 2 | 0xcf, at: entry + 8)
      fixture.hart.privilege = .machine
      fixture.hart.setX(9, address)
      fixture.hart.setX(12, 1 << 17 | 1 << 11)
      fixture.run(4)
      func place(_ index: Int) -> UInt64 { UInt64(8 * index) + (pattern >> index & 1 == 1 ? upper : lower) }
      for index in 0..<4 {
        fixture.hart.setX(index + 13, UInt64(index) + 100)
        if name == "ld" { fixture.store(UInt64(index) + 200, at: place(index)) }
      }
      fixture.run(4)
      for index in 0..<4 {
        let value = name == "ld" ? fixture.hart.x(index + 13) : fixture.load(place(index))
        #expect(value == UInt64(index) + (name == "ld" ? 200 : 100), "\(name), \(index)")
      }
    }
  }
}
