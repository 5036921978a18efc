import RISCV
import SystemPackage

/// Everything that a machine is built from: the same configuration always gives the same run.
package struct MachineConfiguration: Sendable {
  /// Firmware, as in QEMU's `--bios`.
  package enum Firmware: Sendable, Equatable {
    /// The kernel starts in M-mode.
    case none
    /// The monitor offers the SBI and starts the kernel in S-mode; there is no code in M-mode.
    case monitor
    case file(FilePath)
  }

  /// What the CPU does where the specification leaves a choice.
  package struct CPUOptions: Sendable, Equatable {
    /// Clear A and D bits fault (Svade) instead of being set by the hart (Svadu).
    package var svade = false
    /// Privileged instructions in U and VU do the wrong thing instead of trapping.
    package var quirks: PrivilegeQuirks = []
    package init(svade: Bool = false, quirks: PrivilegeQuirks = []) {
      self.svade = svade
      self.quirks = quirks
    }
  }

  /// A raw disk image and how it may be changed.
  package struct Disk: Sendable, Equatable {
    package var path: FilePath
    package var mode: DiskImage.Mode
    /// Its virtio slot; nil for the lowest free one.
    package var slot: Int?
    package init(path: FilePath, mode: DiskImage.Mode = .overlay, slot: Int? = nil) {
      self.path = path
      self.mode = mode
      self.slot = slot
    }
  }

  /// A network device.
  package struct NetworkDevice: Sendable, Equatable {
    package var address: MACAddress
    /// Its virtio slot; nil for the highest free one.
    package var slot: Int?
    package init(address: MACAddress, slot: Int? = nil) {
      self.address = address
      self.slot = slot
    }
  }

  /// A memory balloon.
  package struct Balloon: Sendable, Equatable {
    /// Bytes that the guest is asked to give up, rounded up to pages.
    package var target: UInt64
    /// The guest may take pages back when it has none left.
    package var deflatesOnOutOfMemory: Bool
    /// The guest may tell of free pages, whose contents are dropped, and use them again without asking.
    package var reportsFreePages: Bool
    /// Its virtio slot; nil for the highest free one.
    package var slot: Int?
    package init(
      target: UInt64 = 0, deflatesOnOutOfMemory: Bool = true, reportsFreePages: Bool = true, slot: Int? = nil
    ) {
      self.target = target
      self.deflatesOnOutOfMemory = deflatesOnOutOfMemory
      self.reportsFreePages = reportsFreePages
      self.slot = slot
    }
  }

  /// A file that is put into RAM beside firmware and kernel, as QEMU's `-device loader` does.
  package struct ExtraImage: Sendable, Equatable {
    package var path: FilePath
    /// Where a file goes that is no ELF file, or whose headers do not count; nil when it must be an ELF file.
    package var address: UInt64?
    /// An ELF file too is taken as it is.
    package var isRaw: Bool
    package init(path: FilePath, address: UInt64?, isRaw: Bool = false) {
      self.path = path
      self.address = address
      self.isRaw = isRaw
    }
  }

  /// Bytes of RAM, whole pages, `minimumMemory`...`maximumMemory`.
  package var memorySize: UInt64 = 256 << 20
  /// 1...8.
  package var hartCount = 1
  package var bios: Firmware = .none
  package var kernel: FilePath?
  package var initrd: FilePath?
  /// An ELF file that the kernel, which is a monitor, is to run: laid out in the place of an initial RAM disk.
  package var monitorGuest: FilePath?
  /// The kernel's command line, `bootargs` in the device tree.
  package var append: String?
  package var extraImages: [ExtraImage] = []
  /// Disks, in virtio slots 0, 1, … unless they name their own.
  package var disks: [Disk] = []
  /// Network devices, in virtio slots 5, 4, … unless they name their own.
  package var networkDevices: [NetworkDevice] = []
  package var balloon: Balloon?
  /// The second console's virtio slot; nil leaves it out.
  package var consoleSlot: Int? = 6
  /// The entropy device's virtio slot; nil leaves it out.
  package var entropySlot: Int? = 7
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

  package init() {}

  /// Refuses numbers that no board can have. Looks at no file.
  package func validate() throws(MachineError) {
    guard (1...Self.maximumHarts).contains(hartCount) else { throw .hartCount(hartCount) }
    guard memorySize % 4096 == 0, (Self.minimumMemory...Self.maximumMemory).contains(memorySize) else {
      throw .memorySize(memorySize)
    }
    if let balloon, balloon.target > memorySize {
      throw .balloonTooLarge(target: balloon.target, memorySize: memorySize)
    }
    _ = try VirtioSlots(self)
    if bios == .monitor && (kernel == nil || program != nil) { throw .monitorWithoutKernel }
    if monitorGuest != nil {
      guard kernel != nil, program == nil, initrd == nil, case .file = bios else { throw .guestWithoutMonitor }
    }
    guard program == nil || (bios == .none && kernel == nil) else { throw .programAndKernel }
  }
}
