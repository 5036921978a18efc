/// Makes an address space out of a program's ELF file. System V ABI, "Object Files".
///
/// Segments are page-aligned in the file and in memory (`p_offset` and `p_vaddr` leave the same remainder), and a file
/// begins at a sector: so each page is read from the disk right into its place.
enum ProgramLoader {
  static let stackSize: UInt64 = 32768
  static let stackTop = userEnd
  /// One page below the stack stays empty: a stack that grows too far faults.
  static let heapLimit = VirtualAddress(userEnd.bits - stackSize - pageSize)
  /// The longest command line.
  static let lineLimit: UInt64 = 256

  struct Program {
    var space: AddressSpace
    var heapStart: VirtualAddress
    var frame: TrapFrame
  }

  private struct Segment {
    var flags: UInt64
    var offset: UInt64
    var address: VirtualAddress
    var bytesInFile: UInt64
    var bytesInMemory: UInt64
  }

  static func load(_ file: FileSystem.File, line: Text) throws(Failure) -> Program {
    let header = try PageAllocator.allocate()
    defer { PageAllocator.release(header) }
    try FileSystem.read(file, page: 0, into: header)
    let segments = try check(header, of: file)
    var program = Program(
      space: try AddressSpace(), heapStart: VirtualAddress(0), frame: TrapFrame(pc: VirtualAddress(0), sp: stackTop))
    do throws(Failure) {
      var index: UInt64 = 0
      while index < segments.count {
        if let segment = try read(header, segments.first + index * 56, of: file) {
          try load(segment, of: file, into: &program)
        }
        index += 1
      }
      try makeStack(line: line, in: &program)
    } catch {
      program.space.destroy()
      throw error
    }
    program.frame.pc = load64(header.mapped + 24)
    commitPTEs()
    fence_instructions()
    return program
  }

  /// The ELF header: 64-bit, little-endian, an executable for RISC-V, its program headers in the first page.
  private static func check(
    _ header: PhysicalAddress, of file: FileSystem.File
  ) throws(Failure) -> (first: UInt64, count: UInt64) {
    let start = header.mapped
    let first = load64(start + 32)
    let count = UInt64(load16(start + 56))
    guard file.byteCount >= 64, load64(start) & 0xff_ffff_ffff_ffff == 0x01_0102_464c_457f,
      load32(start + 16) == 243 << 16 | 2, load16(start + 54) == 56,
      first >= 64, first <= pageSize, first & 7 == 0, count * 56 <= pageSize - first
    else { throw .notAProgram }
    return (first, count)
  }

  /// A program header; nil if it loads nothing.
  private static func read(
    _ header: PhysicalAddress, _ offset: UInt64, of file: FileSystem.File
  ) throws(Failure) -> Segment? {
    let place = header.mapped + offset
    let segment = Segment(
      flags: UInt64(load32(place + 4)), offset: load64(place + 8), address: VirtualAddress(load64(place + 16)),
      bytesInFile: load64(place + 32), bytesInMemory: load64(place + 40))
    let isLoad = load32(place) == 1
    guard isLoad && segment.bytesInMemory > 0 else { return nil }
    guard segment.bytesInFile <= segment.bytesInMemory,
      segment.offset <= UInt64(file.byteCount), segment.bytesInFile <= UInt64(file.byteCount) - segment.offset,
      segment.address.bits >= pageSize, segment.address.bits < heapLimit.bits,
      segment.bytesInMemory <= heapLimit.bits - segment.address.bits,
      segment.address.offsetInPage == segment.offset % pageSize
    else { throw .notAProgram }
    return segment
  }

  private static func load(
    _ segment: Segment, of file: FileSystem.File, into program: inout Program
  ) throws(Failure) {
    // In ELF bit 2 is read, 1 write, 0 execute. A page that can be written and not read does not exist.
    var flags = PageTableEntry.read
    if segment.flags & 2 != 0 { flags |= PageTableEntry.write }
    if segment.flags & 1 != 0 { flags |= PageTableEntry.execute }

    let end = VirtualAddress(segment.address.bits + segment.bytesInMemory)
    let fileEnd = segment.address.bits + segment.bytesInFile
    var address = segment.address.page
    while address.bits < end.bits {
      let page = try program.space.addPage(at: address, flags: flags)
      if address.bits < fileEnd {
        let index = segment.offset / pageSize + (address.bits - segment.address.page.bits) / pageSize
        try FileSystem.read(file, page: index, into: page)
        // What comes after the segment in the file is not the program's; there it wants zeros.
        let length = min(fileEnd - address.bits, pageSize)
        memset(page.pointer + Int(length), 0, UInt(pageSize - length))
      }
      address.bits += pageSize
    }
    program.heapStart.bits = max(program.heapStart.bits, end.roundedUp.bits)
  }

  /// The stack, with the command line at its top: a0 points to it, a1 is its length.
  private static func makeStack(line: Text, in program: inout Program) throws(Failure) {
    let flags = PageTableEntry.read | PageTableEntry.write
    let bottom = VirtualAddress(stackTop.bits - stackSize)
    try program.space.addPages(from: bottom, to: stackTop, flags: flags)
    let place = VirtualAddress(stackTop.bits - lineLimit)
    try program.space.copyOut(line.start, to: place, count: UInt64(line.count))
    program.frame.registers[2] = place.bits
    program.frame.registers[10] = place.bits
    program.frame.registers[11] = UInt64(line.count)
  }
}
