import ArgumentParser
import Debugger
import Guests
import Hypervisor
import Machine
import RISCV
import SystemPackage

/// What a machine is built from, in QEMU's words: the options that `run` and `debug` share.
struct MachineOptions: ParsableArguments {
  @Argument(
    help: "A guest that comes with the tool, the folder of one, or a bare-metal ELF file.", completion: .file())
  var image: String?

  @Option(help: ArgumentHelp("Firmware that runs in M-mode, or none.", valueName: "file|none"), completion: .file())
  var bios: String?
  @Option(
    help: ArgumentHelp(
      "Who offers the SBI: guest, its own M-mode code; or monitor, which starts the kernel in S-mode as KVM does (no --bios).",
      valueName: "guest|monitor"))
  var firmware: String = "guest"
  @Option(
    help: ArgumentHelp("Kernel: an ELF file, a flat binary or a Linux Image.", valueName: "file"), completion: .file())
  var kernel: String?
  @Option(help: ArgumentHelp("Initial RAM disk.", valueName: "file"), completion: .file())
  var initrd: String?
  @Option(help: ArgumentHelp("The kernel's command line.", valueName: "text"))
  var append: String?
  @Option(
    help: ArgumentHelp(
      "Raw disk image. Writes go to a copy in memory; with ,rw to the file; with ,ro nowhere. Repeatable.",
      valueName: "file[,ro|,rw]"), completion: .file())
  var disk: [String] = []
  @Flag(help: "Add a virtio network device. Its cable hangs loose: no packet ever leaves the process.")
  var net = false
  @Option(
    help: ArgumentHelp(
      "Symbols and source lines of an ELF file that the guest itself loads, and the boot stage that its code is: firmware, "
        + "loader, kernel or user. Repeatable.", valueName: "file[,stage=name]"), completion: .file())
  var symbols: [String] = []
  @Option(
    help: ArgumentHelp(
      "Add a virtio memory balloon and ask the guest to give up so much, such as 64M; 0 asks for nothing yet.",
      valueName: "size"))
  var balloon: String?
  @Option(help: ArgumentHelp("RAM, such as 128M or 1G.", valueName: "size"))
  var memory: String = "256M"
  @Option(help: ArgumentHelp("Harts, 1 to 8.", valueName: "n"))
  var harts: Int = 1
  @Option(help: ArgumentHelp("Choices of the CPU: svade faults on clear A and D bits.", valueName: "svade"))
  var cpu: String?
  @Option(
    help: ArgumentHelp(
      "Give the CPU a hole as x86 once had: in U and VU, csr-write-ignored drops writes to privileged CSRs, csr-read-reveals "
        + "lets them be read, xret-ignored passes over mret and sret, where all should trap. Repeatable.",
      valueName: "name"))
  var quirk: [String] = []
  @Option(
    help: ArgumentHelp(
      "Look for a mistake while the guest runs: stale-translation stops where a translation is used that the page table no "
        + "longer agrees with, and tells which fence is missing; monitor stops where a monitor of yours (--monitor) gives its "
        + "guest back in a wrong state, or not at all. vitrine run then ends with status 1.",
      valueName: "name"))
  var check: [String] = []
  @Option(
    help: ArgumentHelp("At the end, write memory from begin_signature to end_signature.", valueName: "file"),
    completion: .file())
  var signature: String?
  @Option(help: ArgumentHelp("Bytes on a line of the signature.", valueName: "bytes"))
  var signatureGranularity: Int = 4
  @Option(help: ArgumentHelp("Stop after so many instructions, with status 3.", valueName: "n"))
  var maxInstructions: UInt64?
  @Option(help: ArgumentHelp("Stop after so many seconds, with status 3.", valueName: "seconds"))
  var timeout: Double?
  @Option(
    help: ArgumentHelp(
      "End well once the console has said TEXT, for a kernel that never powers off. Repeatable: any of them.",
      valueName: "text"))
  var until: [String] = []
  @Flag(help: "At the end, print instructions, cycles, seconds, speed, and what regions between markers took.")
  var stats = false
  @Option(
    name: .customLong("type"),
    help: ArgumentHelp("Type TEXT once PROMPT has appeared. Repeatable, in order.", valueName: "prompt=>text"))
  var typing: [String] = []
  @OptionGroup(title: "A monitor of your own") var own: MonitorOptions
  @Option(
    help: ArgumentHelp(
      "How the guest is virtualized: native, emulation, trap-and-emulate[/shadow[/traced|/virtual-tlb]], binary-translation[/shadow[/…]] or hardware-assisted[/nested|/shadow[/…]].",
      valueName: "technique"))
  var technique: String = "native"
  @Option(help: ArgumentHelp("Seed of whatever is random.", valueName: "n"))
  var seed: UInt64 = 0

  /// The technique that `--technique` names.
  var chosenTechnique: Technique {
    get throws {
      do { return try Technique(parsing: technique) } catch { throw ValidationError("--technique: \(error)") }
    }
  }

