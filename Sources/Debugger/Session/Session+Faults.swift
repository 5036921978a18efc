import Hypervisor
import Machine
import RISCV

// What became of the physical hart's page faults on one page: found by running again, so that a run need not keep it.
extension Session {
  /// How many faults of each class there were so far on the page of an address, in whatever address space; nil when Ctrl-C
  /// stopped the search.
  package func faults(onPageOf address: UInt64) throws(DebuggerError) -> [FaultClass: UInt64]? {
    try requireMonitor()
    let virtual = try replica(under: technique)
    let other = virtual.machine
    var counts: [FaultClass: UInt64] = [:]
    other.eventMask = .fault
    other.eventHandler = { _, event in
      if case .fault(let kind, let place) = event.kind, place & ~0xfff == address & ~0xfff {
        counts[kind, default: 0] += 1
      }
      return false
    }
    guard try advance(virtual, to: machine.position), try advanceOverTraps(other) else { return nil }
    // The instruction at hand may have faulted, and may do so again.
    let stop = other.eventHandler
    other.eventHandler = { hart, event in
      _ = stop?(hart, event)
      return true
    }
    while virtual.faults.total < virtualMachine.faults.total {
      guard case .event = other.run(stepLimit: 1) else { break }
    }
    return counts
  }
}
