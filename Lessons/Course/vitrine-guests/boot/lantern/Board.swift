/// What the kernel wants to know of the machine, read out of the device tree once. Each part of the kernel takes from it
/// what it needs; then the memory of the tree is free for other use.
struct Board {
  static let hartLimit = 8
  static let slotLimit = 32

  struct Device {
    var address: UInt64 = 0
    var interrupt: UInt32 = 0
  }
  struct HartDescription {
    var identifier: UInt64 = 0
    /// What the interrupt controller calls this hart.
    var interruptHandle: UInt32 = 0
  }

  var memoryStart: UInt64 = 0
  var memoryEnd: UInt64 = 0
  /// Ticks of `time` in a second.
  var timebase: UInt64 = 0
  var harts = InlineArray<8, HartDescription>(repeating: HartDescription())
  var hartCount = 0
  var uart: Device?
  var plic: Device?
  /// The context of the boot hart's supervisor mode in the interrupt controller.
  var plicContext: UInt64 = 0
  /// The slots in which virtio devices may sit; most may be empty.
  var virtioSlots = InlineArray<32, Device>(repeating: Device())
  var slotCount = 0
  var commandLine = CommandLine()

  init(_ tree: DeviceTree, bootHart: UInt64) {
    tree.forEachNode { node in take(node) }
    // The controller's list of contexts names harts by handles, which stand in nodes of their own: hence a second pass.
    tree.forEachNode { node in
      if node.isCompatible(with: "riscv,plic0") || node.isCompatible(with: "sifive,plic-1.0.0") {
        takeInterruptController(node, bootHart: bootHart)
      }
    }
  }

  private mutating func take(_ node: DeviceTree.Node) {
    if node.depth == 1 && node.name.hasPrefix("memory@"), let range = node.range {
      // The part of memory that the kernel itself lies in.
      let kernel = PhysicalAddress(mapped: address_of_kernel_end()).bits
      if range.address < kernel && range.address + range.size >= kernel {
        memoryStart = range.address
        memoryEnd = range.address + range.size
      }
    } else if node.name == "cpus" {
      timebase = UInt64(node.number("timebase-frequency") ?? 0)
    } else if node.name.hasPrefix("cpu@") && node.isEnabled && hartCount < Board.hartLimit {
      harts[hartCount].identifier = UInt64(node.number("reg") ?? 0)
      hartCount += 1
    } else if node.name.hasPrefix("interrupt-controller") && node.depth == 3 && hartCount > 0 {
      harts[hartCount - 1].interruptHandle = UInt32(node.number("phandle") ?? 0)
    } else if node.name == "chosen", let text = node.property("bootargs") {
      commandLine = CommandLine(Text(zeroTerminated: text.start, limit: text.count))
    } else if uart == nil && node.isCompatible(with: "ns16550a") {
      uart = device(node)
    } else if node.isCompatible(with: "virtio,mmio") && slotCount < Board.slotLimit, let slot = device(node) {
      virtioSlots[slotCount] = slot
      slotCount += 1
    }
  }

  private func device(_ node: DeviceTree.Node) -> Device? {
    guard let range = node.range else { return nil }
    return Device(address: range.address, interrupt: UInt32(node.number("interrupts") ?? 0))
  }

  /// `interrupts-extended` lists a (hart's handle, cause) for each context of the controller.
  private mutating func takeInterruptController(_ node: DeviceTree.Node, bootHart: UInt64) {
    plic = device(node)
    guard let contexts = node.property("interrupts-extended") else { return }
    let supervisorExternal: UInt32 = 9
    var context = 0
    while context * 8 < contexts.count {
      let handle = bigEndian(contexts.start, context * 8)
      if bigEndian(contexts.start, context * 8 + 4) == supervisorExternal {
        var index = 0
        while index < hartCount {
          if harts[index].identifier == bootHart && harts[index].interruptHandle == handle {
            plicContext = UInt64(context)
          }
          index += 1
        }
      }
      context += 1
    }
  }
}
