/// The architectural state of one hart, and what the engine keeps beside it.
///
/// Plain storage behind one pointer: the run loops reach it without exclusivity checks or reference counting. The integer and
/// floating-point registers lie in an array of their own (``HartPointer/x``).
struct HartState {
  var pc: UInt64 = 0
  /// Where execution goes on after the instruction that is being stepped.
  var nextPC: UInt64 = 0
  var privilege: PrivilegeMode = .machine
  let index: Int

  // Machine and supervisor CSRs, as stored. `sstatus`, `sie`, `sip`, `hip`, `vsip` and their like are views.
  var mstatus: UInt64 = 0
  var medeleg: UInt64 = 0
  var mideleg: UInt64 = 0
  var mie: UInt64 = 0
  /// Bits of `mip` that software wrote: SSIP, STIP, SEIP, and those of `hvip`.
  var mipSoftware: UInt64 = 0
  /// Bits of `mip` that wires and timers drive: MSIP, MTIP, MEIP, SEIP, and under Sstc STIP and VSTIP.
  var mipWires: UInt64 = 0
  var mtvec: UInt64 = 0
  var mcounteren: UInt64 = 0
  var menvcfg: UInt64 = 0
  var mcountinhibit: UInt64 = 0
  var mscratch: UInt64 = 0
  var mepc: UInt64 = 0
  var mcause: UInt64 = 0
  var mtval: UInt64 = 0
  var stvec: UInt64 = 0
  var scounteren: UInt64 = 0
  var senvcfg: UInt64 = 0
  var sscratch: UInt64 = 0
  var sepc: UInt64 = 0
  var scause: UInt64 = 0
  var stval: UInt64 = 0
  var stimecmp: UInt64 = .max
  var satp: UInt64 = 0
  // Hypervisor and virtual supervisor CSRs, as stored.
  var mtval2: UInt64 = 0
  var mtinst: UInt64 = 0
  var hstatus: UInt64 = 0
  var hedeleg: UInt64 = 0
  var hideleg: UInt64 = 0
  var hcounteren: UInt64 = 0
  var henvcfg: UInt64 = 0
  var htimedelta: UInt64 = 0
  var htval: UInt64 = 0
  var htinst: UInt64 = 0
  var hgatp: UInt64 = 0
  var vsstatus: UInt64 = 0
  var vstvec: UInt64 = 0
  var vsscratch: UInt64 = 0
  var vsepc: UInt64 = 0
  var vscause: UInt64 = 0
  var vstval: UInt64 = 0
  var vstimecmp: UInt64 = .max
  var vsatp: UInt64 = 0
  var fflags: UInt8 = 0
  var frm: UInt8 = 0
  var pmp = PhysicalMemoryProtection()

  /// What `minstret` and `mcycle` are ahead of the hart's retired count and the clock; the frozen value while inhibited.
  var instretOffset: UInt64 = 0
  var cycleOffset: UInt64 = 0

  // Time and turns.
  /// The CLINT's compare register, in ticks.
  var mtimecmp: UInt64 = .max
  /// Instructions retired before the current run of the loop.
  var retiredBefore: UInt64 = 0
  /// The guest's clock at the start of the current run of the loop.
  var clockBefore: UInt64 = 0
  /// `mtime` less the clock in ticks: not zero once a guest wrote `mtime`.
  var timeOffset: UInt64 = 0
  /// What the current run of the loop was allowed, and what is left of it: instructions, retired or trapped.
  var allowance = 0
  var budget = 0
  /// Instructions of the current run that trapped: they took their time, but did not retire.
  var trapped = 0
  /// `retired` when it was credited to a mode last, and CSR accesses since the mode was entered.
  var creditedRetired: UInt64 = 0
  var csrAccesses: UInt64 = 0
  var csrWrites: UInt64 = 0
  /// Fences and accesses to devices in all modes.
  var fences: UInt64 = 0
  var busAccesses: UInt64 = 0
  /// Waits for an interrupt.
  var isWaiting = false
  /// A monitor that is no code of this machine handles what traps to HS-mode: the hart stops there.
  var isMonitored = false
  /// It did, and the monitor has not looked yet.
  var hasExited = false
  /// A monitor that is code of this machine runs its guest here: which changes of mode are looked for.
  var worldBorder = WorldBorder.none
  /// One that happened, and nobody has looked yet.
  var crossing: WorldCrossing?
  /// Which calls of S-mode a monitor answers in the firmware's place.
  var monitorCalls = MonitorCalls.none
  /// Such a call retired, and the monitor has not answered yet.
  var hasCalled = false

