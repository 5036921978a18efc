import Hypervisor
import ObjectFile
import RISCV

// Which image an address is in. User programs lie at the same virtual addresses in address spaces of their own, so the bytes
// that lie there tell them apart.
extension Session {
  /// Which user program lies in the address space that a hart sees.
  struct ProgramSearch {
    /// What the answer depends on. Between two steps nothing changes but what the person changes.
    struct Key: Equatable {
      var steps: UInt64
      var changes: Int
      var hart: Int
      var privilege: PrivilegeMode
      var images: Int
    }
    var key: Key
    var program: DebugImage?
  }

  /// Adds the symbols of a file: an ELF file or a System.map. `stage` says what it is where the guest itself loads it.
  @discardableResult
  package func addSymbolFile(
    _ bytes: [UInt8], path: String, stage: ImageStage? = nil, offset: Int64 = 0
  ) throws(DebuggerError) -> DebugImage {
    let name = String(path.split(separator: "/").last ?? "symbols")
    let image: DebugImage
    if ELFFile.isELF(bytes) {
      let file: ELFFile
      do { file = try ELFFile(bytes) } catch { throw .other("\(path): \(error)") }
      image = DebugImage(name: name, path: path, file: file, stage: stage, offset: offset)
      images.add(image, symbols: file.symbols)
    } else {
      guard stage != .user else {
        throw .other("\(path) is no ELF file: a user program is told from others by its code, which a map has not.")
      }
      let symbols: [Symbol]
      do { symbols = try SystemMap.symbols(bytes) } catch { throw .other("\(path): \(error)") }
      image = DebugImage(name: name, path: path, symbols: symbols, stage: stage, offset: offset)
      images.add(image, symbols: symbols)
    }
    updateHooks()
    return image
  }

  /// The user program whose code lies in the selected hart's present address space; nil where it is none of those known.
  package var presentProgram: DebugImage? {
    let guest = isInGuestWorld ? images.programs.first(where: \.isGuest) : nil
    let programs = images.programs.filter { !$0.isGuest }
    if programs.isEmpty { return guest }
    let key = ProgramSearch.Key(
      steps: machine.steps, changes: changes.count, hart: selectedHart, privilege: translationMode ?? hart.privilege,
      images: images.all.count)
    if let search = programSearch, search.key == key { return search.program ?? guest }
    var pages: [UInt64: [UInt8]?] = [:]
    func read(_ address: UInt64, _ count: Int) -> [UInt8]? {
      let page = address & ~4095
      let bytes = pages[page] ?? (try? readMemory(SpacedAddress(page), count: 4096))
      pages[page] = .some(bytes)
      return bytes.map { Array($0[Int(address - page)..<Int(address - page) + count]) }
    }
    // Of two that both fit, as far as their pages are there yet, the longer one is the better proof.
    var best: (program: DebugImage, count: Int)?
    for program in programs {
      if let count = program.matchingBytes(read), count > best?.count ?? 0 { best = (program, count) }
    }
    programSearch = ProgramSearch(key: key, program: best?.program)
    return best?.program ?? guest
  }

  /// The user program that an address is in now.
  func program(at address: UInt64) -> DebugImage? {
    guard images.programs.contains(where: { $0.covers(address) }), let program = presentProgram else { return nil }
    return program.covers(address) ? program : nil
  }

  /// The symbol that an address lies in, in the address space that the selected hart sees.
  package func location(of address: UInt64) -> SymbolTable.Location? {
    if let program = program(at: address) { return program.ownSymbols?.symbol(at: address) }
    if isInGuestWorld { return nil }
    return images.common.symbol(at: address)
  }

  /// Every symbol of that name with its program, where it is of one: the present program's first, then those of firmware,
  /// loader and kernel, then those of other programs.
  package func symbols(named name: String) -> [(entry: SymbolTable.Entry, program: DebugImage?)] {
    let present = isInUserCode || isInGuestWorld ? presentProgram : nil
    let programs = images.programs.sorted { first, _ in first === present }
    let ofPrograms = programs.map { program in
      (program.ownSymbols?.symbols(named: name) ?? []).map { (entry: $0, program: Optional(program)) }
    }
    let common = images.common.symbols(named: name).map { (entry: $0, program: DebugImage?.none) }
    guard present != nil, let first = ofPrograms.first else { return common + ofPrograms.joined() }
    return first + common + ofPrograms.dropFirst().joined()
  }

  /// `0x80000f3e <kvminithart+22>`; of a program that does not lie there now with the program's name.
  package func place(_ location: CodeLocation) -> String {
    if let place = location.cachePlace {
      return "\(placeText(place)), of \(self.place(location.address))"
    }
    guard let program = location.program else { return inMonitor { place(location.address) } }
    if program === self.program(at: location.address) { return place(location.address) }
    let symbol = program.ownSymbols?.symbol(at: location.address).map { " <\(text($0))>" } ?? ""
    return "\(hex(location.address))\(symbol) of \(program.name)"
  }

  /// File and line of a place, in the program that it is meant in.
  package func sourceText(of location: CodeLocation) -> String? {
    guard let image = location.program ?? inMonitor({ image(at: location.address) }) else { return nil }
    return sourcePlace(at: location.address, in: image)?.text
  }

  private var isInUserCode: Bool { (translationMode ?? hart.privilege).level == 0 }

  /// Whether a place in code is what a hart is about to execute.
  func isHere(_ location: CodeLocation, _ hart: Hart) -> Bool {
    if let place = location.cachePlace { return place == cachePlace(of: hart) }
    guard location.address == hart.pc, !isMidway(hart) else { return false }
    guard let program = location.program else { return !isGuestWorld(hart.privilege, on: hart.index) }
    return withHart(hart) { self.program(at: hart.pc) === program }
  }

  private func cachePlace(of hart: Hart) -> CachePlace? {
    virtualMachine.cpus.indices.contains(hart.index) ? virtualMachine.cpus[hart.index].cachePlace : nil
  }

  /// The instruction at a hart's pc has begun: the physical hart is in the midst of its translation.
  func isMidway(_ hart: Hart) -> Bool {
    guard let offset = cachePlace(of: hart)?.offset else { return false }
    return virtualMachine.codeCache?.unit(at: offset)?.isMidway(at: offset) ?? false
  }

  func isCode(_ address: UInt64, in program: DebugImage?) -> Bool {
    let candidates = program.map { [$0] } ?? images.all.filter { $0.ownSymbols == nil }
    return candidates.contains { image in
      image.sections.contains {
        $0.flags.contains(.execute) && address &- ($0.address &+ UInt64(bitPattern: image.offset)) < $0.size
      }
    }
  }

  /// The boot stage that the code at a physical address was said to be; nil where nobody said.
  func stage(ofPhysical address: UInt64) -> ImageStage? {
    images.all.last { image in
      image.stage.map { $0 != .user } ?? false && image.physicalRanges.contains { $0.contains(address) }
    }?.stage
  }
}
