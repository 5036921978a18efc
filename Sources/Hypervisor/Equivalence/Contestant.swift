import Machine
import RISCV

/// One of the ways to run a guest that a ``Verifier`` compares. Each run of it begins at reset and is like every other (REPLAY).
package struct Contestant {
  package let name: String
  private let build: () throws(MachineError) -> (Machine, owner: AnyObject?)

  /// `build` makes the machine, and what has to live as long as it does.
  package init(_ name: String, build: @escaping () throws(MachineError) -> (Machine, owner: AnyObject?)) {
    self.name = name
    self.build = build
  }

  /// The guest of a configuration under a technique.
  package init(
    _ technique: Technique, _ configuration: MachineConfiguration, _ choices: MonitorChoices = MonitorChoices()
  ) {
    self.init("\(technique)") { () throws(MachineError) in
      let virtual = try VirtualMachine(configuration, technique: technique, choices: choices)
      return (virtual.machine, virtual)
    }
  }

  func start() throws(MachineError) -> ComparedRun {
    let (machine, owner) = try build()
    return ComparedRun(machine, owner)
  }
}

/// One run of a guest, from reset on.
final class ComparedRun {
  let machine: Machine
  private let owner: AnyObject?
  /// What the guest wrote to its console.
  private(set) var console: [UInt8] = []
  /// Texts that end the comparison once one of them is on the console.
  var lastWords: [PromptTyper] = []
  var hasSaidLastWord: Bool { lastWords.contains { $0.remaining == 0 } }

  /// Why a run can go no further.
  enum End: Equatable {
    case exited(ExitRequest)
    case idleForever
    case requested
  }

  init(_ machine: Machine, _ owner: AnyObject?) {
    self.machine = machine
    self.owner = owner
    machine.board.onConsoleOutput = { [unowned self] byte in
      console.append(byte)
      for index in lastWords.indices { _ = lastWords[index].note(byte) }
    }
  }

  /// Goes on until the harts have made so many steps since reset: instructions that retired or trapped. Nil when it got there.
  func advance(to steps: UInt64) throws(MachineError) -> End? {
    while machine.steps < steps {
      switch machine.run(stepLimit: steps - machine.steps) {
      case .limit, .breakpoint, .watch, .event: continue
      case .exited(.reset): try machine.reset()
      case .exited(let request): return .exited(request)
      case .idleForever: return .idleForever
      case .requested: return .requested
      }
    }
    return nil
  }
}
