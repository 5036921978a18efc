import RISCV

/// The census of Popek and Goldberg: every instruction of the machine is executed in every mode, from states that differ in one
/// thing at a time, and classified by what it did. Nothing of it is written down beforehand.
///
/// *Control-sensitive*: it completes and leaves control state otherwise than an instruction that does nothing would.
/// *Behaviour-sensitive*: two states that look the same to a program, both without a trap, give it different results.
/// *Privileged*: it completes in S or M, and traps in U from every state. Traps by memory are neither.
package struct Census: Sendable {
  package let quirks: PrivilegeQuirks
  package let entries: [Entry]
  /// States from which each instruction was executed in each mode, at most.
  package let stateCount: Int
  /// Instructions executed for it.
  package let executionCount: Int

  package init(quirks: PrivilegeQuirks = []) throws(PhysicalMemoryError) {
    var taker = try CensusTaker(quirks: quirks)
    self.quirks = quirks
    entries = CensusInstruction.all.map { taker.entry($0) }
    stateCount = CensusConfiguration.allCases.count * CensusOperand.all.count
    executionCount = taker.executionCount
  }

  /// Sensitive in a view, and nothing traps.
  package func offenders(_ view: KeyPath<Entry, Judgement>) -> [Entry] {
    entries.filter { $0[keyPath: view].isOffender }
  }

  /// The switches that a monitor has to keep off, or on, for what is sensitive to trap.
  package func switches(_ view: KeyPath<Entry, Judgement>) -> [CensusConfiguration] {
    var found: Set<CensusConfiguration> = []
    for entry in entries where entry[keyPath: view].kind.isSensitive {
      if case .asked(let switches) = entry[keyPath: view].trapping { found.formUnion(switches) }
    }
    return CensusConfiguration.allCases.filter(found.contains)
  }

  /// Theorem 1: all that is sensitive traps in U, so that a monitor can run the machine by trap and emulate.
  package var isVirtualizable: Bool { offenders(\.classic).isEmpty }
  /// Theorem 3: what is sensitive in U traps there, so that a monitor can run U directly and interpret the rest.
  package var isHybridVirtualizable: Bool { offenders(\.hybrid).isEmpty }
  /// The same of VS and VU and of what belongs to the host.
  package var isVirtualizableAssisted: Bool { offenders(\.assisted).isEmpty }
}
