import Hypervisor
import Machine
import RISCV

/// What the host had of the guest's, before the device served a queue; to be held against what it has afterwards.
struct HostSide {
  private let returned: UInt64
  private let dropped: UInt64
  private let flushed: UInt64
  /// The host's clock, in cycles.
  let clock: UInt64

  init(_ virtual: VirtualMachine) {
    returned = virtual.host?.frames.returned ?? 0
    dropped = Self.count(.dropEntry, virtual)
    flushed = Self.count(.tlbFlush, virtual)
    clock = virtual.cpus.reduce(0) { max($0, $1.ledger.clock) }
  }

  private static func count(_ action: CostAction, _ virtual: VirtualMachine) -> UInt64 {
    virtual.cpus.reduce(0) { $0 + $1.ledger.amount(of: action).count }
  }

  /// What became of the pages.
  func change(_ virtual: VirtualMachine, pages: UInt64) -> String {
    guard let frames = virtual.host?.frames else {
      return "\(grouped(pages)) page\(pages == 1 ? "" : "s") of its RAM cleared; no host below has a use for them"
    }
    let now = HostSide(virtual)
    let (taken, entries) = (now.returned - returned, now.dropped - dropped)
    if taken == 0 {
      return "no frame taken: none of these pages was ever touched; \(grouped(UInt64(frames.free))) free"
    }
    let tables = virtual.technique.paging == .nested ? "nested" : "shadow"
    let flush = now.flushed > flushed ? ", TLB flushed" : ""
    return "\(grouped(taken)) frame\(taken == 1 ? "" : "s") taken, \(grouped(entries)) \(tables) "
      + "entr\(entries == 1 ? "y" : "ies") dropped\(flush); \(grouped(UInt64(frames.free))) free"
  }

  /// A frame that an entry was made for just now and that another page of the guest's had before, which gave it up.
  func reuse(at physical: UInt64, _ virtual: VirtualMachine) -> (now: HostFrames.Tenancy, before: HostFrames.Tenancy)? {
    guard let tenancies = virtual.host?.frames.tenancies(of: physical), let now = tenancies.now, now.since >= clock,
      let before = tenancies.before.first
    else { return nil }
    return (now, before)
  }
}
