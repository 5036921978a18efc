/// What each action costs on one host, in host cycles, with where each number comes from. Plain data, read from text in one
/// format (``init(parsing:file:)``): the presets' and a user's own.
package struct CostModel: Sendable, Equatable {
  /// One line of the model: a number, and why it is that.
  package struct Row: Sendable, Equatable {
    package var name: String
    package var number: UInt64
    package var unit: String
    /// A paper, a specification or a reason. Empty where a user's file gives none.
    package var source: String
    /// The number is what is left when the other rows are taken off a measured total.
    package var isCalibrated: Bool
    /// The number was changed at the prompt since.
    package var isChanged = false
  }

  /// Larger prices are refused: with 10^12 actions they still fit a clock of 64 bits.
  package static let largestPrice: UInt64 = 1_000_000

  package var name: String
  /// One line that says what host it is.
  package var title: String
  /// A row for each priced action, by its raw value.
  package private(set) var prices: [Row]
  /// A row for each setting, by its raw value.
  package private(set) var settings: [Row]

  /// Rows of all priced actions and all settings, in order.
  init(name: String, title: String, prices: [Row], settings: [Row]) {
    precondition(prices.count == CostAction.priced.count && settings.count == CostSetting.allCases.count)
    self.name = name
    self.title = title
    self.prices = prices
    self.settings = settings
  }

  /// The row that prices an action; for ``CostAction/wait`` one that says that a cycle is a cycle.
  package func row(_ action: CostAction) -> Row {
    action == .wait
      ? Row(name: "wait", number: 1, unit: "cycles/cycle", source: "definition", isCalibrated: false)
      : prices[Int(action.rawValue)]
  }
  package func row(_ setting: CostSetting) -> Row { settings[Int(setting.rawValue)] }

  /// The row that is called `name`.
  package func row(named name: String) -> Row? { (prices + settings).first { $0.name == name } }

  /// Cycles of one action.
  package subscript(action: CostAction) -> UInt64 { row(action).number }
  package subscript(setting: CostSetting) -> UInt64 { row(setting).number }

  /// Reads of the control structure at each exit.
  package var controlReads: UInt64 { self[.controlReads] }
  /// An exit or an entry by hardware flushes the TLB.
  package var flushesAtSwitch: Bool { self[.flushAtSwitch] != 0 }
  /// A traced store takes two exits.
  package var stepsTraces: Bool { self[.stepTraces] != 0 }
  /// Entries of the page-walk cache, if there is one.
  package var walkCacheEntries: Int { Int(self[.walkCacheEntries]) }

  /// Gives a row another number, as `set cost ROW N` does.
  package mutating func set(_ name: String, to number: UInt64) throws(CostModelError) {
    if let action = CostAction(name: name), action != .wait {
      guard number <= Self.largestPrice else { throw .tooLarge(row: name, number, largest: Self.largestPrice) }
      prices[Int(action.rawValue)].number = number
      prices[Int(action.rawValue)].isChanged = true
    } else if let setting = CostSetting(name: name) {
      guard number <= setting.largest else { throw .tooLarge(row: name, number, largest: setting.largest) }
      settings[Int(setting.rawValue)].number = number
      settings[Int(setting.rawValue)].isChanged = true
    } else {
      throw .unknownRow(name)
    }
  }
}
