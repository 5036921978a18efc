import Guests

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who runs a guest of the benchmark.
enum BenchEmulator: String, CaseIterable {
  case ours, qemu, spike, temu

  /// The others' order in tables.
  static let others: [BenchEmulator] = [.qemu, .spike, .temu]

  var title: String {
    switch self {
    case .ours: "ours"
    case .qemu: "QEMU"
    case .spike: "Spike"
    case .temu: "TinyEMU"
    }
  }

  private var program: String {
    switch self {
    case .ours: "vitrine"
    case .qemu: "qemu-system-riscv64"
    case .spike: "spike"
    case .temu: "temu"
    }
  }

  /// Where its program is: ours is this process's, the others' are found on PATH; nil where there is none.
  var path: String? {
    if self == .ours { return Guests.executablePath() }
    guard let list = getenv("PATH").map({ String(cString: $0) }) else { return nil }
    return list.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  /// The command that runs a bare-metal ELF file. TinyEMU wants its options in a file, which is written beside it.
  func command(_ path: String, image: String) throws -> [String] {
    switch self {
    case .ours: return [path, "run", image, "--memory", "128M"]
    case .qemu: return [path, "-M", "virt", "-m", "128M", "-nographic", "-bios", image]
    case .spike: return [path, "-m128", image]
    case .temu:
      let text = "{ version: 1, machine: \"riscv64\", memory_size: 128, bios: \"\(image)\" }\n"
      try Files.write(image + ".cfg", Array(text.utf8), append: false)
      return [path, image + ".cfg"]
    }
  }

  /// The command that boots a system from firmware and kernel; nil for those that cannot boot one made for this board.
  func bootCommand(_ path: String, _ system: BenchSystem) -> [String]? {
    switch self {
    case .spike, .temu: return nil
    case .ours:
      return [path, "run", "--memory", "128M", "--bios", system.bios, "--kernel", system.kernel]
        + (system.disk.map { ["--disk", $0] } ?? [])
    case .qemu:
      let disk = system.disk.map {
        [
          "-global", "virtio-mmio.force-legacy=false", "-drive", "file=\($0),if=none,format=raw,id=x0,snapshot=on",
          "-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0",
        ]
      }
      return [path, "-M", "virt", "-m", "128M", "-nographic", "-bios", system.bios, "-kernel", system.kernel]
        + (disk ?? [])
    }
  }
}

/// A system that the benchmark boots to its prompt.
struct BenchSystem {
  var bios: String
  var kernel: String
  var disk: String?
  var prompt: String

  /// OpenSBI and U-Boot where Debian's packages `opensbi` and `u-boot-qemu` put them.
  static let debian = BenchSystem(
    bios: "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf",
    kernel: "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin", disk: nil, prompt: "\n=> ")

  /// What is printed on the way, and what is typed at it; the prompt ends the run.
  var conversation: [(prompt: String, answer: String?)] {
    kernel.contains("u-boot") ? [("stop autoboot", " "), (prompt, nil)] : [(prompt, nil)]
  }
}
