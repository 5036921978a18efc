import RISCV
import Testing

/// Two-stage address translation; expectations from "Two-Stage Address Translation" of the "H" Extension.
@Suite("Two-stage address translation")
struct TwoStageTests {
  /// The guest's page and the frame that it lies in.
  static let page: UInt64 = 0x40_0000
  static let guestData: UInt64 = 0x30_0000
  static let data: UInt64 = 0x8020_0000
  /// The guest's tables: guest-physical addresses, at the same offset into RAM as seen from the host.
  static let guestRoot: UInt64 = 0x10_0000
  static let offset: UInt64 = 0x8000_0000
  static let stageRoot: UInt64 = 0x8014_0000

  /// A hart in VS-mode whose tables map `page` to `guestData` to `data`. Guest-physical tables lie at gpa + `offset`.
  final class World {
    let fixture: HartFixture
    var guestEntry: UInt64 = 0
    /// Addresses of the G-stage's leaf entries by guest-physical page.
    var stageEntries: [UInt64: UInt64] = [:]
    private var nextTable: UInt64 = 0x8015_0000

    init(
      _ first: PagingScheme, _ second: PagingScheme, guestFlags: UInt64 = 0xcf, stageFlags: UInt64 = 0xdf,
      svade: Bool = false, lines: [String] = []
    ) throws {
      fixture = try HartFixture(svade: svade)
      fixture.openProtection()
      fixture.set(.medeleg, .max)
      fixture.set(.stvec, HartFixture.base + 0x200)
      fixture.set(.hgatp, second.rawValue << 60 | 7 << 44 | stageRoot >> 12)
      if first != .bare {
        var table = guestRoot
        for level in (1..<first.levels).reversed() {
          let next = table + 0x1000
          fixture.store((next >> 12) << 10 | 1, at: offset + table + (page >> UInt64(12 + 9 * level) & 511) * 8)
          mapGuest(table, to: offset + table, second, 0xdf)
          table = next
        }
        mapGuest(table, to: offset + table, second, 0xdf)
        guestEntry = offset + table + (page >> 12 & 511) * 8
        fixture.store((guestData >> 12) << 10 | guestFlags, at: guestEntry)
        fixture.set(.vsatp, first.rawValue << 60 | 3 << 44 | guestRoot >> 12)
      }
      mapGuest(guestData, to: data, second, stageFlags)
      try fixture.place(lines)
      fixture.hart.setX(11, page)
      fixture.hart.privilege = .virtualSupervisor
    }

    /// Maps one guest-physical page.
    func mapGuest(_ guest: UInt64, to host: UInt64, _ scheme: PagingScheme, _ flags: UInt64) {
      guard scheme != .bare else { return }
      var table = stageRoot
      for level in (1..<scheme.levels).reversed() {
        let mask: UInt64 = level == scheme.levels - 1 ? 2047 : 511
        let entry = table + (guest >> UInt64(12 + 9 * level) & mask) * 8
        if fixture.load(entry) == 0 {
          fixture.store((nextTable >> 12) << 10 | 1, at: entry)
          nextTable += 0x1000
        }
        table = (fixture.load(entry) >> 10) << 12
      }
      stageEntries[guest] = table + (guest >> 12 & 511) * 8
      fixture.store((host >> 12) << 10 | flags, at: stageEntries[guest]!)
    }
  }

