import RISCV

/// The memory that translated code lies in, and what is known of it. It is filled from its start; when it is full, all goes.
package final class CodeCache {
  /// Bytes, whole pages.
  package let size: Int
  /// Bytes in use.
  package private(set) var used = 0
  /// How often everything was thrown away.
  package private(set) var generation = 0
  /// Those of this generation in order of place, dead ones among them.
  @exclusivity(unchecked) package private(set) var units: [TranslatedUnit] = []
  /// Where they end, in bytes from the start of the cache: to find one means to look at many.
  @exclusivity(unchecked) private var ends: [Int] = []
  /// For each page, how many begin before it. None crosses into the next.
  @exclusivity(unchecked) private var unitsBefore: [Int] = []
  @exclusivity(unchecked) private var byKey: [TranslatedUnit.Key: TranslatedUnit] = [:]
  @exclusivity(unchecked) private var byPage: [UInt64: [TranslatedUnit]] = [:]
  @exclusivity(unchecked) private var links: [UInt64: TranslatedUnit] = [:]
  package private(set) var lastNumber = 0
  /// Places at which runs stop.
  package private(set) var breakpoints: Set<CachePlace> = []
  /// Units that were thrown away.
  package private(set) var past = PastUnits()
  private let clock: () -> UInt64

  private let memory: PhysicalMemory
  private let code: TranslatedCode
  /// For roots of privileged modes by the level of their entries, what leads to the code.
  let rootEntries: [Int: UInt64]

  package static let defaultSize = 4 << 20
  /// Sizes that there may be: at least a page, which holds any unit; at most what leaves half of the monitor's frames to shadow tables.
  package static let sizes = 4096...Int(HostMachine.poolSize / 2)

  init(_ host: HostMachine, size: Int) {
    memory = host.memory
    self.size = size
    clock = { [unowned frames = host.frames] in frames.clock() }
    // SAFETY: nothing has been taken from the pool yet, so that frames come in a row.
    let frames = (0..<size / 4096).map { _ in host.pool.allocate()! }
    code = memory.holdTranslatedCode(at: frames[0], size: UInt64(size))
    rootEntries = Self.map(frames, host)
  }

  var hostCode: TranslatedCode { code }

  /// Makes the tables that map the frames execute-only, for U-mode: V X U A D. The trees of all schemes share them.
  private static func map(_ frames: [UInt64], _ host: HostMachine) -> [Int: UInt64] {
    func table(_ entries: [UInt64]) -> UInt64 {
      let frame = host.pool.allocate()!
      for (index, entry) in entries.enumerated() {
        host.memory.storeTableEntry(entry, at: frame + UInt64(index * 8))
      }
      return ShadowEntry.pointer(to: frame)
    }
    let leaves = frames.map { $0 >> 2 | 0xd9 }
    let lowest = stride(from: 0, to: leaves.count, by: 512).map {
      table(Array(leaves[$0..<min($0 + 512, leaves.count)]))
    }
    let sv39 = table(lowest)
    let sv48 = table([sv39])
    return [2: sv39, 3: sv48, 4: table([sv48])]
  }

  /// The entries of the cache's own tables on the way to an address, below one that leads there.
  func path(from entry: HostTableEntry, to address: UInt64) -> [HostTableEntry] {
    var path = [entry]
    while let last = path.last, last.value != 0, !last.isLeaf, last.level > 0 {
      let level = last.level - 1
      let index = Int(address >> UInt64(12 + 9 * level) & 511)
      let place = last.target + UInt64(index * 8)
      path.append(HostTableEntry(level: level, index: index, address: place, value: memory.tableEntry(at: place)))
    }
    return Array(path.dropFirst())
  }

  /// Where the code begins in an address space: at the bottom of the upper half, which kernels leave alone.
  static func base(_ regime: TranslationRegime) -> UInt64 {
    switch PagingScheme(rawValue: regime.addressTranslation >> 60) {
    case .sv48: UInt64(bitPattern: -1 << 47)
    case .sv57: UInt64(bitPattern: -1 << 56)
    default: UInt64(bitPattern: -1 << 38)
    }
  }

  // MARK: Finding

  func unit(for key: TranslatedUnit.Key) -> TranslatedUnit? { byKey[key] }

  /// The unit at an offset into the cache.
  package func unit(at offset: Int) -> TranslatedUnit? {
    let page = offset >> 12
    guard unitsBefore.indices.contains(page) else { return nil }
    var (low, high) = (unitsBefore[page], page + 1 < unitsBefore.count ? unitsBefore[page + 1] : units.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return low < units.count && units[low].offset <= offset ? units[low] : nil
  }

  /// How often the first instruction of a unit's was come to.
  package func entries(of unit: TranslatedUnit) -> UInt64 { code.entries(at: unit.body) }

  /// The place at an offset into the cache; nil where no unit lies.
  package func place(at offset: Int) -> CachePlace? {
    unit(at: offset).map { CachePlace(unit: $0.number, offset: offset) }
  }

  /// Host-physical address of an offset into the cache.
  package func hostAddress(of offset: UInt64) -> UInt64 { code.base &+ offset }

  /// The four bytes at an offset into the cache.
  package func bits(at offset: Int) -> UInt32 {
    let address = code.base + UInt64(offset)
    let low = memory.load(GuestPhysicalAddress(address), as: UInt16.self) ?? 0
    let high = memory.load(GuestPhysicalAddress(address + 2), as: UInt16.self) ?? 0
    return UInt32(low) | UInt32(high) << 16
  }

  /// Living units whose code lies in a guest-physical page.
  func units(inPage page: UInt64) -> [TranslatedUnit] { byPage[page] ?? [] }
  /// Pages of which there are units, in order.
  var pages: [UInt64] { byPage.keys.sorted() }

  // MARK: Filling

  /// Puts a unit into the cache; nil where there is no room left.
  func add(_ made: UnitTranslator, _ key: TranslatedUnit.Key) -> TranslatedUnit? {
    guard let unit = place(made, key) else { return nil }
    byKey[key] = unit
    byPage[key.page, default: []].append(unit)
    return unit
  }

  /// The link to an address in another page; nil where there is no room left.
  func link(to target: UInt64) -> TranslatedUnit? {
    if let link = links[target] { return link }
    let link = place(UnitTranslator(linkTo: target), nil)
    links[target] = link
    return link
  }

  private func place(_ made: UnitTranslator, _ key: TranslatedUnit.Key?) -> TranslatedUnit? {
    var start = used
    // None crosses a page, for the engine's blocks end there.
    if start & 0xfff + made.size > 4096 { start = (start | 0xfff) + 1 }
    guard start + made.size <= size else { return nil }
    lastNumber += 1
    let unit = TranslatedUnit(number: lastNumber, key: key, offset: start, birth: clock(), made)
    for (index, mark) in made.marks.enumerated() { code[start + 2 * index] = mark }
    code.forgetEntries(start..<start + made.size)
    memory.storeTranslatedCode(made.parcels, at: code.base + UInt64(start))
    used = start + made.size
    while unitsBefore.count <= start >> 12 { unitsBefore.append(units.count) }
    units.append(unit)
    ends.append(used)
    for place in breakpoints where place.unit == unit.number { setBreakpoint(true, place) }
    return unit
  }

  // MARK: Linking

  /// Has a stub of a unit lead to another one.
  func link(_ unit: TranslatedUnit, _ index: Int, to target: TranslatedUnit) {
    let stub = unit.stubs[index]
    let site = unit.offset + stub.site
    let place = unit.offset + stub.offset
    var isFar = false
    if stub.siteIsBranch, abs(target.body - site) < 4096 {
      write([UnitTranslator.withTarget(stub.siteWord, Int64(target.body - site))], at: site)
    } else if !stub.siteIsBranch, let jump = UnitTranslator.jal.bits(imm: Int64(target.body - site)) {
      write([jump], at: site)
    } else if let jump = UnitTranslator.jal.bits(imm: Int64(target.body - place)) {
      write([jump], at: place)
    } else {
      // As far as two instructions reach, by a register that the target gives back.
      isFar = true
      let distance = Int64(target.offset - place - 4)
      let low = (distance << 52) >> 52
      write(
        [
          UnitTranslator.hsv(rs2: UnitTranslator.first),
          UnitTranslator.auipc(rd: UnitTranslator.first, imm: distance - low),
          UnitTranslator.jalr(rs1: UnitTranslator.first, imm: low),
        ], at: place)
    }
    unit.stubs[index].link = .init(unit: target.number, looksUp: target.key == nil, isFar: isFar)
    target.incoming.append((unit, index))
  }

  /// Has a stub call the monitor again, if it leads to a unit.
  func unchain(_ unit: TranslatedUnit, _ index: Int) {
    guard unit.isLive, let link = unit.stubs[index].link, !link.looksUp else { return }
    unlink(unit, index)
  }

  /// Severs what leads from a unit to those of other pages, and from there to it.
  func unchain(_ unit: TranslatedUnit) {
    let page = unit.key!.pc & ~0xfff
    for index in unit.stubs.indices where unit.stubs[index].target & ~0xfff != page { unchain(unit, index) }
    for (source, stub) in unit.incoming where source.key!.pc & ~0xfff != page { unchain(source, stub) }
    unit.incoming.removeAll { $0.unit.key!.pc & ~0xfff != page }
  }

  private func unlink(_ unit: TranslatedUnit, _ index: Int) {
    let stub = unit.stubs[index]
    write([stub.siteWord], at: unit.offset + stub.site)
    write([UnitTranslator.ecall()], at: unit.offset + stub.offset)
    unit.stubs[index].link = nil
  }

  private func write(_ words: [UInt32], at offset: Int) {
    memory.storeTranslatedCode(
      words.flatMap { [UInt16(truncatingIfNeeded: $0), UInt16(truncatingIfNeeded: $0 >> 16)] },
      at: code.base + UInt64(offset))
  }

  // MARK: Breakpoints

  /// Has runs stop at these places, those among them that are there, and at no other.
  package func setBreakpoints(_ places: Set<CachePlace>) {
    for place in breakpoints.subtracting(places) { setBreakpoint(false, place) }
    for place in places.subtracting(breakpoints) { setBreakpoint(true, place) }
    breakpoints = places
  }

  private func setBreakpoint(_ isSet: Bool, _ place: CachePlace) {
    guard self.place(at: place.offset) == place else { return }
    memory.setBreakpoint(isSet, inTranslatedCodeAt: hostAddress(of: UInt64(place.offset)))
  }

  // MARK: Throwing away

  /// Nothing leads to a unit any more; its place stays taken until all goes.
  func remove(_ unit: TranslatedUnit, because end: PastUnits.End) {
    unit.isLive = false
    past.note(unit, end, at: clock())
    for (source, stub) in unit.incoming where source.isLive { unlink(source, stub) }
    unit.incoming = []
    guard let key = unit.key else { return }
    byKey[key] = nil
    byPage[key.page]?.removeAll { $0 === unit }
    if byPage[key.page]?.isEmpty ?? false { byPage[key.page] = nil }
  }

  deinit { forgetUnits() }

  /// Units that are linked to one another hold one another.
  private func forgetUnits() {
    for unit in units {
      unit.isLive = false
      unit.incoming = []
    }
    (units, ends, unitsBefore) = ([], [], [])
  }

  /// Throws everything away.
  func flush(because end: PastUnits.End) {
    let now = clock()
    for unit in units where unit.isLive { past.note(unit, end, at: now) }
    forgetUnits()
    byKey = [:]
    byPage = [:]
    links = [:]
    memory.dropTranslatedCode()
    used = 0
    generation += 1
  }
}
