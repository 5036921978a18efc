/// How the physical hart is used on behalf of the virtual one, as written `TECHNIQUE[/PAGING[/POLICY]]`.
package struct Technique: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// No monitor: the guest is the machine.
    case native
    /// The virtual hart is stepped for every instruction.
    case emulation
    /// All guest code runs in U-mode under shadow tables; what is privileged traps and is stepped.
    case trapAndEmulate = "trap-and-emulate"
    /// The guest's kernel runs from a cache of translated code, in U-mode under shadow tables; its programs run directly.
    case binaryTranslation = "binary-translation"
    /// The guest's S and U run in VS and VU.
    case hardwareAssisted = "hardware-assisted"
  }
  package enum Paging: String, Sendable, CaseIterable {
    /// The monitor keeps tables that map guest-virtual to host-physical addresses.
    case shadow
    /// The hart translates in two stages; the monitor keeps the second.
    case nested
  }
  /// When shadow tables follow the guest's own.
  package enum Policy: String, Sendable, CaseIterable {
    /// At once: stores to the guest's tables are traced.
    case traced
    /// At fences, as a TLB does.
    case virtualTLB = "virtual-tlb"
  }

  package let kind: Kind
  /// Nil under `native` and `emulation`.
  package let paging: Paging?
  /// Nil without shadow tables.
  package let policy: Policy?

  package static let native = Technique(kind: .native, paging: nil, policy: nil)
  package static let emulation = Technique(kind: .emulation, paging: nil, policy: nil)
  package static let trapAndEmulate = Technique(kind: .trapAndEmulate, paging: .shadow, policy: .traced)
  package static let binaryTranslation = Technique(kind: .binaryTranslation, paging: .shadow, policy: .traced)
  package static let hardwareAssisted = Technique(kind: .hardwareAssisted, paging: .nested, policy: nil)
  package static let hardwareAssistedShadow = Technique(kind: .hardwareAssisted, paging: .shadow, policy: .traced)
  /// Every combination, in the order of `help`.
  package static let all: [Technique] = [
    .native, .emulation, .trapAndEmulate, Technique(kind: .trapAndEmulate, paging: .shadow, policy: .virtualTLB),
    .binaryTranslation, Technique(kind: .binaryTranslation, paging: .shadow, policy: .virtualTLB),
    .hardwareAssisted, .hardwareAssistedShadow,
    Technique(kind: .hardwareAssisted, paging: .shadow, policy: .virtualTLB),
  ]

  /// Reads `TECHNIQUE[/PAGING[/POLICY]]`; what is left out is the default: traced shadow tables, and nested paging under
  /// `hardware-assisted`.
  package init(parsing text: String) throws(TechniqueError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let kind = Kind(rawValue: parts[0]) else {
      throw .unknown(text)
    }
    let all = Self.all.filter { $0.kind == kind }
    let match = all.first { technique in
      let words = technique.description.split(separator: "/").map(String.init)
      return parts.count <= max(words.count, technique.fullWords.count)
        && zip(parts, technique.fullWords).allSatisfy { $0 == $1 }
    }
    guard let match else { throw .unknown(text) }
    self = match
  }

  private init(kind: Kind, paging: Paging?, policy: Policy?) {
    self.kind = kind
    self.paging = paging
    self.policy = policy
  }

  private var fullWords: [String] {
    [kind.rawValue] + (paging.map { [$0.rawValue] } ?? []) + (policy.map { [$0.rawValue] } ?? [])
  }

  /// Guest code runs on a physical hart, and exits from there.
  package var hasExits: Bool { kind != .native && kind != .emulation }

  /// With nothing left out: `trap-and-emulate/shadow/traced`.
  package var fullName: String { fullWords.joined(separator: "/") }

  /// The shortest text that names it, as its column is headed.
  package var description: String {
    if self == .trapAndEmulate || self == .binaryTranslation || self == .hardwareAssisted || paging == nil {
      return kind.rawValue
    }
    if kind == .hardwareAssisted && policy == .traced { return "hardware-assisted/shadow" }
    return fullName
  }
}

/// Why a text names no technique.
package enum TechniqueError: Error, Sendable, Equatable, CustomStringConvertible {
  case unknown(String)

  package var description: String {
    let names = Technique.all.map(\.description).joined(separator: ", ")
    switch self {
    case .unknown(let text): return "there is no technique \"\(text)\"; the techniques are: \(names)"
    }
  }
}
