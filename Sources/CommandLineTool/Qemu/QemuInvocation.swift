import Machine
import SystemPackage

/// What a command line of `qemu-system-riscv64` asks for, in Vitrine's terms.
package struct QemuInvocation {
  package var configuration = MachineConfiguration()
  /// What is passed over or done otherwise than by QEMU, a sentence each, for standard error.
  package var notes: [String] = []

  /// `-S`: the prompt, before the first instruction.
  package var opensPrompt = false
  /// `-snapshot`: the files of disks stay as they are.
  package var isSnapshot = false
  /// `-no-reboot`.
  package var endsAtReset = false
  /// Ctrl-A means something: the serial port is on the terminal together with the monitor.
  package var hasMultiplexer = true
  /// `-echr`: the key in place of Ctrl-A.
  package var escapeKey: UInt8 = 1
  /// Where the serial port's output goes.
  package var serial = Serial.terminal
  package enum Serial: Equatable {
    case terminal, nowhere
    case file(String)
  }
  /// `-d`: what is logged, to `logFile` or standard error; of code, only blocks that begin in `logRanges`, if there are any.
  package var log: QemuLogItems = []
  package var logRanges: [ClosedRange<UInt64>] = []
  package var logFile: String?
  /// `-machine dumpdtb=FILE`: write the device tree, and that is all.
  package var deviceTreeFile: String?
  /// `-version` or `-help`: print this, and that is all.
  package var answer: String?

  // What only the end of the command line decides.
  var firmware: String?
  var firmwareFolders: [String] = []
  var drives: [Drive] = []
  var devices: [String] = []
  var networks: [String] = []
  /// `-chardev`, by name.
  var terminals: [String: CharacterDevice] = [:]
  /// What `-mon` names.
  var monitors: [String] = []
  /// What `-serial` names; the first one is the board's.
  var serialPorts: [String] = []
  var isDisplayless = false
  /// The option that is being read, with its dash.
  var currentOption = ""
  var machineNamed = false
  var freeSlots = Array(0..<MemoryMap.virtioCount)

  struct Drive {
    var id: String?
    var disk: MachineConfiguration.Disk
    /// QEMU makes a device for it by itself.
    var isAttached: Bool
    var isUsed = false
  }

  /// Reads the arguments after `vitrine qemu`. `exists` says whether there is a file.
  package init(_ arguments: [String], exists: (String) -> Bool) throws(QemuUsageError) {
    configuration.memorySize = 128 << 20
    configuration.consoleSlot = nil
    configuration.entropySlot = nil
    var left = arguments[...]
    while let argument = left.popFirst() {
      guard argument.hasPrefix("-"), argument.count > 1 else {
        throw QemuUsageError(
          "\(argument): a disk image without an option is an IDE disk, which the board has not; use -drive")
      }
      let name = String(argument.dropFirst(argument.hasPrefix("--") ? 2 : 1))
      guard let option = QemuOption.all.first(where: { $0.names.contains(name) }) else {
        throw QemuUsageError("\(argument): not an option that is known here; `vitrine qemu -help` lists those that are")
      }
      var value = ""
      if option.value != nil {
        guard let next = left.popFirst() else { throw QemuUsageError("\(argument): requires an argument") }
        value = next
      }
      currentOption = "-\(name)"
      try option.apply(&self, value)
      if answer != nil { return }
    }
    try finish(exists)
  }

  private mutating func finish(_ exists: (String) -> Bool) throws(QemuUsageError) {
    if !machineNamed {
      throw QemuUsageError("no machine is named; the one there is here is -machine virt")
    }
    // QEMU's own words: scripts may look for them.
    if configuration.kernel == nil, configuration.append != nil {
      throw QemuUsageError("-append only allowed with -kernel option")
    }
    if configuration.kernel == nil, configuration.initrd != nil {
      throw QemuUsageError("-initrd only allowed with -kernel option")
    }
    try connectSerialPort()
    try chooseFirmware(exists)
    try attachDevices()
    if !isDisplayless { note("no window is opened: the serial port is on this terminal, as with -nographic") }
    if !log.isEmpty && opensPrompt {
      note(
        "-d: not together with -S; at the prompt, `catch trap` and `catch interrupt` stop, `trace start FILE` writes")
    }
    if log.isEmpty && logFile != nil { note("-D: there is nothing to log without -d") }
    do { try configuration.validate() } catch { throw QemuUsageError("\(error)") }
  }

  private mutating func chooseFirmware(_ exists: (String) -> Bool) throws(QemuUsageError) {
    switch firmware ?? "default" {
    case "none":
      if configuration.kernel == nil && configuration.extraImages.isEmpty && devices.isEmpty {
        throw QemuUsageError("nothing to run: give -kernel FILE, or -bios FILE")
      }
    case "default":
      let name = "opensbi-riscv64-generic-fw_dynamic.bin"
      let candidates =
        firmwareFolders.map { "\($0)/\(name)" }
        + ["/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"]
        + ["/usr/share/qemu", "/usr/local/share/qemu", "/opt/homebrew/share/qemu"].map { "\($0)/\(name)" }
      guard let path = candidates.first(where: exists) else {
        throw QemuUsageError(
          "-bios default: OpenSBI is not on this computer; install it (Debian and Ubuntu: apt install opensbi), or give "
            + "-bios FILE, -L FOLDER, or -bios none")
      }
      configuration.bios = .file(FilePath(path))
    case let name:
      let found = exists(name) ? nil : firmwareFolders.map { "\($0)/\(name)" }.first(where: exists)
      configuration.bios = .file(FilePath(found ?? name))
    }
  }

  mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }
}
