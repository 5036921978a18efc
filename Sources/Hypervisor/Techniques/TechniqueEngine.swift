import RISCV

/// What distinguishes one technique that runs guest code on physical harts from another. One folder each.
protocol TechniqueEngine: AnyObject {
  /// The guest's next instruction cannot run on the physical hart.
  func mustStep(_ hart: Hart) -> Bool
  /// The monitor has to deliver the interrupt that is due; else the physical hart takes it once it runs the guest.
  func mustInject(_ interrupt: Interrupt, _ hart: Hart) -> Bool
  /// An interrupt that the physical hart delivers has come up outside, so that the monitor has to take over and enter it there.
  func mustAnnounce(_ cpu: VirtualCPU) -> Bool
  /// Sets the physical hart up for the guest's present state; the mode in which its code runs there.
  func prepare(_ cpu: VirtualCPU) -> PrivilegeMode
  /// The monitor has to find the code that the physical hart is to run, before the guest is entered.
  func mustDispatch(_ cpu: VirtualCPU) -> Bool
  /// Where the physical hart goes on, whose registers are the guest's now.
  func enter(_ cpu: VirtualCPU) -> UInt64
  /// Takes back what of the guest's state beside registers was on the physical hart.
  func takeState(_ cpu: VirtualCPU)
  /// The guest's pc where the physical hart stopped, by an exit or between two instructions of the guest's; its registers have been
  /// taken back, and are put right.
  func recover(_ cpu: VirtualCPU, pc: UInt64, isExit: Bool) -> UInt64
  /// Charges what the physical hart did since the last time.
  func chargeDirectExecution(_ cpu: VirtualCPU)
  /// Charges what leaving the guest takes beside the trap and the registers; the phase that follows.
  func chargeExit(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> VirtualCPU.Phase
  /// The same for entering it.
  func chargeEntry(_ cpu: VirtualCPU)
  /// The hart says all that there is to know about a page fault: the access need not be found out from the instruction.
  var isToldOfFaults: Bool { get }
  /// Asks the guest's own tables about a page fault of the physical hart.
  func walk(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> WalkOutcome
  /// Makes the entry for a page that they have. What the exit was about; nil where the entry was there already, as it should be.
  func fill(_ cpu: VirtualCPU, _ exit: Hart.Exit, _ page: FoundPage) -> ExitReason?
  /// Gives what the physical hart recorded what the guest knows it by; false where it is none of the guest's.
  func rename(_ record: inout EventRecord, _ cpu: VirtualCPU) -> Bool
  /// What translated code has called the monitor for: its instruction, and the reason.
  func callOut(_ cpu: VirtualCPU) -> (bits: UInt32, reason: ExitReason)
  /// The virtual hart has executed the instruction of an exit, and raised no trap.
  func emulated(_ cpu: VirtualCPU)
  /// Finds the code for the guest's pc.
  func dispatch(_ cpu: VirtualCPU) -> DispatchOutcome
  /// Translates the code at the guest's pc, which ``dispatch(_:)`` found wanting.
  func translate(_ cpu: VirtualCPU)
  /// Links the code that was found to where the guest came from.
  func chain(_ cpu: VirtualCPU)
  /// A step of the virtual hart changed what translation depends on, or fenced.
  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence)
  /// The virtual hart's mode in which something happened on the physical one.
  func virtualMode(of mode: PrivilegeMode, _ hart: Hart) -> PrivilegeMode
  /// Kinds of events that the physical hart reports for the virtual one; the virtual one reports the others itself.
  var observableKinds: EventMask { get }
  /// Kinds that it reports because the virtual one was asked for others, of which those tell.
  func kinds(for asked: EventMask, _ hart: Hart) -> EventMask
  /// The frame of a page of the guest's memory goes back to the host: nothing may lead there any more. A hart's ledger pays.
  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64)
  /// Drops all that the monitor derived from the guest's state.
  func reset()
  /// The shadow tables, and the nested ones, where it has some.
  var shadowPaging: ShadowPaging? { get }
  var nestedPaging: NestedPaging? { get }
  /// Where in the translation cache the physical hart goes on; nil where it does not go on there.
  func cacheOffset(_ cpu: VirtualCPU) -> Int?
  /// The translation cache, where it has one.
  var codeCache: CodeCache? { get }
}

extension TechniqueEngine {
  var shadowPaging: ShadowPaging? { nil }
  var nestedPaging: NestedPaging? { nil }
  var codeCache: CodeCache? { nil }
}

