import RISCV

/// A place of the translation cache, as long as its unit is there: another one that lies there later is another place.
package struct CachePlace: Hashable, Sendable {
  /// The unit's number.
  package let unit: Int
  /// Bytes from the start of the cache.
  package let offset: Int

  package init(unit: Int, offset: Int) { (self.unit, self.offset) = (unit, offset) }
}

/// Units that were thrown away: the last ``kept`` at least.
package struct PastUnits {
  /// Why a unit was thrown away.
  package enum End: Sendable, Equatable {
    /// Its code was stored to, at this guest-physical address. `pc` is the instruction of the guest's that did it, or had a device do
    /// it; nil where none was under way.
    case stored(address: UInt64, pc: UInt64?)
    /// The guest gave its page back.
    case pageReturned
    /// One of its instructions trapped again and again, or called the monitor again and again for nothing.
    case adapted
    /// The cache was full.
    case full
    /// The machine was reset, or changed from outside.
    case reset
  }

  package struct Unit: Sendable {
    package let number: Int
    package let key: TranslatedUnit.Key
    /// The host's clock when it was made and when it was thrown away, in cycles.
    package let birth: UInt64
    package let death: UInt64
    package let end: End
  }

  package static let kept = 4096
  /// In the order in which they went.
  private var units: [Unit] = []

  /// The one of a number; nil where it was not thrown away, or that is forgotten.
  package func unit(numbered number: Int) -> Unit? { units.last { $0.number == number } }

  /// Those of the same code at the same address, by their numbers.
  package func units(pc: UInt64, mode: PrivilegeMode) -> [Unit] {
    units.filter { $0.key.pc == pc && $0.key.mode == mode }.sorted { $0.number < $1.number }
  }

  /// Links are forgotten at once.
  mutating func note(_ unit: TranslatedUnit, _ end: End, at cycle: UInt64) {
    guard let key = unit.key else { return }
    if units.count == 2 * Self.kept { units.removeFirst(Self.kept) }
    units.append(Unit(number: unit.number, key: key, birth: unit.birth, death: cycle, end: end))
  }
}
