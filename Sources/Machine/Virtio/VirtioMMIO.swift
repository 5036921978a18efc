import RISCV

/// One virtio slot, as the driver reaches it: the MMIO transport, version 2 (Virtio specification, "Virtio Over MMIO").
///
/// Requests are carried out at the store to `QueueNotify`, at once. A driver that breaks the protocol sets DEVICE_NEEDS_RESET. One
/// notification moves a bounded number of bytes and chains; what is left over goes on at the next turn border, so that no guest
/// can keep the simulator to itself. A slot without function has device identity 0.
package final class VirtioMMIO: TimedDevice {
  package let name: String
  package let windowSize: UInt64 = MemoryMap.virtioStride
  package let function: (any VirtioFunction)?

  private unowned let port: any HartPort
  private let memory: PhysicalMemory
  private let line: InterruptLine
  private let agenda: Agenda

  private var status: UInt8 = 0
  private var interruptStatus: UInt8 = 0
  private var deviceFeaturesSelect: UInt32 = 0
  private var driverFeaturesSelect: UInt32 = 0
  private var driverFeatures: UInt64 = 0
  private var queueSelect: UInt32 = 0
  private var queues: [QueueRegisters] = []
  private var fault: VirtioFault?
  /// Counts changes of the configuration that the device made by itself.
  private var generation: UInt32 = 0
  package private(set) var dueClock: UInt64 = .max

  /// What the driver sets up, and the queue once it is ready.
  private struct QueueRegisters {
    var size: UInt32 = 0
    var descriptors: UInt64 = 0
    var available: UInt64 = 0
    var used: UInt64 = 0
    var queue: VirtioQueue?
    /// Served, and not given back yet.
    var kept: VirtioChain?
    /// Work was left over.
    var isDeferred = false
  }

  private enum Status {
    static let driverOK: UInt8 = 4
    static let featuresOK: UInt8 = 8
    static let needsReset: UInt8 = 64
  }

  private enum Feature {
    static let indirectDescriptors: UInt64 = 1 << 28
    static let version1: UInt64 = 1 << 32
  }

  /// After so many bytes the rest waits for the next turn border.
  private static let bytesPerRun: UInt64 = 16 << 20
  /// How long it waits, in clock units, where all harts do.
  private static let pause: UInt64 = 1000

  package init(
    slot: Int, function: (any VirtioFunction)?, memory: PhysicalMemory, port: any HartPort, line: InterruptLine,
    agenda: Agenda
  ) {
    name = "virtio\(slot)"
    self.function = function
    self.memory = memory
    self.port = port
    self.line = line
    self.agenda = agenda
    queues = .init(repeating: .init(), count: function?.queueCount ?? 0)
  }

  package func reset() {
    status = 0
    interruptStatus = 0
    deviceFeaturesSelect = 0
    driverFeaturesSelect = 0
    driverFeatures = 0
    queueSelect = 0
    for index in queues.indices { queues[index] = .init() }
    fault = nil
    dueClock = .max
    line.set(false)
    function?.driverChanged(nil)
  }

  private var offeredFeatures: UInt64 {
    guard let function else { return 0 }
    return function.features | Feature.version1 | Feature.indirectDescriptors
  }

  // MARK: Work

  /// Serves what the driver made available in a queue, as far as the function wants it. Before DRIVER_OK that waits for it: Linux's
  /// balloon driver notifies its statistics queue while it sets the queues up.
  package func serve(queue index: Int) {
    if status & Status.driverOK == 0, queues.indices.contains(index) { queues[index].isDeferred = true }
    guard let function, queues.indices.contains(index), var queue = queues[index].queue,
      status & (Status.driverOK | Status.needsReset) == Status.driverOK
    else { return }
    var bytesLeft = Self.bytesPerRun
    var chainsLeft = VirtioQueue.maximumSize
    var isDone = false
    queues[index].isDeferred = false
    do {
      while queues[index].kept == nil, function.wantsChain(queue: index) {
        guard bytesLeft > 0, chainsLeft > 0 else {
          postpone(index)
          break
        }
        guard let chain = try queue.next(memory) else { break }
        let written = try function.serve(chain, queue: index, memory: memory)
        if function.keepsChain(queue: index) {
          queues[index].kept = chain
        } else {
          queue.complete(chain, written: written, memory)
          isDone = true
        }
        bytesLeft -= min(bytesLeft, chain.byteCount)
        chainsLeft -= 1
      }
    } catch {
      fail(error)
    }
    queues[index].queue = queue
    function.finished(queue: index)
    if isDone, queue.wantsInterrupt(memory) { interrupt(1) }
  }

  /// Gives the driver the chain back that the function keeps, if there is one, and takes the next.
  package func giveBack(queue index: Int) {
    guard queues.indices.contains(index), let chain = queues[index].kept, var queue = queues[index].queue,
      status & (Status.driverOK | Status.needsReset) == Status.driverOK
    else { return }
    queues[index].kept = nil
    queue.complete(chain, written: 0, memory)
    queues[index].queue = queue
    if queue.wantsInterrupt(memory) { interrupt(1) }
    serve(queue: index)
  }

  /// What the driver has made available in a queue and the device has not taken yet, without taking it: for whoever looks.
  package func offered(queue index: Int) -> [VirtioChain] {
    guard queues.indices.contains(index), var queue = queues[index].queue else { return [] }
    var chains: [VirtioChain] = []
    while chains.count < Int(VirtioQueue.maximumSize), let chain = try? queue.next(memory) { chains.append(chain) }
    return chains
  }
  /// Where the driver says how far it has made chains of a queue available: the index of the available ring.
  package func availableIndex(queue: Int) -> UInt64? {
    queues.indices.contains(queue) && queues[queue].queue != nil ? queues[queue].available &+ 2 : nil
  }
  /// Where the driver stores the number of a queue to have it served, in the slot's window.
  package static let notifyOffset: UInt64 = 0x50

  /// The device has changed its configuration: the driver is told.
  package func configurationChanged() {
    generation &+= 1
    if status & Status.driverOK != 0 { interrupt(2) }
  }

  private func postpone(_ index: Int) {
    queues[index].isDeferred = true
    dueClock = port.clock &+ Self.pause
    agenda.note(0)
  }

  package func clockReached() {
    guard dueClock != .max else { return }
    dueClock = .max
    for index in queues.indices where queues[index].isDeferred { serve(queue: index) }
  }

  private func fail(_ fault: VirtioFault) {
    self.fault = fault
    status |= Status.needsReset
    if status & Status.driverOK != 0 { interrupt(2) }
  }

  /// 1: a buffer was used; 2: the configuration, or the need of a reset, changed.
  private func interrupt(_ reason: UInt8) {
    interruptStatus |= reason
    line.set(true)
  }

  // MARK: Registers

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    if offset >= 0x100 { return readConfiguration(Int(offset) - 0x100, width.byteCount) }
    guard width == .word else { throw DeviceFault() }
    switch offset {
    case 0x000: return 0x7472_6976  // "virt"
    case 0x004: return 2
    case 0x008: return UInt64(function?.deviceID ?? 0)
    case 0x00c: return 0x554d_4551  // "QEMU", which xv6 insists on
    case 0x010:
      guard deviceFeaturesSelect < 2 else { return 0 }
      return offeredFeatures >> UInt64(32 * deviceFeaturesSelect) & 0xffff_ffff
    case 0x034: return selected == nil ? 0 : UInt64(VirtioQueue.maximumSize)
    case 0x044: return selected.map { queues[$0].queue == nil ? 0 : 1 } ?? 0
    case 0x060: return UInt64(interruptStatus)
    case 0x070: return UInt64(status)
    // There is no shared memory: its length is all ones.
    case 0x0b0, 0x0b4: return 0xffff_ffff
    case 0x0fc: return UInt64(generation)
    default: return 0
    }
  }

  private func readConfiguration(_ offset: Int, _ count: Int) -> UInt64 {
    let bytes = function?.configuration ?? []
    defer { function?.configurationWasRead(offset..<offset + count) }
    return (offset..<offset + count).reversed().reduce(0) { $0 << 8 | UInt64($1 < bytes.count ? bytes[$1] : 0) }
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    if offset >= 0x100 { return writeConfiguration(value, Int(offset) - 0x100, width.byteCount) }
    guard width == .word else { throw DeviceFault() }
    guard function != nil else { return }
    let word = UInt32(truncatingIfNeeded: value)
    switch offset {
    case 0x014: deviceFeaturesSelect = word
    case 0x020: setDriverFeatures(word)
    case 0x024: driverFeaturesSelect = word
    case 0x030: queueSelect = word
    case Self.notifyOffset: serve(queue: Int(word))
    case 0x064:
      interruptStatus &= ~UInt8(truncatingIfNeeded: word)
      line.set(interruptStatus != 0)
    case 0x070: setStatus(UInt8(truncatingIfNeeded: word))
    default: writeQueue(word, offset)
    }
  }

  private func writeConfiguration(_ value: UInt64, _ offset: Int, _ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    if let queue = function?.writeConfiguration(bytes, at: offset) { giveBack(queue: queue) }
  }

  private func setDriverFeatures(_ word: UInt32) {
    guard driverFeaturesSelect < 2, status & Status.featuresOK == 0 else { return }
    let shift = UInt64(32 * driverFeaturesSelect)
    driverFeatures = driverFeatures & ~(0xffff_ffff << shift) | UInt64(word) << shift
  }

  private func setStatus(_ value: UInt8) {
    guard value != 0 else { return reset() }
    var value = value & ~Status.needsReset | status & Status.needsReset
    // VERSION_1 is not demanded: xv6 speaks version 2 of the transport without it.
    if driverFeatures & ~offeredFeatures != 0 { value &= ~Status.featuresOK }
    let isReady = value & ~status & Status.driverOK != 0
    status = value
    guard isReady else { return }
    function?.driverChanged(driverFeatures & offeredFeatures)
    for index in queues.indices where queues[index].isDeferred { serve(queue: index) }
  }

  // MARK: Queue registers

  private var selected: Int? { queues.indices.contains(Int(queueSelect)) ? Int(queueSelect) : nil }

  private func writeQueue(_ word: UInt32, _ offset: UInt64) {
    guard let index = selected else { return }
    switch offset {
    case 0x038: queues[index].size = word
    case 0x044: setReady(word & 1 != 0, index)
    case 0x080: queues[index].descriptors.setLow(word)
    case 0x084: queues[index].descriptors.setHigh(word)
    case 0x090: queues[index].available.setLow(word)
    case 0x094: queues[index].available.setHigh(word)
    case 0x0a0: queues[index].used.setLow(word)
    case 0x0a4: queues[index].used.setHigh(word)
    default: return
    }
  }

  private func setReady(_ isReady: Bool, _ index: Int) {
    guard isReady else {
      queues[index].queue = nil
      queues[index].kept = nil
      return
    }
    guard queues[index].queue == nil else { return }
    let registers = queues[index]
    do {
      queues[index].queue = try VirtioQueue(
        size: registers.size, descriptors: registers.descriptors, available: registers.available,
        used: registers.used, allowsIndirect: driverFeatures & Feature.indirectDescriptors != 0, memory: memory)
    } catch {
      fail(error)
    }
  }

  package var fields: [DeviceField] {
    guard let function else { return [.init("device", "none")] }
    var fields = [
      DeviceField("device", function.name), .init("status", hex: status), .init("features", hex: driverFeatures),
      .init("ready queues", queues.count { $0.queue != nil }), .init("interrupt status", hex: interruptStatus),
    ]
    if let fault { fields.append(.init("needs reset", fault.reason)) }
    return fields + function.fields
  }
}

extension UInt64 {
  fileprivate mutating func setLow(_ word: UInt32) { self = self & ~0xffff_ffff | UInt64(word) }
  fileprivate mutating func setHigh(_ word: UInt32) { self = self & 0xffff_ffff | UInt64(word) << 32 }
}