extension TechniqueEngine {
  func kinds(for asked: EventMask, _ hart: Hart) -> EventMask { asked.intersection(observableKinds) }
  func mustInject(_ interrupt: Interrupt, _ hart: Hart) -> Bool { true }
  func mustAnnounce(_ cpu: VirtualCPU) -> Bool { false }
  var isToldOfFaults: Bool { false }
}

// Guest code runs where it lies, but for binary translation.
extension TechniqueEngine {
  func mustDispatch(_ cpu: VirtualCPU) -> Bool { false }
  func enter(_ cpu: VirtualCPU) -> UInt64 { cpu.hart.pc }
  func recover(_ cpu: VirtualCPU, pc: UInt64, isExit: Bool) -> UInt64 { pc }
  func rename(_ record: inout EventRecord, _ cpu: VirtualCPU) -> Bool { true }
  func callOut(_ cpu: VirtualCPU) -> (bits: UInt32, reason: ExitReason) { preconditionFailure("nothing calls out") }
  func emulated(_ cpu: VirtualCPU) {}
  func dispatch(_ cpu: VirtualCPU) -> DispatchOutcome { .found(mayChain: false) }
  func translate(_ cpu: VirtualCPU) {}
  func chain(_ cpu: VirtualCPU) {}
  func cacheOffset(_ cpu: VirtualCPU) -> Int? { nil }
}

/// What the search for translated code came to.
enum DispatchOutcome {
  case found(mayChain: Bool)
  /// There is none yet.
  case untranslated
  /// There can be none: the virtual hart has to execute the instruction.
  case untranslatable
  /// The guest may not execute there.
  case refused(Trap)
}

/// What the guest's own tables say about a page fault of the physical hart.
enum WalkOutcome {
  /// They have the page: the monitor's tables lack its entry.
  case found(FoundPage)
  /// The virtual hart has to execute the instruction.
  case emulate(ExitReason)
}

/// A page of the guest's memory that an access may reach.
struct FoundPage: Sendable {
  /// Its guest-physical address.
  var page: UInt64
  /// R W X in bits 0 to 2.
  var rights: UInt8
  /// By what it gets its frame, if it has none yet.
  var cause: FirstTouch
  /// The walk that led there; nil where none was needed.
  var translation: GuestTranslation?
}

/// What of a virtual hart's state the monitor's tables depend on.
struct TranslationState: Equatable {
  var satp: UInt64
  var vsatp: UInt64
  var hgatp: UInt64
  var protectionEpoch: UInt64
  /// Fences so far.
  var fences: UInt64

  init(_ hart: Hart) {
    satp = hart.translationRegisters.satp
    vsatp = hart.translationRegisters.vsatp
    hgatp = hart.translationRegisters.hgatp
    protectionEpoch = hart.protectionEpoch
    fences = hart.fences
  }
}

/// What a fence of the guest's names, if the instruction at hand is one that is known.
struct Fence {
  /// The page; nil for all.
  var address: UInt64?
  /// It is `sfence.vma` or `sinval.vma`.
  var isFirstStage = false
  /// It is `hfence.vvma` or `hinval.vvma`: of the first stage of a guest's guest.
  var isGuestsFirstStage = false

  init(_ bits: UInt32, _ hart: Hart) {
    guard bits & 0x7fff == 0x73 else { return }
    isFirstStage = [0x09, 0x0b].contains(bits >> 25)
    isGuestsFirstStage = [0x11, 0x13].contains(bits >> 25)
    guard isFirstStage || isGuestsFirstStage else { return }
    let register = Int(bits >> 15 & 31)
    if register != 0 { address = hart.x(register) }
  }
}

extension ExitReason {
  /// What an instruction that trapped as illegal wants.
  init(instruction bits: UInt32) {
    guard bits & 0x7f == 0x73 else {
      self = .exception
      return
    }
    switch bits >> 12 & 7 {
    case 0:
      switch bits {
      case 0x1020_0073, 0x3020_0073: self = .trapReturn
      case 0x1050_0073: self = .wait
      default:
        let fences: [UInt32] = [0x09, 0x0b, 0x0c, 0x11, 0x13, 0x31, 0x33]
        self = fences.contains(bits >> 25) ? .fence : .exception
      }
    case 4: self = .guestAccess
    default: self = .csrAccess
    }
  }
}
