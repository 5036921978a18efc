/// Where a physical hart's cycles went: for each layer and action, and for each guest layer on whose behalf, how often and how
/// many cycles.
///
/// CYCLES-ADD-UP: whatever advances the clock is one charge, so the sum over all entries is the clock. The clock is kept apart
/// from the entries, so that this can be tested.
package struct Ledger: Sendable, Equatable {
  /// How often something was charged, and what it came to.
  package struct Amount: Sendable, Equatable {
    package var count: UInt64 = 0
    package var cycles: UInt64 = 0

    package init(count: UInt64 = 0, cycles: UInt64 = 0) {
      self.count = count
      self.cycles = cycles
    }

    package static func += (total: inout Amount, more: Amount) {
      total.count &+= more.count
      total.cycles &+= more.cycles
    }
  }

  /// One line of the ledger that is not zero.
  package struct Entry: Sendable, Equatable {
    /// The guest layer on whose behalf.
    package var stage: Layer
    /// Who did it.
    package var layer: Layer
    package var action: CostAction
    package var amount: Amount
  }

  /// The prices at which the next charges count.
  package private(set) var model: CostModel
  /// The guest layer on whose behalf the next charges are. The monitor sets it at each exit; a change of the guest's privilege
  /// changes it.
  package var stage: Layer = .firmware
  /// Host cycles so far.
  package private(set) var clock: UInt64 = 0

  private var prices: [UInt64]
  /// By stage, then layer, then action.
  private var amounts: [Amount]

  private static let actions = CostAction.allCases.count
  private static let layers = Layer.allCases.count

  package init(_ model: CostModel) {
    self.model = model
    prices = CostAction.allCases.map { model[$0] }
    amounts = Array(repeating: Amount(), count: Self.layers * Self.layers * Self.actions)
  }

  /// Charges `count` times an action that `layer` does, on behalf of ``stage``.
  @inline(__always)
  package mutating func charge(_ layer: Layer, _ action: CostAction, _ count: UInt64 = 1) {
    let cycles = prices[Int(action.rawValue)] &* count
    amounts[Self.index(stage, layer, action)] += Amount(count: count, cycles: cycles)
    clock &+= cycles
  }

  /// What an action costs now.
  @inline(__always)
  package func price(_ action: CostAction) -> UInt64 { prices[Int(action.rawValue)] }

  /// Takes one charge back that was made at the present price.
  mutating func takeBack(stage: Layer, layer: Layer, action: CostAction) {
    let (index, cycles) = (Self.index(stage, layer, action), price(action))
    amounts[index].count &-= 1
    amounts[index].cycles &-= cycles
    clock &-= cycles
  }

  /// Has the hart stand still until its clock shows so much: another hart of the host took longer.
  package mutating func wait(until clock: UInt64) {
    if clock > self.clock { charge(.hardware, .wait, clock - self.clock) }
  }

  /// Changes a row: what is charged from now on counts at the new price.
  package mutating func set(_ row: String, to number: UInt64) throws(CostModelError) {
    try model.set(row, to: number)
    prices = CostAction.allCases.map { model[$0] }
  }

  /// Takes another model from now on.
  package mutating func change(to model: CostModel) {
    self.model = model
    prices = CostAction.allCases.map { model[$0] }
  }

  /// What one layer was charged for one action on behalf of one guest layer.
  package func amount(stage: Layer, layer: Layer, action: CostAction) -> Amount {
    amounts[Self.index(stage, layer, action)]
  }

  /// Every entry that is not zero, by stage, layer and action.
  package var entries: [Entry] {
    var entries: [Entry] = []
    for stage in Layer.allCases {
      for layer in Layer.allCases {
        for action in CostAction.allCases {
          let amount = amount(stage: stage, layer: layer, action: action)
          if amount.count != 0 { entries.append(.init(stage: stage, layer: layer, action: action, amount: amount)) }
        }
      }
    }
    return entries
  }

  /// The sum of the entries that `isIncluded` picks.
  package func sum(where isIncluded: (Entry) -> Bool) -> Amount {
    entries.reduce(into: Amount()) { if isIncluded($1) { $0 += $1.amount } }
  }

  /// Cycles charged to a layer.
  package func cycles(of layer: Layer) -> UInt64 { sum { $0.layer == layer }.cycles }
  /// Cycles spent on behalf of a guest layer, whoever spent them.
  package func cycles(onBehalfOf stage: Layer) -> UInt64 { sum { $0.stage == stage }.cycles }
  /// How often an action was charged, and what it came to.
  package func amount(of action: CostAction) -> Amount { sum { $0.action == action } }

  /// What was charged since `earlier`, a copy of this ledger taken before.
  package func since(_ earlier: Ledger) -> Ledger {
    var difference = self
    difference.clock &-= earlier.clock
    for index in amounts.indices {
      difference.amounts[index].count &-= earlier.amounts[index].count
      difference.amounts[index].cycles &-= earlier.amounts[index].cycles
    }
    return difference
  }

  /// Adds what another hart's ledger holds, clock and all.
  package mutating func add(_ other: Ledger) {
    clock &+= other.clock
    for index in amounts.indices { amounts[index] += other.amounts[index] }
  }

  @inline(__always)
  private static func index(_ stage: Layer, _ layer: Layer, _ action: CostAction) -> Int {
    (Int(stage.rawValue) * layers + Int(layer.rawValue)) * actions + Int(action.rawValue)
  }
}
