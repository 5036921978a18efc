import Hypervisor

/// What a stretch of a run was charged, by who did what, of all physical harts together. Waiting is no part of it.
///
/// An entry's `sret` is charged by the machine once the guest goes on. Here it belongs to the entry, so that the exit before it
/// is whole; whoever adds stretches up gets the ledger's clock all the same (CYCLES-ADD-UP).
package struct SideCharges: Sendable, Equatable {
  /// What one layer did of one action.
  package struct Line: Sendable, Equatable {
    package var layer: Layer
    package var action: CostAction
    package var amount: Ledger.Amount
  }
  private struct Key: Hashable {
    var layer: Layer
    var action: CostAction
  }
  private var amounts: [Key: Ledger.Amount] = [:]

  /// Everything since reset.
  init(of virtual: VirtualMachine) {
    for ledger in virtual.ledgers {
      for entry in ledger.entries where entry.action != .wait { add(entry.layer, entry.action, entry.amount) }
    }
    for cpu in virtual.cpus where cpu.isEntering {
      let price = cpu.ledger.price(.trapReturn)
      add(.hardware, .trapReturn, Ledger.Amount(count: 1, cycles: price))
    }
  }

  private mutating func add(_ layer: Layer, _ action: CostAction, _ amount: Ledger.Amount) {
    amounts[Key(layer: layer, action: action), default: Ledger.Amount()] += amount
  }

  /// What was charged since `earlier`, which is the beginning of this one.
  func since(_ earlier: SideCharges) -> SideCharges {
    var difference = self
    for (key, before) in earlier.amounts {
      let now = amounts[key] ?? Ledger.Amount()
      difference.amounts[key] = Ledger.Amount(count: now.count &- before.count, cycles: now.cycles &- before.cycles)
    }
    return difference
  }

  /// What is not zero, by layer and action.
  package var lines: [Line] {
    Layer.allCases.flatMap { layer in
      CostAction.allCases.compactMap { action in
        let amount = amounts[Key(layer: layer, action: action)] ?? Ledger.Amount()
        return amount.count == 0 ? nil : Line(layer: layer, action: action, amount: amount)
      }
    }
  }

  package var cycles: UInt64 { amounts.values.reduce(0) { $0 &+ $1.cycles } }

  /// How often an action was charged, whoever did it, or one of `layers`.
  package func count(_ action: CostAction, by layers: [Layer] = Layer.allCases) -> UInt64 {
    layers.reduce(0) { $0 &+ (amounts[Key(layer: $1, action: action)]?.count ?? 0) }
  }
}