  /// The machine that the options describe. `fallback` is the guest when none is named.
  func configuration(fallback: String?) throws -> MachineConfiguration {
    var configuration = MachineConfiguration()
    configuration.memorySize = try Self.size(memory)
    configuration.hartCount = harts
    configuration.seed = seed
    configuration.append = append
    configuration.kernel = kernel.map { FilePath($0) }
    configuration.initrd = initrd.map { FilePath($0) }
    if let bios { configuration.bios = bios == "none" ? .none : .file(FilePath(bios)) }
    switch firmware {
    case "guest": break
    case "monitor": configuration.bios = .monitor
    default: throw ValidationError("--firmware \(firmware): it is guest or monitor.")
    }
    try own.apply(to: &configuration, self)
    configuration.disks = disk.map(Self.disk)
    if net { configuration.networkDevices = [.init(address: MACAddress(device: 0))] }
    if let balloon { configuration.balloon = .init(target: try Self.size(balloon, of: "--balloon")) }
    switch cpu {
    case nil, "max", "rv64": break
    case "svade": configuration.cpu.svade = true
    default: throw ValidationError("--cpu \(cpu!): the only choice is svade.")
    }
    configuration.cpu.quirks = try Self.quirks(quirk)
    if let name = check.first(where: { $0 != "stale-translation" && $0 != "monitor" }) {
      throw ValidationError("--check \(name): the checks are stale-translation and monitor.")
    }
    if check.contains("monitor"), own.monitor == nil {
      throw ValidationError("--check monitor looks at a monitor of yours: name it with --monitor FILE.elf.")
    }
    if check.contains("stale-translation"), ![.native, .emulation].contains(try chosenTechnique.kind) {
      throw ValidationError("--check looks into the guest's own TLB, which it has under native and emulation.")
    }
    configuration.typing = try typing.map { text in
      guard let rule = TypingRule(parsing: text) else {
        throw ValidationError("--type '\(text)': write it as 'PROMPT=>TEXT', with \\n for a new line.")
      }
      return rule
    }
    if let program = try program(fallback) { configuration.program = FilePath(program) }
    for text in symbols {
      guard let (path, _) = ImageStage.parse(text) else {
        let stages = ImageStage.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--symbols \(text): the stages are \(stages).")
      }
      guard Files.exists(path) else { throw Failure("--symbols \(path): there is no such file.") }
    }
    do { try configuration.validate() } catch { throw ValidationError("\(error)") }
    if let text = until.first(where: { TypingRule(parsing: $0 + "=>") == nil }) {
      throw ValidationError("--until '\(text)': it is empty or has a bad escape.")
    }
    guard [1, 2, 4, 8, 16].contains(signatureGranularity) else {
      throw ValidationError("--signature-granularity \(signatureGranularity): it is 1, 2, 4, 8 or 16.")
    }
    if let timeout, !(timeout > 0) { throw ValidationError("--timeout \(timeout): it must be above zero.") }
    return configuration
  }

  /// What the names after --quirk stand for.
  static func quirks(_ names: [String]) throws -> PrivilegeQuirks {
    try names.reduce(into: []) { quirks, name in
      guard let quirk = PrivilegeQuirks(named: name) else {
        let names = PrivilegeQuirks.named.map(\.name).joined(separator: ", ")
        throw ValidationError("--quirk \(name): the quirks are \(names).")
      }
      quirks.insert(quirk)
    }
  }

  /// The bare-metal program: a guest's image or a file.
  private func program(_ fallback: String?) throws -> String? {
    if own.monitor != nil { return nil }
    guard let name = image ?? (kernel == nil && bios == nil ? fallback : nil) else {
      if kernel == nil && bios == nil {
        throw ValidationError(
          "Nothing to run: name a guest (\(Guests.names.joined(separator: ", "))), an ELF file, or --kernel.")
      }
      return nil
    }
    if GuestManifest.path(of: name) != nil { return nil }
    if let path = Guests.image(named: name) { return path }
    if name.contains("/"), Files.isFolder(name) {
      let folder = String(name.reversed().drop { $0 == "/" }.reversed())
      let image = folder + "/" + (folder.split(separator: "/").last ?? "") + ".elf"
      guard Files.exists(image) else {
        throw Failure("\(folder) is no guest: it has neither a file options nor the image \(image); build it first.")
      }
      return image
    }
    // A word without a slash or a dot that is no file was meant as a guest.
    if !name.contains("/") && !name.contains(".") && !Files.exists(name) {
      let text = Guests.absence(of: name)
      if Guests.catalog == nil { throw Failure(text) }
      throw ValidationError(text)
    }
    return name
  }

  private static func disk(_ text: String) -> MachineConfiguration.Disk {
    if text.hasSuffix(",ro") { return .init(path: FilePath(String(text.dropLast(3))), mode: .readOnly) }
    if text.hasSuffix(",rw") { return .init(path: FilePath(String(text.dropLast(3))), mode: .readWrite) }
    return .init(path: FilePath(text))
  }

  /// Reads a size as QEMU does, for the option that a message names.
  static func size(_ text: String, of option: String = "--memory") throws -> UInt64 {
    guard let size = ByteCount.parse(text) else { throw ValidationError("\(option) \(text): write it as 128M or 1G.") }
    return size
  }
}
