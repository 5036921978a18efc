import SystemPackage

/// Everything that a machine is built from: the same configuration always gives the same run.
package struct MachineConfiguration: Sendable {
  /// Firmware, as in QEMU's `--bios`.
  package enum Firmware: Sendable, Equatable {
    /// The kernel starts in M-mode.
    case none
    case file(FilePath)
  }

  /// What the CPU does where the specification leaves a choice.
  package struct CPUOptions: Sendable, Equatable {
    /// Clear A and D bits fault (Svade) instead of being set by the hart (Svadu).
    package var svade = false
    package init(svade: Bool = false) { self.svade = svade }
  }

  /// A raw disk image and how it may be changed.
  package struct Disk: Sendable, Equatable {
    package var path: FilePath
    package var mode: DiskImage.Mode
    package init(path: FilePath, mode: DiskImage.Mode = .overlay) {
      self.path = path
      self.mode = mode
    }
  }

  /// Bytes of RAM, whole pages, `minimumMemory`...`maximumMemory`.
  package var memorySize: UInt64 = 256 << 20
  /// 1...8.
  package var hartCount = 1
  package var bios: Firmware = .none
  package var kernel: FilePath?
  package var initrd: FilePath?
  /// The kernel's command line, `bootargs` in the device tree.
  package var append: String?
  /// Disks in virtio slots 0, 1, … ; at most `maximumDisks`.
  package var disks: [Disk] = []
  /// Network devices, by their addresses, in virtio slots 5, 4, … ; disks and they share `maximumDisks` slots.
  package var networkDevices: [MACAddress] = []
  /// A bare-metal ELF that starts in M-mode instead of firmware and kernel.
  package var program: FilePath?
  /// Seeds whatever is random.
  package var seed: UInt64 = 0
  package var cpu = CPUOptions()
  /// What is typed when the console says something.
  package var typing: [TypingRule] = []

  package static let minimumMemory: UInt64 = 4 << 20
  package static let maximumMemory: UInt64 = 64 << 30
  package static let maximumHarts = 8
  package static let maximumDisks = 6

  package init() {}

  /// Refuses numbers that no board can have. Looks at no file.
  package func validate() throws(MachineError) {
    guard (1...Self.maximumHarts).contains(hartCount) else { throw .hartCount(hartCount) }
    guard memorySize % 4096 == 0, (Self.minimumMemory...Self.maximumMemory).contains(memorySize) else {
      throw .memorySize(memorySize)
    }
    guard disks.count <= Self.maximumDisks else { throw .tooManyDisks(disks.count) }
    guard disks.count + networkDevices.count <= Self.maximumDisks else {
      throw .tooManyNetworkDevices(disks: disks.count, networkDevices: networkDevices.count)
    }
    guard program == nil || (bios == .none && kernel == nil) else { throw .programAndKernel }
  }
}
