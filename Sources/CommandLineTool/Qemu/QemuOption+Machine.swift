import Machine
import SystemPackage

extension QemuOption {
  static var machineOptions: [Self] {
    [
      Self("machine", "M", value: "virt[,...]", help: "the board, which is always virt; dumpdtb=FILE writes its tree") {
        (invocation, text) throws(QemuUsageError) in try invocation.setMachine(text)
      },
      Self("cpu", value: "rv64|max[,...]", help: "svadu=off: clear A and D bits fault; the rest is as it is") {
        (invocation, text) throws(QemuUsageError) in try invocation.setCPU(text)
      },
      Self("smp", value: "[cpus=]N", help: "harts, 1 to 8") { (invocation, text) throws(QemuUsageError) in
        try invocation.setHarts(text)
      },
      Self("m", value: "[size=]N[K|M|G]", help: "RAM, in mebibytes if there is no letter; 128M if not given") {
        (invocation, text) throws(QemuUsageError) in
        var properties = QemuProperties(text, of: "-m", firstKey: "size")
        let size = properties.take("size") ?? ""
        do { invocation.configuration.memorySize = try MachineOptions.size(size) } catch {
          throw QemuUsageError("-m \(text): write it as 128M or 1G")
        }
        try properties.finish()
      },
      Self("bios", value: "FILE|none|default", help: "firmware; default is OpenSBI") { (invocation, text) in
        invocation.firmware = text
      },
      Self("L", value: "FOLDER", help: "where to look for firmware first") { (invocation, text) in
        invocation.firmwareFolders.append(text)
      },
      Self("kernel", value: "FILE", help: "an ELF file, a flat binary or a Linux Image") { (invocation, text) in
        invocation.configuration.kernel = FilePath(text)
      },
      Self("initrd", value: "FILE", help: "initial RAM disk") { (invocation, text) in
        invocation.configuration.initrd = FilePath(text)
      },
      Self("append", value: "TEXT", help: "the kernel's command line") { (invocation, text) in
        invocation.configuration.append = text
      },
      Self("seed", value: "N", help: "seed of whatever is random; every run with the same seed is the same") {
        (invocation, text) throws(QemuUsageError) in
        guard let seed = QemuProperties.number(text) else { throw QemuUsageError("-seed \(text): it is a number") }
        invocation.configuration.seed = seed
      },
      Self("accel", value: "tcg", help: "how to run; anything but tcg is refused") {
        (_, text) throws(QemuUsageError) in
        guard text.prefix(while: { $0 != "," }) == "tcg" else {
          throw QemuUsageError("-accel \(text): nothing here makes use of the host's own virtualization")
        }
      },
      .refused("enable-kvm", because: "nothing here makes use of the host's own virtualization"),
      .refused("dtb", value: "FILE", because: "the board makes its own device tree"),
    ]
  }
}

extension QemuInvocation {
  fileprivate mutating func setMachine(_ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: "-machine", firstKey: "type")
    let name = properties.take("type") ?? "virt"
    if name == "help" {
      answer = "Supported machines are:\nvirt                 RISC-V VirtIO board\n"
      return
    }
    guard name == "virt" else { throw QemuUsageError("-machine \(name): the machine there is here is virt") }
    machineNamed = true
    deviceTreeFile = properties.take("dumpdtb") ?? deviceTreeFile
    if try properties.takeSwitch("aclint") == true {
      note(
        "-machine aclint=on: the registers are where they are anyway; there is no device for supervisor software interrupts"
      )
    }
    if let kind = properties.take("aia"), kind != "none" {
      throw QemuUsageError("-machine aia=\(kind): the board has a PLIC and no AIA")
    }
    if let kind = properties.take("accel"), !kind.hasPrefix("tcg") {
      throw QemuUsageError("-machine accel=\(kind): nothing here makes use of the host's own virtualization")
    }
    properties.pass("acpi", "usb", "graphics", "dump-guest-core", "mem-merge", "suppress-vmdesc")
    try properties.finish()
  }

  /// What every hart has, by QEMU's names.
  private static let present: Set<String> = [
    "i", "m", "a", "f", "d", "c", "g", "s", "u", "h", "x-h", "zicsr", "zifencei", "icsr", "ifencei", "zicntr", "zihpm",
    "counters", "zba", "zbb", "zbs", "zicbom", "zicboz", "zicond", "x-zicond", "zawrs", "sstc", "svinval", "svnapot",
    "svadu", "mmu", "pmp", "sv39", "sv48", "sv57",
  ]

  fileprivate mutating func setCPU(_ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: "-cpu", firstKey: "model")
    let model = properties.take("model") ?? "rv64"
    if model == "help" {
      answer = "max\nrv64\n"
      return
    }
    guard ["rv64", "max", "any"].contains(model) else {
      throw QemuUsageError("-cpu \(model): the CPU there is here is rv64")
    }
    if let svade = try properties.takeSwitch("svade"), svade { configuration.cpu.svade = true }
    properties.pass("cbom_blocksize", "cboz_blocksize", "cbop_blocksize")
    for item in properties.rest {
      let name = item.key.lowercased()
      let isOn = ["on", "true", "yes", "y"].contains(item.value)
      if name == "svadu" {
        configuration.cpu.svade = !isOn
      } else if Self.present.contains(name) {
        if !isOn { note("-cpu \(item.key)=\(item.value): the CPU has it all the same") }
      } else if ["off", "false", "no", "n"].contains(item.value) {
        continue
      } else if isOn {
        throw QemuUsageError("-cpu \(item.key)=\(item.value): the CPU has no such extension")
      } else {
        note("-cpu \(item.key)=\(item.value): passed over")
      }
    }
  }

  fileprivate mutating func setHarts(_ text: String) throws(QemuUsageError) {
    var properties = QemuProperties(text, of: "-smp", firstKey: "cpus")
    let cpus = try properties.takeNumber("cpus")
    _ = try properties.takeNumber("maxcpus")
    var product: UInt64 = 1
    for part in ["sockets", "dies", "clusters", "cores", "threads"] {
      let (value, overflow) = product.multipliedReportingOverflow(by: try properties.takeNumber(part) ?? 1)
      product = overflow ? .max : value
    }
    try properties.finish()
    configuration.hartCount = Int(clamping: cpus ?? product)
    guard (1...MachineConfiguration.maximumHarts).contains(configuration.hartCount) else {
      throw QemuUsageError("-smp \(text): the board has 1 to \(MachineConfiguration.maximumHarts) harts")
    }
  }
}
