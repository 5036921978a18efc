import Machine
import RISCV
import SystemPackage

/// A machine whose memory, page tables, devices and registers were filled at random: the same ones for the same seed.
struct HostileGuest {
  private typealias Layout = HostileLayout

  let machine: Machine
  private let kind: HostileCode.Kind
  private let handler: [UInt8]
  private var lastRetired: [UInt64]

  /// `disk` has at least 64 sectors.
  init(_ kind: HostileCode.Kind, seed: UInt64, disk: FilePath) throws {
    self.kind = kind
    var random = Xoshiro256(seed: seed, stream: UInt64(HostileCode.Kind.allCases.firstIndex(of: kind)!))
    var configuration = MachineConfiguration()
    configuration.memorySize = Layout.memorySize
    configuration.hartCount = 1 + random.below(3)
    configuration.seed = seed
    configuration.cpu.svade = random.isOne(in: 4)
    configuration.disks = [.init(path: disk)]
    machine = try Machine(configuration)
    handler = try HostileHandler.bytes(kind)
    lastRetired = machine.harts.map { _ in .max }
    fillMemory(&random)
    try setUpDevices(&random)
    for hart in machine.harts {
      reset(hart)
      for register in 0..<32 {
        hart.setX(register, random.next())
        hart.setF(register, random.next())
      }
    }
  }

  private func fillMemory(_ random: inout Xoshiro256) {
    var pool = HostilePool(random: random)
    let memory = machine.memory
    func fill(_ address: UInt64, _ count: UInt64, _ value: () -> UInt64) {
      for index in 0..<count { memory.store(value(), to: .init(address + 8 * index)) }
    }
    fill(Layout.pools, 512) { pool.value() }
    fill(Layout.pools + 0x1000, 512) { pool.status() }
    fill(Layout.pools + 0x2000, 512) { pool.root() }
    fill(Layout.pools + 0x3000, 512) { pool.target() }
    fill(Layout.tables, Layout.tableCount * 512) { pool.entry() }
    for table in 0..<Layout.tableCount where pool.random.isOne(in: 2) {
      // RAM where it is, for roots of Sv39; and tables below those of Sv48 and Sv57.
      let flags: UInt64 = pool.random.pick([0xcf, 0xdf, 0xc7, 0xcb, 0xd9, 0x0f, 0x1f, 0xef])
      memory.store(0x80000 << 10 | flags, to: .init(Layout.tables + table << 12 + 16))
      let next = Layout.tables >> 12 + UInt64(pool.random.below(Int(Layout.tableCount)))
      memory.store(next << 10 | 1, to: .init(Layout.tables + table << 12))
    }
    memory.write(HostileCode(kind: kind).fill(Int(Layout.codeSize), &pool.random), to: .init(Layout.code))
    fill(Layout.data, Layout.dataSize / 8) { pool.value() }
    random = pool.random
  }

  /// A disk and a source of entropy that write sectors and a few bytes over the code, again and again as they are notified.
  private func setUpDevices(_ random: inout Xoshiro256) throws {
    var pool = HostilePool(random: random)
    let memory = machine.memory
    for (slot, rings) in [(0, Layout.rings), (7, Layout.rings + 0x2000)] {
      let device = machine.board.virtio[slot]
      for chain in 0..<UInt64(16) {
        let header = rings + 0x800 + 32 * chain
        memory.store(UInt32(0), to: .init(header))
        memory.store(UInt64(pool.random.below(64)), to: .init(header + 8))
        let target = pool.place()
        let count = slot == 0 ? UInt32(512) : UInt32(1 + pool.random.below(12))
        let transfer = (address: target, count: count, isWritable: true)
        memory.writeChain(
          rings + 0x1000, first: 4 * chain,
          slot == 0 ? [(header, 16, false), transfer, (header + 16, 1, true)] : [transfer])
        for turn in 0..<UInt64(4) {
          memory.store(UInt16(4 * chain), to: .init(rings + 0x104 + 2 * (chain + 16 * turn)))
        }
      }
      try device.makeReady(size: 64, descriptors: rings + 0x1000, available: rings + 0x100, used: rings + 0x400)
    }
    // All sources interrupt in all contexts.
    for source in 1...UInt64(11) { try machine.board.plic.write(1, offset: 4 * source, width: .word) }
    for context in 0..<UInt64(2 * machine.harts.count) {
      try machine.board.plic.write(0xfff, offset: 0x2000 + 0x80 * context, width: .word)
    }
    random = pool.random
  }

  private func reset(_ hart: Hart) {
    hart.reset(pc: Layout.handler)
    func set(_ csr: CSR, _ value: UInt64) { _ = hart.writeCSR(csr.rawValue, value) }
    _ = hart.writeCSR(CSRGroup.pmpaddr.base, .max)
    _ = hart.writeCSR(CSRGroup.pmpcfg.base, 0x1f)
    set(.mtvec, Layout.handler)
    set(.mstatus, 3 << 13)
    set(.mcounteren, 7)
    set(.scounteren, 7)
    // STCE, and ADUE as at reset.
    set(.menvcfg, (hart.readCSR(CSR.menvcfg.rawValue) ?? 0) | 1 << 63)
    if kind != .registers { set(.medeleg, 0) }
  }

  /// Mends what would keep the guest from going on: the handler, the way there, and harts that get nowhere.
  mutating func nudge() {
    machine.board.exitRequest = nil
    for hart in machine.harts {
      if hart.retired == lastRetired[hart.index] { reset(hart) }
      lastRetired[hart.index] = hart.retired
      _ = hart.writeCSR(CSR.mtvec.rawValue, Layout.handler)
      _ = hart.writeCSR(CSR.mcountinhibit.rawValue, 0)
    }
    machine.memory.write(handler, to: .init(Layout.handler))
  }
}
