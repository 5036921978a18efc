/// A part of the disk, in sectors.
struct Partition {
  let type: UInt8
  let first: UInt64
  let count: UInt64
}

/// The classic partition table: four entries of 16 bytes at 446 in sector 0, and the signature 0x55 0xaa behind them.
enum PartitionTable {
  static let kernelType: UInt8 = 0x7e

  /// Finds the partition with the kernel.
  static func findKernel(on disk: inout Disk) -> Partition {
    let sector = address_of_sector_buffer()
    disk.read(sector: 0, count: 1, to: sector)
    guard load8(sector + 510) == 0x55, load8(sector + 511) == 0xaa else {
      fail("sector 0 has no partition table, it does not end in 0x55 0xaa: write boot.img to the disk")
    }
    var isEmpty = true
    var kernel: Partition?
    for index in 0..<4 {
      let entry = sector + 446 + UInt64(index) * 16
      let partition = Partition(type: load8(entry + 4), first: number(entry + 8), count: number(entry + 12))
      guard partition.type != 0 else { continue }
      isEmpty = false
      Console.say("loader: partition ")
      Console.say(decimal: UInt64(index + 1))
      Console.say(", type ")
      Console.say(hexadecimal: UInt64(partition.type))
      Console.say(": sectors ")
      Console.say(decimal: partition.first)
      Console.say(" to ")
      Console.say(decimal: partition.first + partition.count - 1)
      Console.say("\n")
      if partition.type == kernelType && kernel == nil { kernel = partition }
    }
    if isEmpty { fail("the partition table is empty: write boot.img to the disk") }
    guard let kernel else { fail("no partition has type 0x7e, a kernel: write boot.img to the disk") }
    guard kernel.count > 0, kernel.first > 0, kernel.first + kernel.count <= disk.sectorCount else {
      fail("the kernel's partition goes beyond the end of the disk: give it the whole boot.img")
    }
    return kernel
  }

  /// A little-endian number of 32 bits that lies anywhere.
  private static func number(_ address: UInt64) -> UInt64 {
    UInt64(load16(address)) | UInt64(load16(address + 2)) << 16
  }
}
