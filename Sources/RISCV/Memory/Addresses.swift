/// A guest-virtual address: what a guest program computes, before the guest's own page tables. At the prompt: `gva:`.
package struct GuestVirtualAddress: Hashable, Comparable, Sendable {
  package var value: UInt64
  package init(_ value: UInt64) { self.value = value }
  package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// A guest-physical address: what the guest takes for physical memory, after its own page tables. At the prompt: `gpa:`.
package struct GuestPhysicalAddress: Hashable, Comparable, Sendable {
  package var value: UInt64
  package init(_ value: UInt64) { self.value = value }
  package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The kinds of memory access that translation and protection tell apart.
package enum AccessKind: UInt8, Sendable, CaseIterable {
  case load, store, fetch
}

/// The width of one access, in bytes as raw value.
package enum AccessWidth: UInt8, Sendable, CaseIterable {
  case byte = 1
  case half = 2
  case word = 4
  case double = 8

  package var byteCount: Int { Int(rawValue) }
}
