import Hypervisor
import Machine

/// Where columns stopped being equal.
package struct SideParting: Sendable {
  package var reference: Technique
  package var other: Technique
  /// Retired instructions at which they were equal last, and at which they were found to differ.
  package var equalAt: UInt64
  package var foundAt: UInt64
  /// The instruction that made the difference; nil where it was not looked for.
  package var difference: Difference?
  /// Why it was not.
  package var obstacle: String?

  /// The guest may have asked for a monitor, which is there under one of the two alone.
  package var mayBeACall: Bool {
    (reference == .native || other == .native) && difference?.instruction == "ecall"
  }
}

extension SideBySide {
  /// Steps up to which the instruction is looked for at once: it takes a few runs from reset.
  private static let longestSearch: UInt64 = 20_000_000

  /// Finds the instruction behind which a column is not as the first any more, by the means of `vitrine compare --verify`.
  func findParting(_ other: Technique) throws(DebuggerError) -> SideParting {
    let session = reference.session
    let steps = max(session.machine.steps, column(other)?.machine.steps ?? 0)
    var parting = SideParting(
      reference: reference.technique, other: other, equalAt: lastEqual.position, foundAt: session.machine.position)
    guard session.changes.isEmpty else {
      parting.obstacle = "the guest was changed by hand"
      return parting
    }
    guard steps <= Self.longestSearch else {
      parting.obstacle = "`vitrine compare GUEST --verify` finds the instruction, which takes several runs from reset"
      return parting
    }
    let isNativePossible = session.configuration.bios != .monitor
    var verifier = Verifier(
      [session.contestant(reference.technique), session.contestant(other)],
      bare: session.contestant(isNativePossible ? .native : .emulation))
    verifier.stride = max(1000, steps / 8)
    verifier.limit = steps
    verifier.onProgress = { [interruptFlag] _ in !interruptFlag.isSet }
    do {
      switch try verifier.run() {
      case .different(let difference): parting.difference = difference
      case .equal: parting.obstacle = "it does not show when the guest runs from reset without a stop"
      case .interrupted:
        interruptFlag.clear()
        parting.obstacle = "the search was interrupted"
      }
    } catch { throw .machine(error) }
    return parting
  }
}

extension Session {
  /// The guest under a technique, with the same input, for a comparison from reset on.
  func contestant(_ technique: Technique) -> Contestant {
    let (configuration, costs, choices) = (configuration, virtualMachine.costs, virtualMachine.choices)
    let (input, requests) = (machine.board.consoleInput.arrivals, machine.board.balloonRequests.arrivals)
    return Contestant("\(technique)") { () throws(MachineError) in
      let virtual = try VirtualMachine(configuration, technique: technique, costs: costs, choices: choices)
      virtual.machine.board.consoleInput.replay(input)
      virtual.machine.board.balloonRequests.replay(requests)
      return (virtual.machine, virtual)
    }
  }
}
