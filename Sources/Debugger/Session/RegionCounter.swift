import Hypervisor
import Machine
import RISCV

/// Counts the regions between a guest's markers while it runs, beside whatever else observes the machine.
///
/// A marker stops the hart right behind its hint, so the accounts are read between the same two instructions under every
/// technique; that changes nothing of what is charged (OBSERVATION-IS-FREE).
package final class RegionCounter {
  private let virtualMachine: VirtualMachine
  private var regions = MarkerRegions()

  package init(_ virtualMachine: VirtualMachine) {
    self.virtualMachine = virtualMachine
    let machine = virtualMachine.machine
    let other = machine.eventHandler
    machine.eventMask.insert(.marker)
    machine.eventHandler = { [unowned self] hart, event in
      guard case .marker = event.kind else { return other?(hart, event) ?? false }
      regions.note(event, virtualMachine.account(ofHart: hart.index))
      return false
    }
  }

  /// The regions so far, in the order of their numbers.
  package var all: [MarkerRegions.Region] { regions.all }
  /// What the guest's symbols call them.
  package var names: MarkerNames { MarkerNames(virtualMachine.machine.board.images.lazy.flatMap(\.symbols)) }
}
