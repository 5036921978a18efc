import ObjectFile
import RISCV
import SystemPackage

/// Why a machine could not be built: what, where, and what to do about it.
package enum MachineError: Error, Sendable {
  /// The board has 1 to 8 harts.
  case hartCount(Int)
  /// RAM is whole pages, 4 MiB to 64 GiB.
  case memorySize(UInt64)
  case memoryRefused(PhysicalMemoryError)
  /// There are eight virtio slots, of which the console and the entropy device take two.
  case tooManyDisks(Int)
  /// Disks and network devices need more virtio slots than there are for both.
  case tooManyNetworkDevices(disks: Int, networkDevices: Int)
  /// There is no virtio slot left for the balloon.
  case noSlotForBalloon
  /// A balloon cannot have more than all of RAM.
  case balloonTooLarge(target: UInt64, memorySize: UInt64)
  /// Virtio slots have the numbers 0 to 7.
  case noSuchSlot(Int)
  /// Two devices name one virtio slot.
  case slotTaken(Int)
  /// A bare-metal program takes the place of firmware and kernel.
  case programAndKernel
  /// A guest for a monitor takes firmware and the monitor as kernel, and the place of an initial RAM disk.
  case guestWithoutMonitor
  /// A monitor that is code of the machine runs on the native machine.
  case monitorNeedsNative
  /// A monitor is no flat binary.
  case monitorNotAnExecutable(path: FilePath)
  /// The guest of a monitor begins at its first byte.
  case guestEntry(path: FilePath, entry: UInt64, start: UInt64)
  /// Where the monitor is the firmware, it starts a kernel.
  case monitorWithoutKernel
  /// Without a monitor there is no firmware of a monitor's.
  case firmwareNeedsMonitor
  /// The file cannot be opened or read.
  case unreadable(path: FilePath, Errno)
  /// The path names a directory or another thing without a size.
  case notAFile(path: FilePath)
  case emptyFile(path: FilePath)
  /// The file is compressed; nothing here unpacks it.
  case compressed(path: FilePath, with: String)
  /// The file starts as an ELF file does, but is not a good one.
  case executable(path: FilePath, ELFError)
  /// An ELF file was asked for.
  case notAnExecutable(path: FilePath)
  /// An image, or a segment of it, does not lie in RAM.
  case outsideMemory(path: FilePath, part: AddressRange, memory: AddressRange)
  /// Two things want the same memory.
  case overlap(LoadedImage.Piece, LoadedImage.Piece)
  /// The initial RAM disk and the device tree do not fit below the end of RAM.
  case noRoom(what: String, byteCount: UInt64, memory: AddressRange)
  case disk(DiskImageError)
}

/// Addresses from `start` up to, not including, `end`.
package struct AddressRange: Sendable, Equatable, CustomStringConvertible {
  package var start: UInt64
  package var end: UInt64

  package init(start: UInt64, end: UInt64) {
    self.start = start
    self.end = end
  }

  package var count: UInt64 { end &- start }
  package func overlaps(_ other: Self) -> Bool { start < other.end && other.start < end }
  package func contains(_ address: UInt64) -> Bool { start <= address && address < end }
  package func contains(_ other: Self) -> Bool { start <= other.start && other.end <= end }
  /// First and last address.
  package var description: String { "\(hexadecimal(start))..\(hexadecimal(end &- 1))" }
}

/// `0x` and the digits, as addresses are written in messages.
func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

extension MachineError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .hartCount(let count): "the board has 1 to 8 harts, not \(count); use --harts 1..8"
    case .memorySize(let size):
      "the board cannot have \(size) bytes of RAM; give --memory 4M to 64G, in whole pages of 4 KiB, with a unit (K, M, G)"
    case .memoryRefused(let error): "\(error)"
    case .tooManyDisks(let count):
      "\(count) disks are too many: the board has \(MemoryMap.virtioCount) virtio slots for all its devices; leave some out"
    case .tooManyNetworkDevices(let disks, let networkDevices):
      "\(disks) disks and \(networkDevices) network devices are too many: the board has \(MemoryMap.virtioCount) virtio slots "
        + "for all its devices; leave some out"
    case .noSlotForBalloon:
      "there is no room for the balloon: the board has \(MemoryMap.virtioCount) virtio slots for all its devices; leave some out"
    case .balloonTooLarge(let target, let memorySize):
      "a balloon of \(target) bytes is more than all RAM, which is \(memorySize); ask for less"
    case .noSuchSlot(let slot): "there is no virtio slot \(slot); the board has 0 to \(MemoryMap.virtioCount - 1)"
    case .slotTaken(let slot): "virtio slot \(slot) is taken already; give one of the devices another"
    case .programAndKernel:
      "a bare-metal program takes the place of firmware and kernel; give either the program or --bios and --kernel"
    case .guestWithoutMonitor:
      "a guest for a monitor of yours takes the place of --initrd, and the monitor that of --kernel; give neither, and no program"
    case .monitorNeedsNative:
      "your monitor runs on the native machine, below which nothing else stands: there is no other technique with --monitor"
    case .monitorNotAnExecutable(let path):
      "\(path) is not an ELF file; a monitor has to be one for 64-bit RISC-V, linked for where it lies in RAM"
    case .guestEntry(let path, let entry, let start):
      "\(path) cannot be a monitor's guest: it begins at \(hexadecimal(entry)), and a monitor enters its guest at the first byte, "
        + "which is \(hexadecimal(start)); put the entry first in its linker script"
    case .monitorWithoutKernel: "--firmware monitor starts a kernel in S-mode; name one with --kernel, and no program"
    case .firmwareNeedsMonitor:
      "--firmware monitor: under native there is no monitor; choose a technique such as hardware-assisted"
    case .unreadable(let path, let error): "cannot read \(path): \(error); check the path and its permissions"
    case .notAFile(let path): "\(path) is not a regular file; name the image itself"
    case .emptyFile(let path): "\(path) is empty; was it built or copied completely?"
    case .compressed(let path, let program): "\(path) is compressed with \(program); unpack it first"
    case .executable(let path, let error): "\(path): \(error)"
    case .notAnExecutable(let path):
      "\(path) is not an ELF file; a flat binary is started with --bios or --kernel"
    case .outsideMemory(let path, let part, let memory):
      "\(path) wants \(part), which is not all in RAM (\(memory)); "
        + (part.start >= memory.start ? "give more --memory, or link it lower" : "link it into RAM")
    case .overlap(let first, let second):
      "\(second.what) at \(second.range) overlaps \(first.what) at \(first.range); "
        + "move one of them, or give more --memory"
    case .noRoom(let what, let byteCount, let memory):
      "\(what) of \(byteCount) bytes does not fit into RAM (\(memory)) beside the rest; give more --memory"
    case .disk(let error): "\(error)"
    }
  }
}
