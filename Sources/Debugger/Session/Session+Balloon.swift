import Hypervisor
import Machine
import RISCV

/// A point on the way of pages from the guest to the host, at which the machine stands, told from both sides.
package struct BalloonPoint: Sendable, Equatable {
  package enum Step: String, Sendable {
    /// The driver has read a target that it did not know.
    case request
    /// The pages are chosen and their numbers written, and the ring says so; the device has not been told.
    case allocate
    /// The store that tells the device is next; under a monitor it has made an exit.
    case queue
    /// The device has served the queue: contents are gone, frames are back with the host.
    case unmap
    /// A frame that the guest gave up is given to another of its pages.
    case reuse
  }
  package var step: Step
  package var guest: String
  package var host: String
  /// Where the guest stands: function and line, as far as they are known.
  package var place: String
}

extension Session {
  /// Asks the guest to give up so many bytes, as it runs on. As with ``type(_:)``, what came later the first time is dropped.
  package func setBalloon(_ byteCount: UInt64) throws(DebuggerError) {
    guard machine.board.balloon != nil else { throw .other(Self.noBalloon) }
    guard byteCount <= machine.memory.size else {
      throw .other("A balloon of \(byteCount >> 20)M is more than all RAM, which is \(machine.memory.size >> 20)M.")
    }
    machine.board.forgetInputToCome()
    machine.board.balloonRequests.send(Board.balloonPages(byteCount))
  }
  package static let noBalloon = "The board has no balloon.  Start with --balloon SIZE (0 asks for nothing yet)."

  /// Runs to the next point on the way of pages to the host. No point where something else stopped the guest.
  package func stepBalloon() throws(DebuggerError) -> (point: BalloonPoint?, stop: Stop) {
    guard let device = BalloonView(machine.board) else { throw .other(Self.noBalloon) }
    if let queue = notifiedQueue(hart, device) { return try serve(queue, device) }
    for queue in device.pageQueues where !device.slot.offered(queue: queue).isEmpty {
      if let result = try runToNotify(queue, device) { return result }
    }
    return try runToNews(device)
  }

  // MARK: Points

  /// To whatever comes first: a target that the driver reads, pages on offer, pages served without our having seen the offer, or a
  /// frame in use again.
  private func runToNews(_ device: BalloonView) throws(DebuggerError) -> (point: BalloonPoint?, stop: Stop) {
    let (target, given) = (device.balloon.noticed, device.balloon.pages.count)
    let before = HostSide(virtualMachine)
    let places = device.pageQueues.compactMap { queue in device.slot.availableIndex(queue: queue) }
    // A frame in use again shows where an entry is made for it.
    var events = AwaitedEvents(kinds: [.balloon, .shadow, .nested])
    events.places = places.map { WatchedRange(space: .physical, address: $0, count: 2, onLoad: false, onStore: true) }
    events.test = { [unowned self] _, event in
      switch event.kind {
      case .balloon(let step, _, _): step != .request
      case .shadow(.fill, _, let physical), .nested(.fill, _, let physical):
        before.reuse(at: physical, virtualMachine) != nil
      case .memory: device.pageQueues.contains { !device.slot.offered(queue: $0).isEmpty }
      default: false
      }
    }
    let stop = try run(to: events)
    guard let event = stop.awaited else { return (nil, stop) }
    switch event.kind {
    case .balloon(.notice, let pages, _):
      let text = "num_pages \(grouped(UInt64(target))) -> \(grouped(pages)); \(grouped(UInt64(given))) given up"
      return (point(.request, text, "interrupt \(device.interrupt) by \(device.slot.name)"), stop)
    case .memory:
      let queue = device.pageQueues.first { !device.slot.offered(queue: $0).isEmpty } ?? 0
      return (point(.allocate, device.choice(queue), "-"), stop)
    case .shadow(_, _, let physical), .nested(_, _, let physical):
      guard let frame = before.reuse(at: physical, virtualMachine) else { return (nil, stop) }
      let guest = "gpa:\(hex(frame.now.page.value)) first touched by a \(frame.now.cause.rawValue)"
      return (point(.reuse, guest, "hpa:\(hex(physical)), which gpa:\(hex(frame.before.page.value)) had"), stop)
    default: return (served(event, device, before), stop)
    }
  }

