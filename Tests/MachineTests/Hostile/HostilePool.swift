import Machine
import RISCV

/// Where things lie in the memory of a hostile guest.
enum HostileLayout {
  static let base: UInt64 = 0x8000_0000
  static let memorySize: UInt64 = 4 << 20
  static let handler = base + 0x1000
  /// Four pages: values of registers, of `mstatus`, of `satp`, of `pc`.
  static let pools = base + 0x8000
  static let code = base + 0x1_0000
  static let codeSize: UInt64 = 0x8000
  static let tables = base + 0x2_0000
  static let tableCount: UInt64 = 16
  static let data = base + 0x3_0000
  static let dataSize: UInt64 = 0x8000
  /// The rings of the disk and of the entropy device.
  static let rings = base + 0x4_0000
}

/// Values that a guest can do harm with.
struct HostilePool {
  private typealias Layout = HostileLayout

  var random: Xoshiro256

  /// A place in RAM, most often just before or behind a page border.
  mutating func place() -> UInt64 {
    let (start, size) = random.pick([
      (Layout.code, Layout.codeSize), (Layout.code, Layout.codeSize), (Layout.data, Layout.dataSize),
      (Layout.tables, Layout.tableCount << 12),
    ])
    if random.isOne(in: 3) { return start + UInt64(random.below(Int(size))) & ~UInt64(random.pick([0, 1, 3, 7])) }
    return start + UInt64(random.below(Int(size >> 12))) << 12 &+ 0x1000 &- UInt64(random.below(10)) &+ 2
  }

  /// Registers of devices, and places where nothing answers.
  mutating func device() -> UInt64 {
    let places: [UInt64] = [
      0x200_0000, 0x200_0004, 0x200_4000, 0x200_4008, 0x200_bff8, 0xc00_0004, 0xc00_0028, 0xc00_1000, 0xc00_2000,
      0xc00_2080, 0xc20_0000, 0xc20_0004, 0xc20_1004, 0xc20_3004, 0x1000_0000, 0x1000_0001, 0x1000_0002, 0x1000_0004,
      0x1000_1050, 0x1000_1070, 0x1000_1044, 0x1000_7050, 0x1000_8050, 0x10_1000, 0x10_1008, 0x1000, 0x1028,
      0x2000_0000, 0x21ff_fffe, 0x2200_0000, 0, 0x100, 0x4000_0000, Layout.base + Layout.memorySize, 0xff_ffff_fff8,
    ]
    return random.pick(places) &+ (random.isOne(in: 4) ? UInt64(random.below(16)) : 0)
  }

  /// A virtual address that random tables may map somewhere.
  mutating func virtual() -> UInt64 {
    var address: UInt64 = 0
    for shift: UInt64 in [12, 21, 30, 39, 48] { address |= random.pick([0, 0, 1, 2, 2, 255, 256, 511]) << shift }
    let bits: UInt64 = random.pick([39, 48, 57, 57])
    // The G-stage takes two bits more, and extends no sign.
    if random.isOne(in: 5) { return (address | random.pick([0, 1, 2, 3]) << bits) & 0x7ff_ffff_ffff_ffff | 0x800 }
    address = UInt64(bitPattern: Int64(bitPattern: address << (64 - bits)) >> Int64(64 - bits))
    return address | random.pick([0, 8, 0x800, 0xff8, 0xffc, 0xffe, 0xfff])
  }

  /// A page-table entry: tables that loop, superpages with low bits, pages outside RAM, flags of all kinds.
  mutating func entry() -> UInt64 {
    let flags = UInt64(random.below(256)) | (random.isOne(in: 8) ? 0 : 1)
    let page: UInt64
    switch random.below(10) {
    case 0, 1, 2: return (Layout.tables >> 12 + UInt64(random.below(Int(Layout.tableCount)))) << 10 | 1
    case 3, 4: page = place() >> 12
    case 5: page = random.pick([0x80000, 0x80200, 0x80010, 0x80008, 0x80018])
    case 6: page = device() >> 12
    case 7: page = random.next() & 0xfff_ffff_ffff
    case 8: return random.next()
    default: return random.pick([0, 0, 1, UInt64.max, 1 << 63 | flags, 0x2000_00cf, 0x2000_00df])
    }
    return page << 10 | flags
  }

  /// A value of `satp`, `vsatp` or `hgatp`: every mode, roots anywhere.
  mutating func root() -> UInt64 {
    let mode: UInt64 = random.pick([8, 8, 8, 9, 10, 0, UInt64(random.below(16))])
    let page: UInt64
    switch random.below(8) {
    case 0: page = device() >> 12
    case 1: page = place() >> 12
    case 2: page = random.next() & 0xfff_ffff_ffff
    default: page = Layout.tables >> 12 + UInt64(random.below(Int(Layout.tableCount)))
    }
    return mode << 60 | UInt64(random.below(4)) << 44 | page
  }

  /// A value of `mstatus`: previous modes, MPRV, SUM, MXR, TVM, TW, TSR, and whatever else.
  mutating func status() -> UInt64 {
    let mode: UInt64 = random.pick([0, 0, 1, 1, 1, 3])
    let float: UInt64 = random.isOne(in: 8) ? 0 : 3
    let rest = random.next() & (random.isOne(in: 4) ? .max : 0xc0_000e_01aa)
    return rest & ~0x7800 | mode << 11 | float << 13
  }

  /// What a register may hold.
  mutating func value() -> UInt64 {
    switch random.below(28) {
    case 0...17: return place()
    case 18, 19: return device()
    case 20, 21: return virtual()
    case 22: return entry()
    case 23: return root()
    case 24: return status()
    case 25: return 1 << UInt64(random.below(64))
    case 26: return random.pick([0, 1, 2, 7, .max, .max - 1, 1 << 63, 0x7fff_ffff_ffff_ffff, 0xffff_ffff])
    default: return random.next()
    }
  }

  /// Where a guest may go on.
  mutating func target() -> UInt64 {
    switch random.below(12) {
    case 0: return virtual()
    case 1: return device()
    case 2: return value()
    case 3...5: return Layout.code + UInt64(random.below(7)) << 12 + 0xff0 + UInt64(random.below(16))
    default: return Layout.code + UInt64(random.below(Int(Layout.codeSize)))
    }
  }
}
