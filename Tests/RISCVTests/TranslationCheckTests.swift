import Lockstep
import RISCV
import Testing

/// The stale-translation check; what a fresh walk would find is asked of ``Hart/walk(_:_:)``.
@Suite("Stale-translation check")
struct TranslationCheckTests {
  private static let page: UInt64 = 0x40_0000
  private static let other: UInt64 = 0x8030_0000

  /// A hart in M-mode whose loads and stores have the rights of S and go through Sv39; the check is on.
  private func fixture(_ lines: [String], svade: Bool = false) throws -> (HartFixture, entry: UInt64) {
    let fixture = try HartFixture(svade: svade)
    try fixture.place(lines)
    let entry = TranslationTests.map(fixture, .sv39, flags: 0xcf)
    fixture.hart.privilege = .machine
    fixture.set(.mstatus, 1 << 17 | 1 << 11)
    fixture.set(.mtvec, HartFixture.base + 0x100)
    fixture.hart.setX(11, Self.page)
    fixture.store(0xaaaa, at: TranslationTests.data)
    fixture.store(0xbbbb, at: Self.other)
    fixture.hart.observe(urgent: [], recorded: .stale)
    return (fixture, entry)
  }

  private func check(_ fixture: HartFixture) throws -> TranslationCheck { try #require(fixture.hart.translationCheck) }

  @Test("A load through an entry that the table moved is told of with entry, change and use", arguments: [false, true])
  func moved(isOnLate: Bool) throws {
    let (fixture, entry) = try fixture(["ld a0, 0(a1)", "nop", "ld a2, 0(a1)", "sfence.vma", "ld a3, 0(a1)"])
    if isOnLate { fixture.hart.observe(urgent: [], recorded: []) }
    fixture.run(1)
    fixture.hart.observe(urgent: [], recorded: .stale)
    let old = fixture.load(entry)
    fixture.store(Self.other >> 2 | 0xcb, at: entry)
    fixture.run(2)
    #expect(fixture.hart.x(12) == 0xaaaa)
    let use = try #require(try check(fixture).uses.first)
    #expect(use.address.value == Self.page && use.access == .load && use.mode == .supervisor)
    #expect(use.use == .init(retired: 2, pc: HartFixture.base + 8))
    #expect(use.entry.physicalPage.value == TranslationTests.data)
    #expect(try use.now.get().physicalPage.value == Self.other)
    if isOnLate {
      #expect(use.filled == nil && use.change == nil)
    } else {
      #expect(try #require(use.filled).moment == .init(retired: 0, pc: HartFixture.base))
      let change = try #require(use.change)
      #expect(change.entryAddress.value == entry && change.wasLeaf && change.stage == .first)
      #expect(change.old == old && change.new == Self.other >> 2 | 0xcb)
    }
    fixture.run(2)
    #expect(fixture.hart.x(13) == 0xbbbb)
    #expect(try check(fixture).staleCount == 1)
  }

  @Test("A change further up, an entry made invalid, and a right taken away are told of where they matter")
  func others() throws {
    for (level, change) in [(2, UInt64(0)), (1, 0), (0, 0), (0, 0xc9)] {
      let (fixture, entry) = try fixture(["ld a0, 0(a1)", "ld a2, 0(a1)", "ld a2, 0(a1)"])
      fixture.run(1)
      let place = level == 0 ? entry : TranslationTests.root + (level == 1 ? 0x1000 + 2 * 8 : 0)
      fixture.store(change == 0 ? 0 : TranslationTests.data >> 2 | change, at: place)
      fixture.run(2)
      #expect(fixture.hart.x(12) == 0xaaaa)
      let use = try #require(try check(fixture).uses.first)
      #expect(use.now == .failure(Trap(.loadPageFault, value: Self.page)))
      #expect(use.change?.entryAddress.value == place && use.change?.level == level)
      #expect(try check(fixture).uses.count == 1, "once for each entry of the TLB")
    }
    // W is gone, but nobody stores; then somebody does.
    let (fixture, entry) = try fixture(["sd a0, 0(a1)", "ld a2, 0(a1)", "sd a0, 0(a1)"])
    fixture.run(1)
    fixture.store(TranslationTests.data >> 2 | 0xcb, at: entry)
    fixture.run(1)
    #expect(try check(fixture).uses.isEmpty)
    fixture.run(1)
    #expect(try check(fixture).uses.first?.access == .store)
  }

  @Test("A and D cleared without a fence are counted apart", arguments: [false, true], [UInt64(0x8f), 0x4f, 0x0f])
  func cleared(svade: Bool, flags: UInt64) throws {
    let (fixture, entry) = try fixture(["sd a0, 0(a1)", "sd a0, 0(a1)", "sd a0, 0(a1)", "ld a2, 0(a1)"], svade: svade)
    fixture.run(1)
    fixture.store(TranslationTests.data >> 2 | flags, at: entry)
    fixture.run(3)
    #expect(fixture.hart.pc == HartFixture.base + 16)
    #expect(try check(fixture).staleCount == 0)
    #expect(try check(fixture).clearedCount == 1)
    #expect(fixture.load(entry) & 0xff == flags, "the check sets nothing itself")
  }

  @Test("A stale fetch")
  func fetch() throws {
    let fixture = try HartFixture()
    let entry = TranslationTests.map(fixture, .sv39, flags: 0xcf)
    try fixture.place(["nop", "li a0, 1", "li a0, 2"], at: TranslationTests.data)
    try fixture.place(["nop", "li a0, 3", "li a0, 4"], at: Self.other)
    fixture.hart.pc = Self.page
    fixture.hart.observe(urgent: [], recorded: .stale)
    fixture.run(1)
    fixture.store(Self.other >> 2 | 0xcf, at: entry)
    fixture.run(2)
    #expect(fixture.hart.x(10) == 2)
    let use = try #require(try check(fixture).uses.first)
    #expect(use.access == .fetch && use.use == .init(retired: 1, pc: Self.page + 4))
  }

  @Test("Two stages: the stage that changed is named")
  func twoStages() throws {
    for stage in [TranslationStage.first, .guest] {
      let world = try TwoStageTests.World(.sv39, .sv39, lines: ["hlv.d a2, (a1)", "hlv.d a3, (a1)"])
      let fixture = world.fixture
      fixture.hart.privilege = .supervisor
      fixture.set(.hstatus, 1 << 8)
      fixture.hart.observe(urgent: [], recorded: .stale)
      fixture.run(1)
      let place = stage == .first ? world.guestEntry : try #require(world.stageEntries[TwoStageTests.guestData])
      fixture.store(0, at: place)
      fixture.run(1)
      let use = try #require(try check(fixture).uses.first)
      #expect(use.change?.stage == stage && use.change?.entryAddress.value == place)
      #expect(use.mode == .virtualSupervisor && use.vmid == 7 && use.asid == 3)
      #expect(use.entry.physicalPage.value == TwoStageTests.data)
    }
  }

  /// Accesses, fences and changes of the table in random order, over a few pages and frames.
  @Test("An access is told of if, and only if, a walk would have led elsewhere", arguments: 0..<12)
  func random(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let (fixture, first) = try fixture(["ld a0, 0(a1)", "sd x0, 8(a1)", "sfence.vma a1", "sfence.vma"])
    let (pages, frames): (UInt64, UInt64) = (4, 4)
    for frame in 0..<frames { fixture.store(frame + 1, at: TranslationTests.data + frame << 12) }
    var told: Set<UInt64> = []
    var (stale, reported) = (0, 0)
    for _ in 0..<3000 {
      let page = UInt64.random(in: 0..<pages, using: &random)
      let address = Self.page + page << 12
      fixture.hart.setX(11, address)
      let choice = Int.random(in: 0..<10, using: &random)
      if choice < 2 {
        let frame = UInt64.random(in: 0..<frames, using: &random)
        let flags = [0xcf, 0xcf, 0x4b, 0x8f, 0x0f, 0xc9, 0].randomElement(using: &random)! as UInt64
        fixture.store((TranslationTests.data >> 12 + frame) << 10 | flags, at: first + page * 8)
        continue
      }
      let line = choice < 6 ? 0 : choice < 9 ? 1 : UInt64.random(in: 2...3, using: &random)
      fixture.hart.pc = HartFixture.base + line * 4
      guard line < 2 else {
        fixture.run(1)
        if line == 2 { told.remove(page) } else { told = [] }
        continue
      }
      let fresh = fixture.hart.walk(GuestVirtualAddress(address + line * 8), line == 0 ? .load : .store).result
        .map { $0.value & ~0xfff }
      let before = try check(fixture).staleCount
      fixture.set(.mcause, 0)
      fixture.hart.setX(10, 0)
      for frame in 0..<frames { fixture.store(1, at: TranslationTests.data + frame << 12 + 8) }
      fixture.run(1)
      // Where it went in truth: by what was read, or where a zero lies.
      var went: Result<UInt64, Trap>
      if fixture.csr(.mcause) != 0 {
        let cause = try #require(ExceptionCause(rawValue: fixture.csr(.mcause)))
        went = .failure(Trap(cause, value: fixture.csr(.mtval)))
        fixture.set(.mstatus, 1 << 17 | 1 << 11)
      } else if line == 0 {
        went = .success(TranslationTests.data + (fixture.hart.x(10) - 1) << 12)
      } else {
        let frame = try #require((0..<frames).first { fixture.load(TranslationTests.data + $0 << 12 + 8) == 0 })
        went = .success(TranslationTests.data + frame << 12)
      }
      let isReported = try check(fixture).staleCount > before
      if isReported { (reported, _) = (reported + 1, told.insert(page)) }
      if went == fresh {
        #expect(!isReported, "seed \(seed)")
      } else {
        stale += 1
        #expect(isReported || told.contains(page), "seed \(seed): \(went) in place of \(fresh)")
      }
    }
    #expect(stale > 100 && reported > 50)
  }
}
