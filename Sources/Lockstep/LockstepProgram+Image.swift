extension LockstepProgram {
  /// RAM from `Place.base` as it is when the program starts.
  package func image(sendsResults: Bool) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: Int(Place.imageEnd - Place.base))
    func place(_ bytes: [UInt8], at address: UInt64) {
      image.replaceSubrange(Int(address - Place.base)..<Int(address - Place.base) + bytes.count, with: bytes)
    }
    func place(words: [UInt64], at address: UInt64) {
      place(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }, at: address)
    }
    func place(slot words: [UInt32], at address: UInt64) {
      place(words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }, at: address)
    }
    let prologue = Harness.prologue(csrs.map(\.number)).linked()
    precondition(
      prologue.count <= Harness.machineHandler - Place.machineCode, "the prologue has grown into the handler")
    place(prologue, at: Place.machineCode)
    for code in Harness.handlers(endOfCode: UInt64(slots.count) * Place.slotSize) {
      let bytes = code.linked()
      precondition(code.start & ~0xfff == (code.start + UInt64(bytes.count)) & ~0xfff, "a handler leaves its page")
      place(bytes, at: code.start)
    }
    place(words: [Place.log], at: Place.saves + Place.logEnd)
    place(words: [sendsResults ? 1 : 0], at: Place.sendsResults)
    place(words: pool, at: Place.pool)
    place(modes, at: Place.modes)
    place(words: csrs.map(\.value), at: Place.initialValues)
    place(words: f, at: Place.initialValues + 0x400)
    place(words: x, at: Place.initialValues + 0x600)
    for (index, table) in tables.upper.enumerated() {
      place(words: table, at: Place.upperTables + UInt64(index) * 0x1000)
    }
    for (index, table) in tables.leaves.enumerated() {
      place(words: table, at: Place.leafTables + UInt64(index) * 0x1000)
    }
    place(words: GuestTables.all, at: Place.guestRoots)
    place(words: guestTables.upper, at: Place.guestTables)
    for (index, table) in guestTables.leaves.enumerated() {
      place(words: table, at: Place.guestLeafTables + UInt64(index) * 0x1000)
    }
    for (index, slot) in slots.enumerated() { place(slot: slot, at: Place.code + UInt64(index) * Place.slotSize) }
    // `ecall` in every slot after the last: the handler ends the program there.
    for index in slots.count..<Int(Place.codeSize / Place.slotSize) {
      place(slot: [0x73, 0x73, 0x73, 0x73], at: Place.code + UInt64(index) * Place.slotSize)
    }
    place(words: data, at: Place.data)
    return image
  }

  /// The program as an ELF file for Spike, QEMU and this machine.
  package func elf(sendsResults: Bool) -> [UInt8] {
    let image = image(sendsResults: sendsResults)
    var strings: [UInt8] = [0]
    var symbols = [UInt8](repeating: 0, count: 24)
    func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
    for (name, address) in [
      ("tohost", Place.toHost), ("fromhost", Place.fromHost), ("begin_signature", Place.results),
      ("end_signature", Place.resultsEnd),
    ] {
      // A global object at an absolute address.
      symbols += littleEndian(UInt64(strings.count), 4) + [0x11, 0] + littleEndian(0xfff1, 2)
      symbols += littleEndian(address, 8) + littleEndian(8, 8)
      strings += Array(name.utf8) + [0]
    }
    let names = Array("\0.symtab\0.strtab\0.shstrtab\0".utf8)
    let imageOffset = 0x1000
    let symbolsOffset = imageOffset + image.count
    let stringsOffset = symbolsOffset + symbols.count
    let namesOffset = stringsOffset + strings.count
    let sectionsOffset = (namesOffset + names.count + 7) & ~7
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += littleEndian(2, 2) + littleEndian(243, 2) + littleEndian(1, 4) + littleEndian(Place.base, 8)
    file += littleEndian(64, 8) + littleEndian(UInt64(sectionsOffset), 8) + littleEndian(5, 4)
    for value in [64, 56, 1, 64, 4, 3] as [UInt64] { file += littleEndian(value, 2) }
    file += littleEndian(1, 4) + littleEndian(7, 4) + littleEndian(UInt64(imageOffset), 8)
    for _ in 0..<2 { file += littleEndian(Place.base, 8) }
    for _ in 0..<2 { file += littleEndian(UInt64(image.count), 8) }
    file += littleEndian(0x1000, 8)
    file += [UInt8](repeating: 0, count: imageOffset - file.count) + image + symbols + strings + names
    file += [UInt8](repeating: 0, count: sectionsOffset - file.count + 64)
    func section(_ name: UInt64, _ kind: UInt64, _ offset: Int, _ size: Int, link: UInt64, entry: UInt64) {
      file += littleEndian(name, 4) + littleEndian(kind, 4) + littleEndian(0, 8) + littleEndian(0, 8)
      file += littleEndian(UInt64(offset), 8) + littleEndian(UInt64(size), 8) + littleEndian(link, 4)
      file += littleEndian(kind == 2 ? 1 : 0, 4) + littleEndian(8, 8) + littleEndian(entry, 8)
    }
    section(1, 2, symbolsOffset, symbols.count, link: 2, entry: 24)
    section(9, 3, stringsOffset, strings.count, link: 0, entry: 0)
    section(17, 3, namesOffset, names.count, link: 0, entry: 0)
    return file
  }
}
