/// What a physical hart has been charged up to an instruction of the guest's, this one included.
package struct HostAccount: Sendable {
  package var ledger: Ledger
  /// The guest layer that the instruction is of.
  var stage: Layer
  /// What the instruction itself was charged as: run by the hart, or by the monitor's interpreter.
  var layer: Layer
  var action: CostAction

  /// The account right before the instruction. What its fetch needed, such as a walk, stays: whatever ran before it threw the
  /// translation away.
  package var withoutInstruction: Ledger {
    var ledger = ledger
    ledger.takeBack(stage: stage, layer: layer, action: action)
    return ledger
  }
}

extension VirtualCPU {
  /// The account of a hart that stands behind an instruction which did not trap.
  var account: HostAccount {
    // Behind what the physical hart ran there is no service yet; one that is open has stepped the instruction.
    let isStepped = service != nil
    return HostAccount(
      ledger: ledger, stage: guestLayer, layer: isStepped ? .monitor : guestLayer,
      action: isStepped ? .interpret : .instruction)
  }
}