  // The engine's own.
  /// Something that the loop looks at only between blocks has changed: privilege, interrupts, translation, a stop.
  var recheck = false
  /// The machine has to act before the hart goes on.
  var wantsAttention = false
  /// The step path is at work: unusual accesses are done, not referred to it.
  var isStepping = false
  /// Every access is reported.
  var isObserved = false
  /// Records after which the hart stops.
  var recordLimit = EventBuffer.full
  /// No access may take the inline path: it is to be reported, or its translation to be checked.
  var withholdsFastPath = false
  /// Holds the TLB's hits against the tables; nil while nobody wants that.
  var check: Unmanaged<TranslationCheck>?
  /// Clear A or D bits fault instead of being set by the hart (Svade; menvcfg.ADUE chooses otherwise).
  let svade: Bool
  /// Privileged instructions in U and VU that do not trap.
  let quirks: PrivilegeQuirks
  /// The host address that LR reserved, or zero.
  var reservation: UInt64 = 0
  /// `PhysicalMemory.foreignStores` when it did.
  var reservationEpoch: UInt64 = 0

  /// What translation depends on for data accesses and for fetches now.
  var dataRegime = TranslationRegime(mode: .machine)
  var fetchRegime = TranslationRegime(mode: .machine)
  /// The numbers of the two, in the form that TLB tags carry (bits 11 to 3).
  var dataContext: UInt64 = 0
  /// `dataContext`, or a tag that no entry has while every access has to be observed.
  var fastTag: UInt64 = 0
  var fetchContext: UInt64 = 0
  var dataHash: UInt64 = 0
  var fetchHash: UInt64 = 0
  /// The running mode; 7 while accesses to CSRs are observed, so that none is done in place (``PlainCSR``).
  var plainCSRMode: UInt8 = 3
  /// `fetchContext` together with the block cache's generation.
  var jumpKey: UInt64 = 0

  /// Grows whenever PMP changes.
  var protectionEpoch: UInt64 = 0
  /// The pages of RAM from an offset to its end that may be read, written and executed in S and U, as PMP has it: usually all but the
  /// firmware's.
  var openStart: UInt64 = 0
  var openSize: UInt64 = 0
  /// How the common miss of the data TLB is done.
  var quick = QuickWalk()

  /// Of the physical hart whose walks are priced with one.
  var walkCache: UnsafeMutablePointer<WalkCache>?

  let dataTLB: TranslationCache
  let fetchTLB: TranslationCache
  let contexts: ContextTable
  let jumps: UnsafeMutablePointer<JumpCacheEntry>
  let jumpPages: JumpPages
  let memory: Unmanaged<PhysicalMemory>
  /// RAM as ``HartPointer/quickFill(_:_:)`` needs it, without a reference to count: where it is for the guest and for the host.
  let memoryBase: UInt64
  let memorySize: UInt64
  let memoryBytes: UnsafeMutableRawPointer
  /// RAM is a view, whose pages lie here and there: no quick way leads there.
  let memoryIsView: Bool
  /// For each page of RAM whether it holds decoded code, if not zero.
  let codePages: UnsafeMutablePointer<UInt64>
  let blocks: Unmanaged<BlockCache>
  /// What the hardware did, by the raw value of the privilege mode.
  let counts: UnsafeMutablePointer<HartCounts>
  let generation: UnsafeMutablePointer<UInt64>
  /// The context of the last `hlv` or `hsv`.
  var lent = LentContext()
  /// Where it finds translated code now; empty elsewhere.
  var translatedWindow = TranslatedWindow()
  /// Room for a shortened copy of a block.
  let scratch: UnsafeMutablePointer<DecodedOperation>
  var bus: BusReference?
  /// Room for ``EventBuffer/capacity`` events, and how many are there.
  let records: UnsafeMutablePointer<EventRecord>
  var recordCount = 0
  /// One of them is of a kind that a handler waits for.
  var hasUrgentEvents = false
  /// What is recorded, and what of that makes the hart stop after the instruction.
  var eventMask: EventMask = []
  var urgentMask: EventMask = []
  /// Pages that hold a watched place get no fast pointers.
  var watches: WatchList = WatchList()

