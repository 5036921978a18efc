import RISCV

extension Census {
  /// Whether an instruction traps in a mode for want of privilege.
  package enum Trapping: Sendable, Equatable {
    /// It completes whatever is switched on or off, or traps for another reason.
    case never
    /// Only where whoever runs the program asks for it, by these switches.
    case asked([CensusConfiguration])
    case always

    package var isPossible: Bool { self != .never }
  }

  /// What it is by Popek and Goldberg.
  package enum Kind: String, Sendable, CaseIterable {
    case innocuous
    /// It changes control state: the mode, control registers, translations, or whether the hart runs.
    case controlSensitive = "control-sensitive"
    /// What it does to the program depends on control state or the mode.
    case behaviourSensitive = "behaviour-sensitive"
    /// Both.
    case bothSensitive = "control-and-behaviour-sensitive"
    /// It completes in none of the modes: there is nothing that it does.
    case alwaysTraps = "always-traps"

    package var isSensitive: Bool { self == .controlSensitive || self == .behaviourSensitive || self == .bothSensitive }

    init(control: [String], behaviour: [String]) {
      switch (control.isEmpty, behaviour.isEmpty) {
      case (true, true): self = .innocuous
      case (false, true): self = .controlSensitive
      case (true, false): self = .behaviourSensitive
      case (false, false): self = .bothSensitive
      }
    }
  }

  /// What one view of the machine makes of an instruction: who executes it where, and whose control state counts.
  package struct Judgement: Sendable {
    package var kind: Kind
    /// What it changes, and what it depends on.
    package var changes: [String]
    package var dependsOn: [String]
    /// How it traps where the guest's code runs.
    package var trapping: Trapping

    /// Sensitive, and no trap tells the monitor of it.
    package var isOffender: Bool { kind.isSensitive && trapping == .never }
  }

  /// An instruction with what came of it.
  package struct Entry: Sendable {
    package var instruction: CensusInstruction
    /// What it does first of all in each mode: `runs`, or the exception.
    package var outcomes: [PrivilegeMode: String]
    /// The whole machine is the guest's and all of it runs in U: the conditions of theorem 1.
    package var classic: Judgement
    /// The same judged by what it does when U executes it: the condition of theorem 3, for a monitor that interprets the rest.
    package var hybrid: Judgement
    /// The guest's S and U run in VS and VU, and only what is the host's counts.
    package var assisted: Judgement

    /// Traps in U whenever it does not in S or M, by itself.
    package var isPrivileged: Bool { classic.trapping == .always && classic.kind != .alwaysTraps }

    /// The guest's kernel executes it without an exit where hardware assists, and had to be trapped without.
    package var isSpared: Bool {
      classic.kind.isSensitive && classic.trapping == .always && outcomes[.virtualSupervisor] == "runs"
        && outcomes[.supervisor] == "runs" && !assisted.kind.isSensitive
    }
  }
}
