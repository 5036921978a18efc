import RISCV

extension VirtualCPU {
  /// One exit from its trap to the entry.
  package struct Service: Sendable {
    /// Why the physical hart trapped; nil where the monitor took over between instructions.
    package var exit: Hart.Exit?
    /// What the monitor does next.
    package var phase = Phase.save
    /// What it did last; nil before the first phase.
    package var done: Phase?
    /// The ledger's clock before the trap.
    package var start: UInt64
    package var reason: ExitReason
    /// The instruction at the exit, where it was looked at.
    package var bits: UInt32 = 0
    /// The trap that the virtual hart has raised and still has to take.
    package var trap: Trap?
    /// What a fill of a shadow table has changed.
    package var filled: FilledEntry?
    /// A few registers are all that the service needs: the others stay in the physical hart.
    package var isShort = false

    /// What the monitor took over for between instructions.
    var errand = Phase.restore
    /// The exit is about a page, which the guest's tables have to be asked for.
    var mustWalk = false
    /// What they said.
    var page: FoundPage?
    /// The delivery of the trap has been paid for.
    var isDeliveryPaid = false
    /// The physical hart will know of the interrupt that it is to deliver.
    var isAnnounced = false
  }

  /// A phase of a service: a stretch of the monitor's own code, ``PhaseCode``.
  package enum Phase: String, Sendable, CaseIterable {
    /// The guest's registers, still in the physical hart, are saved.
    case save
    /// The monitor finds out what the exit is about.
    case decode
    /// Translated code has called for an instruction, which the monitor knows by the place of the call.
    case callOut = "call-out"
    /// The same for an instruction that trapped often, with a handler of its own.
    case adapted
    /// The code for the guest's next instruction is looked for.
    case dispatch
    /// It is made.
    case translate
    /// It is linked to where the guest came from.
    case chain
    /// The guest's own tables are walked, or what stands for them without.
    case walk
    /// An entry of the monitor's tables is made where one was missing.
    case fill
    /// The virtual hart executes the instruction.
    case emulate
    /// As ``emulate``, for one instruction after the other that the physical hart cannot run.
    case interpret
    /// The virtual hart takes a trap or an interrupt.
    case inject
    /// The physical hart is told of an interrupt that it delivers by itself.
    case announce
    /// The guest's registers go back, and it goes on.
    case restore

    /// It needs a few of the guest's registers only.
    var isShort: Bool { [.adapted, .emulate, .restore].contains(self) }

    /// Where the Swift stands that runs.
    package var source: SourcePoint { code.source }
  }
}

/// A line of this program's own source.
package struct SourcePoint: Sendable, Equatable {
  /// As the compiler had it.
  package var path: String
  package var line: Int
}
