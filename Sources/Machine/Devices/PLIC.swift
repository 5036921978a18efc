import RISCV

/// The platform-level interrupt controller, `sifive,plic-1.0.0` (RISC-V PLIC specification), with 96 sources of 3-bit priority
/// and two contexts a hart, M then S, as on QEMU's `virt`.
///
/// Every source has a gateway: a high level, or a pulse, becomes one pending request, which stays even when the level falls;
/// the next one comes no earlier than the completion. Claims are not affected by the threshold, as the specification says (QEMU's are).
package final class PLIC: Device {
  package let name = "plic"
  package let windowSize: UInt64 = 0x60_0000
  /// Number of sources; they are numbered from 1.
  package static let sourceCount = 96

  private static let wordCount = sourceCount / 32 + 1
  private static let priorityMask: UInt8 = 7
  private static let enableBase: UInt64 = 0x2000
  private static let enableStride: UInt64 = 0x80
  private static let contextBase: UInt64 = 0x20_0000
  private static let contextStride: UInt64 = 0x1000

  private unowned let port: any HartPort
  private let contextCount: Int

  private var priority = [UInt8](repeating: 0, count: sourceCount + 1)
  private var level = [Bool](repeating: false, count: sourceCount + 1)
  /// Between the request of a gateway and its completion.
  private var inFlight = [Bool](repeating: false, count: sourceCount + 1)
  /// A pulse came between claim and completion.
  private var pulsedAgain = [Bool](repeating: false, count: sourceCount + 1)
  private var pending = [UInt32](repeating: 0, count: wordCount)
  /// `wordCount` words for each context.
  private var enable: [UInt32]
  private var threshold: [UInt8]
  /// What was last driven on each context's wire.
  private var driven: [Bool]

  package init(port: any HartPort) {
    self.port = port
    contextCount = 2 * port.hartCount
    enable = .init(repeating: 0, count: contextCount * Self.wordCount)
    threshold = .init(repeating: 0, count: contextCount)
    driven = .init(repeating: false, count: contextCount)
  }

  package func reset() {
    for source in 0...Self.sourceCount {
      priority[source] = 0
      level[source] = false
      inFlight[source] = false
      pulsedAgain[source] = false
    }
    for index in pending.indices { pending[index] = 0 }
    for index in enable.indices { enable[index] = 0 }
    for index in threshold.indices { threshold[index] = 0 }
    update()
  }

  // MARK: Gateways

  /// Drives the wire of a source, 1...96.
  package func setLevel(_ newLevel: Bool, source: Int) {
    guard level[source] != newLevel else { return }
    level[source] = newLevel
    if newLevel, request(source) { update() }
  }

  /// A source that stays low asks once. What comes before the claim is one request; after it, one more on completion.
  package func pulse(source: Int) {
    if request(source) {
      update()
    } else if !isPending(source) {
      pulsedAgain[source] = true
    }
  }

  /// The level of a source's wire.
  package func level(source: Int) -> Bool { level[source] }

  private func request(_ source: Int) -> Bool {
    guard !inFlight[source] else { return false }
    inFlight[source] = true
    pending[source / 32] |= 1 << UInt32(source % 32)
    return true
  }

  private func isPending(_ source: Int) -> Bool { pending[source / 32] >> UInt32(source % 32) & 1 != 0 }

  // MARK: Contexts

  private func isEnabled(_ source: Int, context: Int) -> Bool {
    enable[context * Self.wordCount + source / 32] >> UInt32(source % 32) & 1 != 0
  }

  /// The pending enabled source of highest priority, the lowest number among equals; 0 for none.
  private func best(context: Int) -> Int {
    var best = 0
    for word in 0..<Self.wordCount {
      var candidates = pending[word] & enable[context * Self.wordCount + word]
      while candidates != 0 {
        let source = word * 32 + candidates.trailingZeroBitCount
        candidates &= candidates &- 1
        // Priority 0 means "never interrupt", and source 0 does not exist: its priority is 0.
        if priority[source] > priority[best] { best = source }
      }
    }
    return best
  }

  private func update() {
    for context in 0..<contextCount {
      let wanted = priority[best(context: context)] > threshold[context]
      guard wanted != driven[context] else { continue }
      driven[context] = wanted
      let wire: Interrupt = context % 2 == 0 ? .machineExternal : .supervisorExternal
      port.setInterrupt(wire, level: wanted, hart: context / 2)
    }
  }

  private func claim(context: Int) -> UInt32 {
    let source = best(context: context)
    guard source != 0 else { return 0 }
    pending[source / 32] &= ~(1 << UInt32(source % 32))
    update()
    return UInt32(source)
  }

  private func complete(_ source: UInt32, context: Int) {
    guard source >= 1, source <= Self.sourceCount, isEnabled(Int(source), context: context) else { return }
    let source = Int(source)
    guard !isPending(source) else { return }
    inFlight[source] = false
    let asksAgain = level[source] || pulsedAgain[source]
    pulsedAgain[source] = false
    if asksAgain, request(source) { update() }
  }

  // MARK: Registers

  private enum Register {
    case priority(Int)
    case pending(Int)
    case enable(Int)
    case threshold(Int)
    case claim(Int)
    /// Inside the window, but nothing is implemented there: reads zero, ignores writes.
    case reserved
  }

  private func register(at offset: UInt64, width: AccessWidth) throws(DeviceFault) -> Register {
    guard width == .word else { throw DeviceFault() }
    if offset < 0x1000 {
      let source = Int(offset / 4)
      return (1...Self.sourceCount).contains(source) ? .priority(source) : .reserved
    }
    if offset < Self.enableBase {
      let word = Int((offset &- 0x1000) / 4)
      return word < Self.wordCount ? .pending(word) : .reserved
    }
    if offset < Self.contextBase {
      let context = Int((offset &- Self.enableBase) / Self.enableStride)
      let word = Int((offset &- Self.enableBase) % Self.enableStride / 4)
      guard context < contextCount, word < Self.wordCount else { return .reserved }
      return .enable(context * Self.wordCount + word)
    }
    let context = Int((offset &- Self.contextBase) / Self.contextStride)
    guard context < contextCount else { return .reserved }
    switch (offset &- Self.contextBase) % Self.contextStride {
    case 0: return .threshold(context)
    case 4: return .claim(context)
    default: return .reserved
    }
  }

  package func read(offset: UInt64, width: AccessWidth) throws(DeviceFault) -> UInt64 {
    switch try register(at: offset, width: width) {
    case .priority(let source): UInt64(priority[source])
    case .pending(let word): UInt64(pending[word])
    case .enable(let index): UInt64(enable[index])
    case .threshold(let context): UInt64(threshold[context])
    case .claim(let context): UInt64(claim(context: context))
    case .reserved: 0
    }
  }

  package func write(_ value: UInt64, offset: UInt64, width: AccessWidth) throws(DeviceFault) {
    switch try register(at: offset, width: width) {
    case .priority(let source): priority[source] = UInt8(truncatingIfNeeded: value) & Self.priorityMask
    case .enable(let index):
      var mask: UInt32 = .max
      let word = index % Self.wordCount
      if word == 0 { mask = ~1 }
      if word == Self.wordCount - 1 { mask = (2 << UInt32(Self.sourceCount % 32)) - 1 }
      enable[index] = UInt32(truncatingIfNeeded: value) & mask
    case .threshold(let context): threshold[context] = UInt8(truncatingIfNeeded: value) & Self.priorityMask
    case .claim(let context): complete(UInt32(truncatingIfNeeded: value), context: context)
    case .pending, .reserved: return
    }
    update()
  }

  package var fields: [DeviceField] {
    var fields: [DeviceField] = []
    for source in 1...Self.sourceCount where priority[source] != 0 || level[source] {
      let state =
        (level[source] ? "high" : "low") + (isPending(source) ? ", pending" : inFlight[source] ? ", claimed" : "")
      fields.append(.init("source \(source)", "priority \(priority[source]), level \(state)"))
    }
    for context in 0..<contextCount {
      let enabled = (1...Self.sourceCount).filter { isEnabled($0, context: context) }.map(String.init)
      guard !enabled.isEmpty else { continue }
      fields.append(
        .init(
          "hart \(context / 2) \(context % 2 == 0 ? "M" : "S")",
          "threshold \(threshold[context]), enabled \(enabled.joined(separator: " "))"
            + (driven[context] ? ", interrupting" : "")))
    }
    return fields
  }
}
