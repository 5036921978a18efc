import RISCV

/// Executes instructions from all states, and compares.
struct CensusTaker {
  private let laboratory: CensusLaboratory
  private(set) var executionCount = 0
  /// What a program's every instruction does to control state: counters and the clock move on.
  private var idle: [Key: [UInt64]] = [:]

  private struct Key: Hashable {
    var mode: PrivilegeMode
    var configuration: CensusConfiguration
  }
  /// All that came of one instruction: by mode and configuration, an outcome for each operand.
  private typealias Outcomes = [Key: [CensusOutcome]]

  init(quirks: PrivilegeQuirks) throws(PhysicalMemoryError) {
    laboratory = try CensusLaboratory(quirks: quirks)
    let nothing = CensusInstruction.all.first { $0.mnemonic == "addi" }!
    for (key, outcomes) in outcomes(nothing) { idle[key] = outcomes[0].control }
  }

  mutating func entry(_ instruction: CensusInstruction) -> Census.Entry {
    let outcomes = outcomes(instruction)
    func first(_ mode: PrivilegeMode) -> String {
      let all = outcomes[Key(mode: mode, configuration: .base)]!
      guard let trap = all[0].trap, all.allSatisfy({ $0.trap != nil }) else { return "runs" }
      return trap.name
    }
    return Census.Entry(
      instruction: instruction,
      outcomes: Dictionary(uniqueKeysWithValues: PrivilegeMode.allCases.map { ($0, first($0)) }),
      classic: judge(outcomes, in: [.machine, .supervisor, .user], guest: [.user], .all),
      hybrid: judge(outcomes, in: [.user], guest: [.user], .all),
      assisted: judge(
        outcomes, in: [.virtualSupervisor, .virtualUser], guest: [.virtualSupervisor, .virtualUser], .host))
  }

  private mutating func outcomes(_ instruction: CensusInstruction) -> Outcomes {
    let operands = instruction.usesOperand ? CensusOperand.all : CensusOperand.few
    var outcomes: Outcomes = [:]
    for encoding in instruction.encodings {
      laboratory.place(encoding)
      for mode in PrivilegeMode.allCases {
        for configuration in CensusConfiguration.allCases {
          executionCount += operands.count
          outcomes[Key(mode: mode, configuration: configuration), default: []] += operands.map {
            laboratory.run(mode, configuration, $0, usesAddress: instruction.usesAddress)
          }
        }
      }
    }
    return outcomes
  }

  // MARK: Judging

  /// Whose control state an instruction is judged by.
  private enum Owner { case all, host }

  /// What an instruction is to a monitor whose guest's code runs in the modes `guest`, where `modes` are those that the code is
  /// written for.
  private func judge(
    _ outcomes: Outcomes, in modes: [PrivilegeMode], guest: [PrivilegeMode], _ owner: Owner
  ) -> Census.Judgement {
    var changes: Set<String> = []
    var dependsOn: Set<String> = []
    var completes = false
    for mode in modes {
      let base = outcomes[Key(mode: mode, configuration: .base)]!
      for configuration in CensusConfiguration.allCases {
        let key = Key(mode: mode, configuration: configuration)
        for (outcome, reference) in zip(outcomes[key]!, base) where outcome.trap == nil {
          completes = true
          changes.formUnion(changed(outcome, key, owner))
          // Switches are there to make it trap.
          guard configuration.switchName == nil, owner == .all || configuration != .sharedRegisters else { continue }
          if reference.trap == nil, outcome.visible != reference.visible { dependsOn.insert(configuration.dependence) }
        }
      }
    }
    // Which of VS and VU it is in is the guest's own business.
    if owner == .all, pairs(of: modes, outcomes).contains(where: { $0.visible != $1.visible }) {
      dependsOn.insert("the mode")
    }
    let trapping = trapping(outcomes, guest)
    let (control, behaviour) = (changes.sorted(), dependsOn.sorted())
    var kind = Census.Kind(control: control, behaviour: behaviour)
    if !completes { kind = .alwaysTraps }
    return .init(kind: kind, changes: control, dependsOn: behaviour, trapping: trapping)
  }

  /// Outcomes of the same state but for the mode, where both completed.
  private func pairs(
    of modes: [PrivilegeMode], _ outcomes: Outcomes
  ) -> [(CensusOutcome, CensusOutcome)] {
    let first = outcomes[Key(mode: modes[0], configuration: .base)]!
    return modes.dropFirst().flatMap { mode in
      zip(first, outcomes[Key(mode: mode, configuration: .base)]!).filter { $0.trap == nil && $1.trap == nil }
    }
  }

  private func changed(_ outcome: CensusOutcome, _ key: Key, _ owner: Owner) -> [String] {
    let idle = idle[key]!
    return outcome.control.indices.compactMap { index in
      let name = CensusOutcome.controlNames[index]
      let difference = (outcome.control[index] ^ idle[index]) & Self.counted(name, in: key.mode)
      return difference != 0 && (owner == .all || Self.belongsToHost(name)) ? name : nil
    }
  }

  /// How it traps in the guest's modes: where one is enough to run it unseen, it is not always.
  private func trapping(_ outcomes: Outcomes, _ guest: [PrivilegeMode]) -> Census.Trapping {
    func traps(_ configuration: CensusConfiguration) -> Bool {
      guest.allSatisfy { mode in
        outcomes[Key(mode: mode, configuration: configuration)]!.allSatisfy { $0.trap != nil }
      }
    }
    if CensusConfiguration.allCases.allSatisfy(traps) { return .always }
    let switches = CensusConfiguration.allCases.filter { $0.switchName != nil && traps($0) }
    return switches.isEmpty ? .never : .asked(switches)
  }

  // MARK: Whose state

  /// Bits of a place that count: in VS and VU the interrupts of VS are the guest's.
  private static func counted(_ name: String, in mode: PrivilegeMode) -> UInt64 {
    guard mode.isVirtual else { return .max }
    switch name {
    case "mie", "mip": return ~0x444
    // VS and VU differ in bit 0, V is bit 2.
    case "mode": return 4
    default: return .max
    }
  }

  /// Registers of the guest's own: those of VS, and the two that a monitor exchanges because VS has none. What VS fences are
  /// translations of its own.
  private static func belongsToHost(_ name: String) -> Bool {
    !name.hasPrefix("vs") && !exchanged.contains(name) && name != "translations"
  }
  private static let exchanged = Set(Census.exchanged)
}

extension Census {
  /// Registers of a guest's supervisor that lie under their own name in VS, too.
  package static let exchanged = ["scounteren", "senvcfg"]
}
