/// One thing that costs host cycles, priced by one row of a ``CostModel``: the same under every technique.
///
/// Its `name` is the row's name in files and at the prompt. What an exit costs is no action: it comes out as a sum.
package enum CostAction: UInt8, Sendable, CaseIterable {
  // What the physical hart does by itself.
  case instruction
  case trapEntryEcall
  case trapEntryException
  case trapEntryPageFault
  case trapEntryInterrupt
  case trapReturn
  case exitSwitch
  case entrySwitch
  case pageTableReference
  case walkCacheHit
  case tlbFlush
  case csrAccess
  case csrWrite
  case busAccess

  // What the monitor does.
  case saveRegisters
  case restoreRegisters
  case swapCSR
  case readControl
  case fetchDecode
  case emulate
  case interpret
  case walkReference
  case writeTable
  case dropEntry
  case inject
  case deviceModel
  case hypercall
  case allocateFrame

  // What binary translation adds.
  case translateInstruction
  case callOut
  case adaptedCall
  case lookup
  case chain

  /// Cycles in which a physical hart stands still. They are charged as they are: no row prices them.
  case wait

  /// The actions that a cost model prices, in the order of its rows.
  package static let priced = allCases.filter { $0 != .wait }

  /// The row's name, such as `trap-entry-ecall`.
  package var name: String { text.name }
  /// What one is, as in the row's unit `cycles/trap`.
  package var item: String { text.item }
  /// What is done, in a few words.
  package var meaning: String { text.meaning }

  /// The action whose row is called `name`.
  package init?(name: String) {
    guard let action = Self.byName[name] else { return nil }
    self = action
  }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  private var text: (name: String, item: String, meaning: String) {
    switch self {
    case .instruction: ("instruction", "instruction", "one instruction, run by a physical hart itself")
    case .trapEntryEcall: ("trap-entry-ecall", "trap", "the hart enters a trap handler for an ecall")
    case .trapEntryException: ("trap-entry-exception", "trap", "the hart enters a trap handler for any other exception")
    case .trapEntryPageFault: ("trap-entry-page-fault", "trap", "the hart enters a trap handler for a page fault")
    case .trapEntryInterrupt: ("trap-entry-interrupt", "trap", "the hart enters a trap handler for an interrupt")
    case .trapReturn: ("trap-return", "return", "mret or sret, beyond an instruction's own cycle")
    case .exitSwitch: ("exit-switch", "exit", "what hardware adds to a trap that leaves a virtual mode (V 1 to 0)")
    case .entrySwitch: ("entry-switch", "entry", "what hardware adds to a return into a virtual mode (V 0 to 1)")
    case .pageTableReference: ("page-table-reference", "reference", "the hart reads one page-table entry in a walk")
    case .walkCacheHit: ("walk-cache-hit", "reference", "a reference that the page-walk cache answers")
    case .tlbFlush: ("tlb-flush", "fence", "a fence drops translations; refilling them is charged as references")
    case .csrAccess: ("csr-access", "access", "an instruction reads or writes a CSR, beyond its own cycle")
    case .csrWrite: ("csr-write", "write", "the CSR is written: what that adds to csr-access")
    case .busAccess: ("bus-access", "access", "a load or store of a physical device's register, beyond its own cycle")
    case .saveRegisters: ("save-registers", "exit", "the monitor saves the guest's 31 registers")
    case .restoreRegisters: ("restore-registers", "entry", "the monitor loads the guest's 31 registers")
    case .swapCSR: ("swap-csr", "csr", "one CSR is exchanged between the worlds of monitor and guest")
    case .readControl: ("read-control", "read", "the monitor reads one field of the control structure")
    case .fetchDecode: ("fetch-decode", "exit", "after an exit, the monitor finds out what the guest wants")
    case .emulate: ("emulate", "instruction", "after an exit, the monitor runs one instruction on the virtual hart")
    case .interpret: ("interpret", "instruction", "one instruction in the emulator's dispatch loop")
    case .walkReference: ("walk-reference", "reference", "the monitor reads one entry of the guest's page table")
    case .writeTable: ("write-table", "entry", "the monitor makes one shadow or nested page-table entry")
    case .dropEntry: ("drop-entry", "entry", "a trace finds one shadow entry and drops or protects it")
    case .inject: ("inject", "trap", "the monitor delivers a trap or an interrupt to the virtual hart")
    case .deviceModel: ("device-model", "access", "the virtual board answers an access to a device's register")
    case .hypercall: ("hypercall", "call", "the monitor serves a call that the guest meant for it")
    case .allocateFrame: ("allocate-frame", "frame", "the monitor finds and clears a frame of host memory")
    case .translateInstruction: ("translate-instruction", "instruction", "the translator translates one instruction")
    case .callOut: ("call-out", "call", "translated code calls the monitor and goes on after it")
    case .adaptedCall:
      ("adapted-call", "call", "the same for an instruction that trapped often: few registers, and its own handler")
    case .lookup: ("lookup", "lookup", "the dispatcher looks for the translation of an address")
    case .chain: ("chain", "jump", "the end of one unit is patched to jump to the next")
    case .wait: ("wait", "cycle", "a physical hart stands still")
    }
  }
}
