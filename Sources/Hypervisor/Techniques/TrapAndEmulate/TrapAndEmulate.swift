import RISCV

/// Trap-and-emulate: the guest's M, S and U code all run on the physical hart in U-mode, under shadow tables. Whatever is
/// privileged traps there, and the virtual hart executes it.
final class TrapAndEmulate: TechniqueEngine {
  private let paging: ShadowPaging

  init(paging: ShadowPaging) { self.paging = paging }

  let observableKinds: EventMask = [.retired, .memory, .marker, .effects, .tlb]

  /// Loads and stores under MPRV take a mode's tables that fetches do not: no shadow has both.
  func mustStep(_ hart: Hart) -> Bool { hart.lendsPrivilege }

  func prepare(_ cpu: VirtualCPU) -> PrivilegeMode {
    let (hart, physical) = (cpu.hart, cpu.physical)
    physical.setTranslation(paging.root(for: cpu))
    physical.floatStatus = Self.governingFloatStatus(hart)
    physical.permitOnly(environment: hart.permittedEnvironment)
    return .user
  }

  /// Off if any field that governs the mode is off, dirty if all are, else clean.
  static func governingFloatStatus(_ hart: Hart) -> UInt64 {
    guard hart.privilege.isVirtual else { return hart.floatStatus }
    let fields = (hart.floatStatus, hart.guestFloatStatus)
    if fields.0 == 0 || fields.1 == 0 { return 0 }
    return fields == (3, 3) ? 3 : 2
  }

  func takeState(_ cpu: VirtualCPU) {
    if cpu.physical.floatStatus == 3 && Self.governingFloatStatus(cpu.hart) != 3 { cpu.hart.dirtyFloat() }
  }

  func chargeDirectExecution(_ cpu: VirtualCPU) {
    cpu.ledger.stage = cpu.guestLayer
    cpu.chargeHardware(.user, as: cpu.guestLayer)
  }

  func chargeExit(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> VirtualCPU.Phase {
    switch exit.cause {
    case .instructionPageFault, .loadPageFault, .storePageFault: .walk
    default: .decode
    }
  }

  func chargeEntry(_ cpu: VirtualCPU) {}

  func walk(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> WalkOutcome { paging.walk(cpu, exit.value, exit.accessKind) }
  func fill(_ cpu: VirtualCPU, _ exit: Hart.Exit, _ page: FoundPage) -> ExitReason? {
    paging.fill(cpu, exit.value, page)
  }

  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence
  ) {
    paging.translationChanged(cpu, from: before, to: after, fence: fence)
  }

  func virtualMode(of mode: PrivilegeMode, _ hart: Hart) -> PrivilegeMode { hart.privilege }

  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64) { paging.pageIsReturned(cpu, page) }
  func reset() { paging.dropEverything() }
  var shadowPaging: ShadowPaging? { paging }
}