  /// To the store that notifies a queue whose offer stands; nil where that does not come soon.
  private func runToNotify(
    _ queue: Int, _ device: BalloonView
  ) throws(DebuggerError) -> (point: BalloonPoint?, stop: Stop)? {
    let offer = device.offer(queue)
    let offset = hex(VirtioMMIO.notifyOffset)
    let guest = "\(offer.text) in \(BalloonView.name(of: queue)); notify"
    if virtualMachine.host != nil {
      var events = AwaitedEvents(kinds: [.exit, .balloon])
      let before = HostSide(virtualMachine)
      events.test = { [unowned self] hart, event in
        if case .balloon(let step, _, _) = event.kind { return step != .request && step != .notice }
        return notifiedQueue(hart, device) == queue
      }
      let stop = try run(to: events)
      guard let event = stop.awaited else { return (nil, stop) }
      // The monitor was there already, and stepped on over the store.
      if case .balloon = event.kind { return (served(event, device, before), stop) }
      return (point(.queue, guest, "exit: store to \(device.slot.name), offset \(offset)"), stop)
    }
    let store = technique == .emulation ? "stepped next" : "next"
    for _ in 0..<Self.mostStepsToNotify {
      let stop = try stepInstruction()
      if stop.reason != .done { return (nil, stop) }
      if notifiedQueue(hart, device) == queue {
        return (point(.queue, guest, "\(store): the store to \(device.slot.name), offset \(offset)"), stop)
      }
    }
    return nil
  }
  /// Linux takes some hundreds of instructions, without a timer between.
  private static let mostStepsToNotify = 100_000

  /// The store at hand, which the device serves at once.
  private func serve(_ queue: Int, _ device: BalloonView) throws(DebuggerError) -> (point: BalloonPoint?, stop: Stop) {
    let before = HostSide(virtualMachine)
    var events = AwaitedEvents(kinds: .balloon)
    events.test = { _, event in
      guard case .balloon(let step, _, _) = event.kind else { return false }
      return step != .request && step != .notice
    }
    let stop = try run(to: events)
    guard let event = stop.awaited else { return (nil, stop) }
    return (served(event, device, before), stop)
  }

  private func served(_ event: Event, _ device: BalloonView, _ before: HostSide) -> BalloonPoint? {
    guard case .balloon(let step, let pages, let total) = event.kind else { return nil }
    let count = grouped(pages)
    let guest: String
    switch step {
    case .deflate:
      return point(.unmap, "\(count) are its own again", "\(grouped(total)) stay given up; no frame moves yet")
    case .report: guest = "-"
    default: guest = "\(grouped(total)) given up in all"
    }
    return point(.unmap, guest, before.change(virtualMachine, pages: pages))
  }

  private func point(_ step: BalloonPoint.Step, _ guest: String, _ host: String) -> BalloonPoint {
    BalloonPoint(step: step, guest: guest, host: host, place: callers)
  }

  /// The function at hand and its callers, as far as the source knows them, and the line in the outermost: a driver reaches its
  /// device through functions that are everybody's.
  private var callers: String {
    let frames = backtrace(limit: 4).frames.prefix { $0.source != nil && $0.trap == nil }
    guard let last = frames.last?.source else { return symbolText(hart.pc) ?? hex(hart.pc) }
    let names = frames.compactMap { $0.source?.function.prefix { $0 != "(" } }
    let line = last.file.isEmpty ? "" : ", \(last.file.split(separator: "/").last ?? ""):\(last.line)"
    return names.joined(separator: " < ") + line
  }

  /// The queue of pages that the instruction at a hart's pc is about to notify, by a store to the device's register.
  private func notifiedQueue(_ hart: Hart, _ device: BalloonView) -> Int? {
    withHart(hart) {
      guard let line = try? instruction(at: SpacedAddress(hart.pc)), let store = StoreOperands(line.text),
        physical(SpacedAddress(hart.x(store.base) &+ store.offset)) == device.notifyAddress
      else { return nil }
      let queue = Int(truncatingIfNeeded: hart.x(store.source) & 0xffff_ffff)
      return device.pageQueues.contains(queue) ? queue : nil
    }
  }
}

/// The operands of `sw a5, 80(s1)`.
private struct StoreOperands {
  var source: Int
  var base: Int
  var offset: UInt64

  init?(_ text: String) {
    let words = text.split { " ,()".contains($0) }
    guard words.count == 4, words[0] == "sw" || words[0] == "c.sw",
      let source = RegisterName.x(named: String(words[1])),
      let base = RegisterName.x(named: String(words[3])), let offset = Self.number(words[2])
    else { return nil }
    (self.source, self.base, self.offset) = (source, base, offset)
  }

  private static func number(_ text: Substring) -> UInt64? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text
    let value = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    return value.map { text.hasPrefix("-") ? 0 &- $0 : $0 }
  }
}
