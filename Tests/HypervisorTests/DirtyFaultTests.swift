import Hypervisor
import Machine
import RISCV
import Testing

@Suite("Dirty faults")
struct DirtyFaultTests {
  @Test(
    "The first store to a page that was read is a dirty fault, and drops nothing",
    arguments: Technique.all.filter { $0.paging == .shadow })
  func firstStore(technique: Technique) throws {
    let virtual = try GuestUnderTechnique(program: "pagefaults", hartCount: 1).virtualMachine(technique)
    // The heap's first page is read, and stored to later.
    let page: UInt64 = 0x400000
    var seen: [String] = []
    virtual.machine.eventMask = [.fault, .shadow]
    virtual.machine.eventHandler = { _, event in
      switch event.kind {
      case .fault(let kind, let address) where address & ~0xfff == page: seen.append(kind.name)
      case .shadow(.drop, let address, _) where address & ~0xfff == page: seen.append("drop")
      default: break
      }
      return seen.last == "dirty"
    }
    while seen.last != "dirty", case .event = virtual.machine.run(limit: 2_000_000) {}
    #expect(seen.last == "dirty")
    // Under traces, nothing goes between the hidden fault and the dirty one.
    if technique.policy == .traced { #expect(seen.suffix(2) == ["hidden", "dirty"]) }
    #expect(virtual.faults.dirty == 1)
  }
}
