/// What the device tree says beyond what is always the same.
package struct BoardDeviceTree: Sendable {
  package var hartCount: Int
  /// Bytes of RAM.
  package var memorySize: UInt64
  /// Clear A and D bits fault.
  package var svade: Bool
  /// The kernel's command line.
  package var bootArguments: String?
  package var initrd: AddressRange?
  /// Where a monitor's guest wants to lie.
  package var guestLoadAddress: UInt64?
  /// 32 bytes for the kernel's random numbers.
  package var randomSeed: [UInt8]

  package init(_ configuration: MachineConfiguration) {
    var random = Xoshiro256(seed: configuration.seed, stream: 0)
    hartCount = configuration.hartCount
    memorySize = configuration.memorySize
    svade = configuration.cpu.svade
    bootArguments = configuration.append
    randomSeed = random.bytes(32)
  }

  /// Ticks of `time` a second.
  static let timebaseFrequency: UInt32 = 10_000_000
  private static let cacheBlockSize: UInt32 = 64

  /// Phandles. Those of the CPUs and their interrupt controllers follow.
  private enum Handle {
    static let plic: UInt32 = 1
    static let finisher: UInt32 = 2
    static func cpu(_ hart: Int) -> UInt32 { 3 + 2 * UInt32(hart) }
    static func cpuInterrupts(_ hart: Int) -> UInt32 { 4 + 2 * UInt32(hart) }
  }

  private var singleLetters: [String] { ["i", "m", "a", "f", "d", "c", "h"] }

  /// The multi-letter extensions of the harts, in the order of the `riscv,isa` string.
  private var extensions: [String] {
    [
      "zicbom", "zicboz", "zicntr", "zicond", "zicsr", "zifencei", "zihpm", "zawrs", "zba", "zbb", "zbs", "sstc",
      svade ? "svade" : "svadu", "svinval", "svnapot",
    ]
  }

  /// The tree, modelled on that of QEMU's `virt` so that the same software finds the same devices.
  package var root: DeviceTreeNode {
    var root = DeviceTreeNode("", children: [chosen, aliases, memory, cpus, flash, poweroff, reboot, soc])
    root.set("#address-cells", cells: 2)
    root.set("#size-cells", cells: 2)
    root.set("compatible", strings: "riscv-virtio")
    root.set("model", strings: "riscv-virtio,vitrine")
    return root
  }

  private var chosen: DeviceTreeNode {
    var node = DeviceTreeNode("chosen")
    if let bootArguments { node.set("bootargs", strings: bootArguments) }
    if let initrd {
      node.set("linux,initrd-start", doubleCells: initrd.start)
      node.set("linux,initrd-end", doubleCells: initrd.end)
    }
    if let guestLoadAddress { node.set("vitrine,guest-load-address", doubleCells: guestLoadAddress) }
    node.set("stdout-path", strings: "/soc/" + Self.unit("serial", MemoryMap.uart))
    node.set("rng-seed", bytes: randomSeed)
    return node
  }

  private var aliases: DeviceTreeNode {
    var node = DeviceTreeNode("aliases")
    node.set("serial0", strings: "/soc/" + Self.unit("serial", MemoryMap.uart))
    return node
  }

  private var memory: DeviceTreeNode {
    var node = DeviceTreeNode(Self.unit("memory", MemoryMap.memory))
    node.set("device_type", strings: "memory")
    node.set("reg", doubleCells: MemoryMap.memory, memorySize)
    return node
  }

  // MARK: CPUs

  private var cpus: DeviceTreeNode {
    var cluster = DeviceTreeNode("cluster0")
    for hart in 0..<hartCount {
      var core = DeviceTreeNode("core\(hart)")
      core.set("cpu", cells: Handle.cpu(hart))
      cluster.children.append(core)
    }
    let harts = (0..<hartCount).map(cpu)
    var node = DeviceTreeNode("cpus", children: harts + [DeviceTreeNode("cpu-map", children: [cluster])])
    node.set("#address-cells", cells: 1)
    node.set("#size-cells", cells: 0)
    node.set("timebase-frequency", cells: Self.timebaseFrequency)
    return node
  }

  private func cpu(_ hart: Int) -> DeviceTreeNode {
    var controller = DeviceTreeNode("interrupt-controller")
    controller.set("#address-cells", cells: 0)
    controller.set("#interrupt-cells", cells: 1)
    controller.set("interrupt-controller")
    controller.set("compatible", strings: "riscv,cpu-intc")
    controller.set("phandle", cells: Handle.cpuInterrupts(hart))

    var node = DeviceTreeNode("cpu@\(String(hart, radix: 16))", children: [controller])
    node.set("phandle", cells: Handle.cpu(hart))
    node.set("device_type", strings: "cpu")
    node.set("reg", cells: UInt32(hart))
    node.set("status", strings: "okay")
    node.set("compatible", strings: "riscv")
    node.set("riscv,isa", strings: "rv64" + singleLetters.joined() + "_" + extensions.joined(separator: "_"))
    node.set("riscv,isa-base", strings: "rv64i")
    node.set("riscv,isa-extensions", strings: singleLetters + extensions)
    node.set("riscv,cbom-block-size", cells: Self.cacheBlockSize)
    node.set("riscv,cboz-block-size", cells: Self.cacheBlockSize)
    node.set("mmu-type", strings: "riscv,sv57")
    return node
  }

  // MARK: Devices

  private var flash: DeviceTreeNode {
    var node = DeviceTreeNode(Self.unit("flash", MemoryMap.flash))
    node.set("compatible", strings: "cfi-flash")
    node.set(
      "reg", doubleCells: MemoryMap.flash, CFIFlash.byteCount, MemoryMap.flash + CFIFlash.byteCount,
      CFIFlash.byteCount)
    node.set("bank-width", cells: 4)
    return node
  }

  private var poweroff: DeviceTreeNode { finisherUser("poweroff", 0x5555) }
  private var reboot: DeviceTreeNode { finisherUser("reboot", 0x7777) }

  private func finisherUser(_ name: String, _ value: UInt32) -> DeviceTreeNode {
    var node = DeviceTreeNode(name)
    node.set("compatible", strings: "syscon-" + name)
    node.set("regmap", cells: Handle.finisher)
    node.set("offset", cells: 0)
    node.set("value", cells: value)
    return node
  }

  private var soc: DeviceTreeNode {
    var node = DeviceTreeNode("soc", children: [finisher, rtc, clint, plic, serial] + virtio)
    node.set("#address-cells", cells: 2)
    node.set("#size-cells", cells: 2)
    node.set("compatible", strings: "simple-bus")
    node.set("ranges")
    return node
  }

  private var finisher: DeviceTreeNode {
    var node = Self.device("test", MemoryMap.finisher, 0x1000, ["sifive,test1", "sifive,test0", "syscon"])
    node.set("phandle", cells: Handle.finisher)
    return node
  }

  private var rtc: DeviceTreeNode {
    Self.device("rtc", MemoryMap.rtc, 0x1000, ["google,goldfish-rtc"], source: InterruptSource.rtc)
  }

  private var serial: DeviceTreeNode {
    var node = Self.device("serial", MemoryMap.uart, 0x100, ["ns16550a"], source: InterruptSource.uart)
    node.set("clock-frequency", cells: UInt32(UART16550A.clockFrequency))
    return node
  }

  private var clint: DeviceTreeNode {
    var node = Self.device("clint", MemoryMap.clint, 0x1_0000, ["sifive,clint0", "riscv,clint0"])
    node.set(
      "interrupts-extended",
      cells: (0..<hartCount).flatMap { [Handle.cpuInterrupts($0), 3, Handle.cpuInterrupts($0), 7] })
    return node
  }

  private var plic: DeviceTreeNode {
    var node = Self.device("plic", MemoryMap.plic, 0x60_0000, ["sifive,plic-1.0.0", "riscv,plic0"])
    node.set("phandle", cells: Handle.plic)
    node.set("#address-cells", cells: 0)
    node.set("#interrupt-cells", cells: 1)
    node.set("interrupt-controller")
    node.set(
      "interrupts-extended",
      cells: (0..<hartCount).flatMap { [Handle.cpuInterrupts($0), 11, Handle.cpuInterrupts($0), 9] })
    node.set("riscv,ndev", cells: UInt32(PLIC.sourceCount))
    return node
  }

  private var virtio: [DeviceTreeNode] {
    (0..<MemoryMap.virtioCount).map {
      Self.device(
        "virtio_mmio", MemoryMap.virtio + UInt64($0) * MemoryMap.virtioStride, MemoryMap.virtioStride, ["virtio,mmio"],
        source: InterruptSource.virtio + $0)
    }
  }

  private static func unit(_ name: String, _ address: UInt64) -> String { "\(name)@\(String(address, radix: 16))" }

  private static func device(
    _ name: String, _ address: UInt64, _ size: UInt64, _ compatible: [String], source: Int? = nil
  ) -> DeviceTreeNode {
    var node = DeviceTreeNode(unit(name, address))
    node.set("compatible", strings: compatible)
    node.set("reg", doubleCells: address, size)
    if let source {
      node.set("interrupt-parent", cells: Handle.plic)
      node.set("interrupts", cells: UInt32(source))
    }
    return node
  }
}
