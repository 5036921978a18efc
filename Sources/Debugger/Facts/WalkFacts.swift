import Hypervisor
import Machine
import RISCV

/// Facts about where addresses lead, by the tables as they are now. No A or D bit is set by asking.
enum WalkFacts {
  /// References of the walk that the physical hart does, or the guest's own where it is the machine.
  static func references(_ call: FactCall) throws(EvaluationError) -> Value {
    let session = call.session
    let (address, access) = (try virtualAddress(call), try access(call))
    switch session.technique.paging {
    case .shadow:
      guard let path = session.virtualMachine.shadowPath(to: address, hart: session.selectedHart) else {
        throw .other("The monitor has no shadow table for this context yet: the first access makes one.")
      }
      return .int(path.entries.count)
    case .nested:
      guard let walk = session.nestedWalk(address, access) else {
        throw .other("The physical hart has not been in the guest yet: it will walk in two stages there.")
      }
      return .int(walk.report.references.count)
    case nil: return .int(session.hart.walk(GuestVirtualAddress(address), access).references.count)
    }
  }

  static func guestPhysical(_ call: FactCall) throws(EvaluationError) -> Value {
    let (address, access) = (try virtualAddress(call), try access(call))
    let report = call.session.hart.walk(GuestVirtualAddress(address), access)
    switch report.result {
    case .failure(let trap):
      throw .other(
        "The \(access) at \(hex(address)) fails: \(report.failure ?? "it is refused"): \(trap.cause.name) "
          + "(\(trap.cause.rawValue)).")
    case .success(let physical):
      return pointer(firstStage(report, address) ?? physical.value, .guestPhysical)
    }
  }

  /// What the first of two stages makes of an address; nil where there is one only.
  private static func firstStage(_ report: WalkReport, _ address: UInt64) -> UInt64? {
    guard report.guestStage != nil else { return nil }
    guard let leaf = report.references.last(where: { $0.stage == .first && $0.isLeaf }) else { return address }
    let isNapot = leaf.entry >> 63 == 1
    let offset = (UInt64(1) << (isNapot ? 16 : UInt64(12 + 9 * leaf.level))) - 1
    return leaf.target.value & ~offset | address & offset
  }

  static func hostPhysical(_ call: FactCall) throws(EvaluationError) -> Value {
    let (session, address) = (call.session, call.address(0))
    if address.space == .hostPhysical { return pointer(address.value, .hostPhysical) }
    guard let physical = session.physical(address) else { throw .cannotAccess(address) }
    guard let host = session.virtualMachine.host else { return pointer(physical, .hostPhysical) }
    guard session.machine.memory.contains(physical) else {
      throw .other("\(address.text) is a device's: no frame lies there.")
    }
    guard let place = host.frames.hostAddress(of: GuestPhysicalAddress(physical)) else {
      throw .other("gpa:\(hex(physical & ~0xfff)) has no frame.  `info frame gpa:\(hex(physical))` tells why.")
    }
    return pointer(place, .hostPhysical)
  }

  private static func pointer(_ address: UInt64, _ space: SpacedAddress.Space) -> Value {
    var value = Value(address, .pointer(to: .void))
    value.space = space
    return value
  }

  private static func virtualAddress(_ call: FactCall) throws(EvaluationError) -> UInt64 {
    let address = call.address(0)
    guard address.space == .guestVirtual else {
      throw .other("\(address.text) is physical already: a walk begins with a guest-virtual address.")
    }
    return address.value
  }

  private static func access(_ call: FactCall) throws(EvaluationError) -> AccessKind {
    switch call.optionalText(1) {
    case nil, "load": return .load
    case "store": return .store
    case "fetch": return .fetch
    case let other?: throw .other("No access \"\(other)\": it is load, store or fetch.")
    }
  }
}