  /// Instructions retired so far.
  @inline(__always) var retired: UInt64 {
    retiredBefore &+ UInt64(truncatingIfNeeded: allowance &- budget &- trapped)
  }
  /// The guest's clock now, in clock units.
  @inline(__always) var clock: UInt64 { clockBefore &+ UInt64(truncatingIfNeeded: allowance &- budget) }
  /// `mtime` now, in ticks.
  @inline(__always) var time: UInt64 { clock / 10 &+ timeOffset }
  @inline(__always) var mip: UInt64 { mipSoftware | mipWires }
}

/// Bits of `mstatus` (Privileged ISA, "Machine Status Registers").
enum Status {
  static let sie: UInt64 = 1 << 1
  static let mie: UInt64 = 1 << 3
  static let spie: UInt64 = 1 << 5
  static let mpie: UInt64 = 1 << 7
  static let spp: UInt64 = 1 << 8
  static let mpp: UInt64 = 3 << 11
  static let fs: UInt64 = 3 << 13
  static let mprv: UInt64 = 1 << 17
  static let sum: UInt64 = 1 << 18
  static let mxr: UInt64 = 1 << 19
  static let tvm: UInt64 = 1 << 20
  static let tw: UInt64 = 1 << 21
  static let tsr: UInt64 = 1 << 22
  static let gva: UInt64 = 1 << 38
  static let mpv: UInt64 = 1 << 39
  static let uxl64: UInt64 = 2 << 32
  static let sxl64: UInt64 = 2 << 34
  static let sd: UInt64 = 1 << 63
}

/// Bits of `hstatus` ("H" Extension, "Hypervisor Status Register").
enum HypervisorStatus {
  static let gva: UInt64 = 1 << 6
  static let spv: UInt64 = 1 << 7
  static let spvp: UInt64 = 1 << 8
  static let hu: UInt64 = 1 << 9
  static let vtvm: UInt64 = 1 << 20
  static let vtw: UInt64 = 1 << 21
  static let vtsr: UInt64 = 1 << 22
  static let vsxl64: UInt64 = 2 << 32
}

/// The pointers through which the run loops reach a hart. Trivially copied; valid while its `Hart` lives.
struct HartPointer {
  let s: UnsafeMutablePointer<HartState>
  /// x0 to x31, the sink at 32, and f0 to f31 from 40.
  let x: UnsafeMutablePointer<UInt64>
  let tlb: UnsafeMutablePointer<TranslationCache.Entry>

  static let firstFloat = 40
  static let registerCount = 72

  @inline(__always) var f: UnsafeMutablePointer<UInt64> { x + Self.firstFloat }
  @inline(__always) func rs1(_ op: DecodedOperation) -> UInt64 { x[Int(op.rs1)] }
  @inline(__always) func rs2(_ op: DecodedOperation) -> UInt64 { x[Int(op.rs2)] }
  @inline(__always) func rd(_ op: DecodedOperation, _ value: UInt64) { x[Int(op.rd)] = value }
  /// Writes the low word, sign-extended.
  @inline(__always) func rd(_ op: DecodedOperation, word: UInt32) {
    x[Int(op.rd)] = UInt64(bitPattern: Int64(Int32(bitPattern: word)))
  }
  @inline(__always) var memory: PhysicalMemory { s.pointee.memory._withUnsafeGuaranteedRef { $0 } }
  /// Grows whenever decoded blocks are dropped.
  @inline(__always) var generation: UInt64 { s.pointee.generation.pointee }
  @inline(__always) var blocks: BlockCache { s.pointee.blocks._withUnsafeGuaranteedRef { $0 } }
}
