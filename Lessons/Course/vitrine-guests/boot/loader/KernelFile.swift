/// The kernel: an ELF file that begins at the first byte of its partition. System V ABI, "Object Files".
struct KernelFile {
  let partition: Partition
  let entry: UInt64
  private let headersOffset: UInt64
  private let headerCount: UInt64

  /// How much of the sector buffer is used at once, in sectors.
  private static let batch: UInt64 = 64
  /// Memory below is the firmware's and the loader's.
  private static let lowest: UInt64 = 0x8040_0000

  private var byteCount: UInt64 { partition.count * Disk.sectorSize }

  /// Reads the header and checks that it is one that we can load.
  init(in partition: Partition, on disk: inout Disk) {
    self.partition = partition
    let header = address_of_sector_buffer()
    disk.read(sector: partition.first, count: 1, to: header)
    guard load32(header) == 0x464c_457f else {
      fail("the kernel's partition does not begin with an ELF file, its magic is wrong: put a kernel there")
    }
    guard load8(header + 4) == 2, load8(header + 5) == 1 else {
      fail("the kernel is no ELF file of 64 bits in little-endian order: build it for riscv64")
    }
    guard load16(header + 18) == 243 else { fail("the kernel is made for another machine: build it for RISC-V") }
    guard load16(header + 16) == 2 else {
      fail("the kernel is no executable, perhaps an object file: link it for a fixed address")
    }
    entry = load64(header + 24)
    headersOffset = load64(header + 32)
    headerCount = UInt64(load16(header + 56))
    guard load16(header + 54) == 56, headerCount > 0 else { fail("the kernel has no segments to load: link it anew") }
    guard headersOffset <= 4096 - headerCount * 56, headerCount <= 64 else {
      fail("the kernel's program headers do not lie in its first 4096 bytes: link it anew")
    }
  }

  /// Copies the segments to where they ask to lie, and clears what a segment has in memory but not in the file.
  func load(from disk: inout Disk, for tree: DeviceTree) {
    var entryIsLoaded = false
    for index in 0..<headerCount {
      // The headers are read again for each segment: the buffer is needed for the bytes in between.
      let buffer = address_of_sector_buffer()
      disk.read(sector: partition.first, count: min(8, partition.count), to: buffer)
      let header = buffer + headersOffset + index * 56
      let offset = load64(header + 8)
      let start = load64(header + 24)  // the physical address: the kernel makes its page tables itself
      let bytesInFile = load64(header + 32)
      let bytesInMemory = load64(header + 40)
      guard load32(header) == 1, bytesInMemory > 0 else { continue }  // 1: to be loaded

      check(offset: offset, bytesInFile: bytesInFile, start: start, bytesInMemory: bytesInMemory, for: tree)
      Console.say("loader: segment of ")
      Console.say(decimal: bytesInMemory)
      Console.say(" bytes to ")
      Console.say(hexadecimal: start)
      Console.say("\n")
      copy(bytesInFile, at: offset, to: start, from: &disk)
      memset(pointer(start + bytesInFile), 0, UInt(bytesInMemory - bytesInFile))
      if entry >= start && entry < start + bytesInMemory { entryIsLoaded = true }
    }
    guard entryIsLoaded, entry % 2 == 0 else { fail("the kernel's entry lies in none of its segments: link it anew") }
  }

  /// A kernel on a disk is not to be trusted more than anything else on it: it could ask to lie over the loader.
  private func check(
    offset: UInt64, bytesInFile: UInt64, start: UInt64, bytesInMemory: UInt64, for tree: DeviceTree
  ) {
    guard bytesInFile <= bytesInMemory, offset <= byteCount, bytesInFile <= byteCount - offset else {
      fail("a segment of the kernel goes beyond the end of its partition: the kernel is truncated, write it anew")
    }
    guard start >= KernelFile.lowest else {
      fail("a segment of the kernel lies below 0x80400000, over firmware or loader: link it higher")
    }
    let memoryEnd = tree.memoryStart + tree.memorySize
    guard start <= memoryEnd, bytesInMemory <= memoryEnd - start else {
      fail("a segment of the kernel lies beyond the end of memory: start the machine with more")
    }
    let treeEnd = tree.address + tree.byteCount
    guard start >= treeEnd || start + bytesInMemory <= tree.address else {
      fail("a segment of the kernel lies over the device tree: start the machine with more memory")
    }
  }

  private func copy(_ count: UInt64, at offset: UInt64, to start: UInt64, from disk: inout Disk) {
    var done: UInt64 = 0
    while done < count {
      let sector = (offset + done) / Disk.sectorSize
      let within = (offset + done) % Disk.sectorSize
      let sectors = min(KernelFile.batch, partition.count - sector)
      let bytes = min(sectors * Disk.sectorSize - within, count - done)
      disk.read(sector: partition.first + sector, count: sectors, to: address_of_sector_buffer())
      memcpy(pointer(start + done), pointer(address_of_sector_buffer() + within), UInt(bytes))
      done += bytes
    }
  }

  private func pointer(_ address: UInt64) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: UInt(address))!
  }
}
