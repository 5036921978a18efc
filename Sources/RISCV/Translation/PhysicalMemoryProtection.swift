/// The PMP unit of a hart: 16 entries (Privileged ISA, "Physical Memory Protection").
package struct PhysicalMemoryProtection {
  package init() {}

  static let entryCount = 16
  /// R W X in bits 0 to 2, A in bits 4 and 3, L in bit 7.
  private(set) var configuration = InlineArray<16, UInt8>(repeating: 0)
  /// Bits 55 to 2 of an address.
  private(set) var address = InlineArray<16, UInt64>(repeating: 0)
  /// First and last byte that an entry covers; `first > last` where it covers none.
  private var first = InlineArray<16, UInt64>(repeating: 1)
  private var last = InlineArray<16, UInt64>(repeating: 0)
  /// Some entry is not off.
  private(set) var isActive = false
  /// Some entry is locked, so that M-mode is checked too.
  private(set) var hasLocked = false

  /// The access rights of a range, or that it is split between entries.
  package enum Rights: Equatable {
    case all(UInt8)
    case split
  }

  /// Writes one entry's configuration; a locked entry, and the reserved combination of W without R, stay as they were.
  package mutating func setConfiguration(_ value: UInt8, at index: Int) {
    guard configuration[index] & 0x80 == 0 else { return }
    var value = value & 0x9f
    if value & 3 == 2 { value &= ~3 }
    configuration[index] = value
    update()
  }

  /// Writes one address register unless it is locked, or is the bottom of a locked TOR entry.
  package mutating func setAddress(_ value: UInt64, at index: Int) {
    guard configuration[index] & 0x80 == 0 else { return }
    if index + 1 < Self.entryCount, configuration[index + 1] & 0x98 == 0x88 { return }
    address[index] = value & ((1 << 54) - 1)
    update()
  }

  private mutating func update() {
    isActive = false
    hasLocked = false
    for index in 0..<Self.entryCount {
      first[index] = 1
      last[index] = 0
      let mode = (configuration[index] >> 3) & 3
      guard mode != 0 else { continue }
      isActive = true
      if configuration[index] & 0x80 != 0 { hasLocked = true }
      switch mode {
      case 1:
        let bottom = index == 0 ? 0 : address[index - 1] << 2
        let top = address[index] << 2
        if bottom < top { (first[index], last[index]) = (bottom, top - 1) }
      case 2:
        (first[index], last[index]) = (address[index] << 2, (address[index] << 2) + 3)
      default:
        let ones = UInt64(min((~address[index]).trailingZeroBitCount, 53))
        let size = UInt64(8) << ones
        let base = (address[index] << 2) & ~(size - 1)
        (first[index], last[index]) = (base, base &+ (size - 1))
      }
    }
  }

  /// What `mode` may do with all of `count` bytes from `start`. The first entry that touches the range decides.
  package func rights(_ start: UInt64, count: UInt64, mode: PrivilegeMode) -> Rights {
    if !isActive { return .all(mode == .machine ? 7 : 0) }
    if mode == .machine && !hasLocked && count <= 1 { return .all(7) }
    let end = start &+ (count - 1)
    for index in 0..<Self.entryCount where first[index] <= last[index] && first[index] <= end && start <= last[index] {
      // An access that an entry covers in part fails, whatever the entry allows, in M-mode too.
      guard first[index] <= start && end <= last[index] else { return .split }
      let bits = configuration[index]
      return .all(mode == .machine && bits & 0x80 == 0 ? 7 : bits & 7)
    }
    return .all(mode == .machine ? 7 : 0)
  }

  /// The lowest offset of a page from which on S-mode may do everything with a range, up to its end; its size where there is none.
  package func openStart(base: UInt64, size: UInt64) -> UInt64 {
    var start = size
    func consider(_ address: UInt64) {
      let offset = (address &- base &+ 4095) & ~4095
      if offset < start, rights(base &+ offset, count: size - offset, mode: .supervisor) == .all(7) { start = offset }
    }
    consider(base)
    for index in 0..<Self.entryCount where first[index] <= last[index] {
      consider(first[index])
      consider(last[index] &+ 1)
    }
    return start
  }

  /// The index of the entry that decides on an access, for explanations.
  func decidingEntry(_ start: UInt64, count: UInt64) -> Int? {
    let end = start &+ (count - 1)
    return (0..<Self.entryCount).first { first[$0] <= last[$0] && first[$0] <= end && start <= last[$0] }
  }
}
