import RISCV

/// Hardware-assisted virtualization: the guest's S and U run in VS and VU, and its supervisor registers live in the VS registers
/// meanwhile. M, which the H extension does not virtualize, runs in VU, where all that is privileged traps.
final class HardwareAssisted: TechniqueEngine {
  enum Paging {
    /// The hart translates in two stages.
    case nested(NestedPaging)
    /// As hardware before nested paging: a shadow table stands in `vsatp`, and the guest's `satp` and fences trap.
    case shadow(ShadowPaging)
  }
  private let paging: Paging
  private var worlds: [WorldSwitch]
  private var setups: [GuestSetup]

  init(paging: Paging, hartCount: Int) {
    self.paging = paging
    worlds = Array(repeating: WorldSwitch(), count: hartCount)
    setups = Array(repeating: GuestSetup(guestTranslation: 0), count: hartCount)
  }

  let observableKinds: EventMask = [
    .retired, .trap, .interrupt, .privilege, .csr, .memory, .marker, .effects, .tlb, .stale,
  ]

  func mustStep(_ hart: Hart) -> Bool {
    if case .shadow = paging, hart.privilege.isVirtual { return true }
    return hart.cannotRunAssisted
  }

  func mustInject(_ interrupt: Interrupt, _ hart: Hart) -> Bool {
    !hart.takesAssisted(interrupt) || mustStep(hart)
  }

  func mustAnnounce(_ cpu: VirtualCPU) -> Bool { cpu.physical.lacksExternalInterrupt(of: cpu.hart) }

  // MARK: Entry and exit

  func prepare(_ cpu: VirtualCPU) -> PrivilegeMode {
    let index = cpu.hart.index
    setups[index] =
      switch paging {
      case .nested(let paging): GuestSetup(guestTranslation: paging.root(for: cpu))
      case .shadow(let paging): GuestSetup(guestTranslation: 0, shadow: paging.root(for: cpu))
      }
    return cpu.physical.enterWorld(of: cpu.hart, setups[index], &worlds[index])
  }

  func takeState(_ cpu: VirtualCPU) {
    let index = cpu.hart.index
    cpu.physical.leaveWorld(of: cpu.hart, setups[index], byTrap: cpu.service?.exit != nil, &worlds[index])
  }

  func virtualMode(of mode: PrivilegeMode, _ hart: Hart) -> PrivilegeMode {
    switch hart.privilege {
    case .machine: .machine
    case .supervisor, .user: mode.level == 1 ? .supervisor : .user
    case .virtualSupervisor, .virtualUser: mode
    }
  }

  // MARK: Charges

  func chargeDirectExecution(_ cpu: VirtualCPU) {
    let kernel: Layer = cpu.isLoading ? .loader : .kernel
    let user: Layer = cpu.hart.privilege == .machine ? .firmware : .user
    cpu.ledger.stage = user
    cpu.chargeHardware(.virtualUser, as: user)
    cpu.ledger.stage = kernel
    cpu.chargeHardware(.virtualSupervisor, as: kernel)
    cpu.ledger.stage = cpu.guestLayer
  }

  func chargeExit(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> VirtualCPU.Phase {
    cpu.ledger.charge(.hardware, .exitSwitch)
    cpu.ledger.charge(.monitor, .swapCSR, Self.sharedRegisters)
    cpu.ledger.charge(.monitor, .readControl, cpu.ledger.model.controlReads)
    flushAtSwitch(cpu)
    switch exit.cause {
    case .instructionGuestPageFault, .loadGuestPageFault, .storeGuestPageFault: return .walk
    case .instructionPageFault, .loadPageFault, .storePageFault:
      if case .shadow = paging { return .walk }
      return .decode
    default: return .decode
    }
  }

  func chargeEntry(_ cpu: VirtualCPU) {
    // Those of the guest stay where they are, but for what the service changed.
    cpu.ledger.charge(.monitor, .swapCSR, Self.sharedRegisters + worlds[cpu.hart.index].takeWritten())
    cpu.ledger.charge(.hardware, .entrySwitch)
    flushAtSwitch(cpu)
  }

  /// CSRs that monitor and guest both need, however short an exit is: `sstatus`, `hstatus`, `scounteren`, `senvcfg`, `stvec`,
  /// `sscratch`, `sepc`, as KVM exchanges them in `vcpu_switch.S`.
  private static let sharedRegisters: UInt64 = 7

  /// Hardware without tagged TLBs forgets all translations.
  private func flushAtSwitch(_ cpu: VirtualCPU) {
    guard cpu.ledger.model.flushesAtSwitch else { return }
    cpu.ledger.charge(.hardware, .tlbFlush)
    cpu.physical.fenceGuest(vmid: nil)
  }

  // MARK: Services

  func walk(_ cpu: VirtualCPU, _ exit: Hart.Exit) -> WalkOutcome {
    switch paging {
    case .nested(let paging): paging.walk(cpu, exit)
    case .shadow(let paging): paging.walk(cpu, exit.value, exit.accessKind)
    }
  }

  func fill(_ cpu: VirtualCPU, _ exit: Hart.Exit, _ page: FoundPage) -> ExitReason? {
    switch paging {
    case .nested(let paging): paging.fill(cpu, exit, page)
    case .shadow(let paging): paging.fill(cpu, exit.value, page)
    }
  }

  /// `htval` and `htinst` tell what a nested table lacks.
  var isToldOfFaults: Bool {
    if case .nested = paging { true } else { false }
  }

  func translationChanged(
    _ cpu: VirtualCPU, from before: TranslationState, to after: TranslationState, fence: Fence
  ) {
    switch paging {
    case .nested(let paging): paging.translationChanged(cpu, from: before, to: after, fence: fence)
    case .shadow(let paging): paging.translationChanged(cpu, from: before, to: after, fence: fence)
    }
  }

  func pageIsReturned(_ cpu: VirtualCPU, _ page: UInt64) {
    switch paging {
    case .nested(let paging): paging.pageIsReturned(cpu, page)
    case .shadow(let paging): paging.pageIsReturned(cpu, page)
    }
  }

  var shadowPaging: ShadowPaging? { if case .shadow(let paging) = paging { paging } else { nil } }
  var nestedPaging: NestedPaging? { if case .nested(let paging) = paging { paging } else { nil } }

  func reset() {
    switch paging {
    case .nested(let paging): paging.dropEverything()
    case .shadow(let paging): paging.dropEverything()
    }
  }
}

extension Hart.Exit {
  /// The access that a page fault of either stage is about.
  package var accessKind: AccessKind {
    switch cause {
    case .instructionPageFault, .instructionGuestPageFault: .fetch
    case .loadPageFault, .loadGuestPageFault: .load
    default: .store
    }
  }
}

extension ExceptionCause {
  /// A page fault of the first stage.
  package var isPageFault: Bool {
    self == .instructionPageFault || self == .loadPageFault || self == .storePageFault
  }
}