  // Bhargava et al. (2008): (n+1)(m+1) - 1 references.
  @Test(
    "The count of references is (n+1)(m+1) - 1",
    arguments: [
      (PagingScheme.sv39, PagingScheme.sv39, 15), (.sv48, .sv48, 24), (.sv57, .sv57, 35), (.sv39, .sv48, 19),
      (.sv48, .sv39, 19), (.bare, .sv39, 3), (.sv39, .bare, 3),
    ])
  func references(first: PagingScheme, second: PagingScheme, count: Int) throws {
    let world = try World(first, second)
    if second == .bare {
      // The guest's tables and its page are where their addresses say.
      world.fixture.set(.vsatp, first.rawValue << 60 | (Self.offset + Self.guestRoot) >> 12)
      for address in [Self.guestRoot, Self.guestRoot + 0x1000] {
        let entry = Self.offset + address + (Self.page >> (address == Self.guestRoot ? 30 : 21) & 511) * 8
        world.fixture.store(world.fixture.load(entry) + (Self.offset >> 12) << 10, at: entry)
      }
    }
    let address = first == .bare ? Self.guestData : Self.page
    let report = world.fixture.hart.walk(GuestVirtualAddress(address + 0x123), .load)
    #expect(report.references.count == count, "\(report)")
    let expected = second == .bare ? Self.guestData : Self.data
    #expect(report.result == .success(GuestPhysicalAddress(expected + 0x123)))
    #expect(
      world.fixture.hart.physicalAddress(of: GuestVirtualAddress(address + 0x123))
        == GuestPhysicalAddress(expected + 0x123))
  }

  @Test("hlv, hsv and hlvx reach the guest's memory as hstatus.SPVP has it", arguments: [false, true])
  func hypervisorAccess(byStep: Bool) throws {
    let world = try World(
      .sv39, .sv39, lines: ["hsv.d a2, (a1)", "hlv.b a3, (a1)", "hlvx.hu a4, (a1)", "hlv.w a5, (a1)"])
    let fixture = world.fixture
    fixture.hart.privilege = .supervisor
    fixture.set(.hstatus, 1 << 8)
    fixture.hart.setX(12, 0x8899_aabb_ccdd_eeff)
    fixture.run(4, byStep: byStep)
    #expect(fixture.load(Self.data) == 0x8899_aabb_ccdd_eeff)
    #expect(fixture.hart.x(13) == .max)
    #expect(fixture.hart.x(14) == 0xeeff)
    #expect(fixture.hart.x(15) == 0xffff_ffff_ccdd_eeff)
    // As VU the page, which lacks U, is out of reach; V was 0, so GVA says whose address it is, and SPV that it was not the guest.
    fixture.set(.hstatus, 0)
    fixture.hart.pc = HartFixture.base
    fixture.run(1, byStep: byStep)
    #expect(fixture.csr(.scause) == ExceptionCause.storePageFault.rawValue)
    #expect(fixture.csr(.hstatus) & 0xc0 == 0x40, "GVA, not SPV")
    #expect(fixture.csr(.stval) == Self.page)
  }

  @Test("hlvx needs X and no R; hlv needs R, or X with MXR of either stage's making")
  func executeOnly() throws {
    for (line, mxr, works) in [
      ("hlvx.hu a4, (a1)", CSR?.none, true), ("hlv.hu a4, (a1)", nil, false), ("hlv.hu a4, (a1)", .vsstatus, true),
      ("hlv.hu a4, (a1)", .sstatus, true),
    ] {
      let world = try World(.sv39, .sv39, guestFlags: 0xc9, lines: [line])
      world.fixture.hart.privilege = .supervisor
      world.fixture.set(.hstatus, 1 << 8)
      if let mxr { world.fixture.set(mxr, 1 << 19) }
      world.fixture.run(1)
      #expect((world.fixture.hart.pc == HartFixture.base + 4) == works, "\(line) \(String(describing: mxr))")
    }
    // vsstatus.MXR does not reach the G-stage; sstatus.MXR does.
    for (mxr, works) in [(CSR.vsstatus, false), (.sstatus, true)] {
      let world = try World(.sv39, .sv39, stageFlags: 0xd9, lines: ["hlv.hu a4, (a1)"])
      world.fixture.hart.privilege = .supervisor
      world.fixture.set(.hstatus, 1 << 8)
      world.fixture.set(mxr, 1 << 19)
      world.fixture.run(1)
      #expect((world.fixture.hart.pc == HartFixture.base + 4) == works, "\(mxr)")
    }
  }

  @Test("A guest-page fault tells the address of the guest, and the instruction transformed", arguments: [false, true])
  func guestPageFault(byStep: Bool) throws {
    // A load in M-mode under MPRV and MPV stands for the guest's own: its code needs no mapping.
    for (line, transformed, cause) in [
      ("ld a0, 8(a1)", UInt64(0x3503), ExceptionCause.loadGuestPageFault),
      ("sw a2, 8(a1)", 0x00c0_2023, .storeGuestPageFault),
      ("amoadd.w a0, a2, (a1)", 0x00c0_252f, .storeGuestPageFault),
      ("lr.d a0, (a1)", 0x1000_352f, .loadGuestPageFault), ("fld fa0, 8(a1)", 0x3507, .loadGuestPageFault),
      ("c.ld a0, 8(a1)", 0x3501, .loadGuestPageFault), ("hlv.w a0, (a1)", 0x6800_4573, .loadGuestPageFault),
    ] {
      let world = try World(.sv39, .sv39, lines: [line])
      let fixture = world.fixture
      fixture.store(0, at: world.stageEntries[Self.guestData]!)
      fixture.set(.mtvec, HartFixture.base + 0x100)
      fixture.set(.mstatus, 1 << 39 | 1 << 17 | 1 << 11 | 1 << 13)
      fixture.set(.hstatus, 1 << 8)
      fixture.hart.privilege = .machine
      fixture.run(1, byStep: byStep)
      #expect(fixture.csr(.mcause) == cause.rawValue, "\(line)")
      let displacement: UInt64 = line.contains("8(") ? 8 : 0
      #expect(fixture.csr(.mtval) == Self.page + displacement, "\(line)")
      #expect(fixture.csr(.mtval2) == (Self.guestData + displacement) >> 2, "\(line)")
      #expect(fixture.csr(.mtinst) == transformed, "\(line)")
      #expect(fixture.csr(.mstatus) >> 38 & 3 == 1, "GVA, and MPV clear: it came from M")
    }
  }

  @Test("A fault on the guest's own tables is told by a pseudoinstruction")
  func faultOnTables() throws {
    let world = try World(.sv39, .sv39)
    let table = Self.guestRoot + 0x2000
    let fixture = world.fixture
    fixture.store(0, at: world.stageEntries[table]!)
    // Fetching at the page: its table cannot be read, so an instruction guest-page fault with the table's address.
    fixture.hart.pc = Self.page
    fixture.run(1)
    #expect(fixture.hart.privilege == .supervisor)
    #expect(fixture.csr(.scause) == ExceptionCause.instructionGuestPageFault.rawValue)
    #expect(fixture.csr(.stval) == Self.page)
    #expect(fixture.csr(.htval) == (table + (Self.page >> 12 & 511) * 8) >> 2)
    #expect(fixture.csr(.htinst) == 0x3000)
    #expect(fixture.csr(.hstatus) & 0xc0 == 0xc0, "GVA and SPV")
    // Setting A in a table that the G-stage maps read-only.
    let other = try World(.sv39, .sv39, guestFlags: 0x0f)
    let entry = other.stageEntries[table]!
    other.fixture.store(other.fixture.load(entry) & ~0x84, at: entry)
    other.fixture.set(.menvcfg, 1 << 61)
    other.fixture.set(.henvcfg, 1 << 61)
    other.fixture.hart.pc = Self.page
    other.fixture.run(1)
    #expect(other.fixture.csr(.htinst) == 0x3020)
  }

  @Test("Every entry of the G-stage needs U, and guest-physical addresses have 41, 50 or 59 bits")
  func stageRules() throws {
    let world = try World(.sv39, .sv39, stageFlags: 0xcf)
    let report = world.fixture.hart.walk(GuestVirtualAddress(Self.page), .load)
    #expect(report.failure == "the G-stage needs U")
    for (scheme, bits) in [(PagingScheme.sv39, UInt64(41)), (.sv48, 50), (.sv57, 59)] {
      let bare = try World(.bare, scheme)
      let far = bare.fixture.hart.walk(GuestVirtualAddress(1 << bits), .load)
      #expect(far.references.isEmpty)
      guard case .failure(let trap) = far.result else { throw Failure.walked }
      #expect(trap.cause == .loadGuestPageFault && trap.guestPhysicalAddress == 1 << bits)
      let near = bare.fixture.hart.walk(GuestVirtualAddress(1 << (bits - 1)), .load)
      #expect(near.references.first?.index == 1024, "the root of the G-stage has 2048 entries")
    }
  }
  private enum Failure: Error { case walked }

  @Test("A and D are set in both stages, each by its own register's ADUE")
  func accessedAndDirty() throws {
    for (menvcfg, henvcfg, guestSet, stageSet) in [
      (UInt64(1), UInt64(1), true, true), (1, 0, false, false), (0, 0, false, false),
    ] {
      let world = try World(.sv39, .sv39, guestFlags: 0x0f, stageFlags: 0x1f, lines: ["hsv.d a2, (a1)"])
      let fixture = world.fixture
      fixture.set(.menvcfg, menvcfg << 61)
      fixture.set(.henvcfg, henvcfg << 61)
      fixture.hart.privilege = .supervisor
      fixture.set(.hstatus, 1 << 8)
      fixture.run(1)
      #expect((fixture.load(world.guestEntry) & 0xc0 == 0xc0) == guestSet)
      #expect((fixture.load(world.stageEntries[Self.guestData]!) & 0xc0 == 0xc0) == stageSet)
    }
  }

  @Test("Each fence forgets what it names and no more")
  func fences() throws {
    // A load to fill the TLB, the fence, a load to see; the guest's page is remapped in between.
    for (fence, seesNew) in [
      ("hfence.vvma", true), ("hfence.vvma a1", true), ("hfence.vvma zero, a3", true), ("hfence.vvma zero, a4", false),
      ("hfence.vvma a5", false), ("hfence.gvma", true), ("hfence.gvma zero, a6", true), ("hfence.gvma zero, a7", false),
      ("sfence.vma", false), ("hinval.vvma a1, zero", true), ("hinval.gvma zero, zero", true), ("nop", false),
    ] {
      let world = try World(.sv39, .sv39, lines: ["hlv.d a0, (a1)", fence, "hlv.d a2, (a1)"])
      let fixture = world.fixture
      fixture.hart.privilege = .supervisor
      fixture.set(.hstatus, 1 << 8)
      for (register, value) in [(13, 3), (14, 4), (15, Self.page + 0x1000), (16, 7), (17, 8)] as [(Int, UInt64)] {
        fixture.hart.setX(register, value)
      }
      fixture.store(1, at: Self.data)
      fixture.store(2, at: Self.data + 0x1000)
      fixture.run(1)
      fixture.store(((Self.data + 0x1000) >> 12) << 10 | 0xdf, at: world.stageEntries[Self.guestData]!)
      fixture.run(2)
      #expect(fixture.hart.x(10) == 1 && fixture.hart.x(12) == (seesNew ? 2 : 1), "\(fence)")
    }
  }
}
