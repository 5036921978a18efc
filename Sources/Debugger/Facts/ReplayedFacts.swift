/// Facts that took a replay to find, kept as long as the guest stands where it stood.
struct ReplayedFacts {
  /// Where the guest stands, what was done to it, and at which prices.
  struct Place: Equatable {
    var position: UInt64
    var steps: UInt64
    var exits: UInt64
    var phases: [ServiceState]
    var changes: Int
    var costs: [UInt64]
  }
  private var place: Place?
  private var values: [String: Value] = [:]

  mutating func forget() { (place, values) = (nil, [:]) }

  func value(_ name: String, at place: Place) -> Value? { self.place == place ? values[name] : nil }
  mutating func keep(_ value: Value, _ name: String, at place: Place) {
    if self.place != place { (self.place, values) = (place, [:]) }
    values[name] = value
  }
}
