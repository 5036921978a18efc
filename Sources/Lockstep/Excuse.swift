/// Where a reference may differ from this machine, each by name: the only table of such differences. Some are left out by the
/// generator, since what comes of them goes on into registers; the others are seen when results are compared.
package enum Excuse: String, CaseIterable, Sendable {
  // What implementations may do differently.
  case guestExternalDelegation = "guest-external-delegation"
  case zeroTrapInstruction = "zero-trap-instruction"
  case fiom
  case contextRegisters = "context-registers"
  case moreProtectionEntries = "more-protection-entries"
  case ownRegisters = "own-registers"
  case cacheBlockInPart = "cache-block-in-part"
  case cleanFloat = "clean-float"
  case reservations
  case misalignedDevices = "misaligned-devices"
  case staleTranslations = "stale-translations"
  case earlyAccessedBit = "early-accessed-bit"
  case reservedValues = "reserved-values"
  // What QEMU 7.2 does not have.
  case newExtensions = "new-extensions"
  case retiredCount = "retired-count"
  case unreadableResults = "unreadable-results"
  case untaggedTranslations = "untagged-translations"
  case tableOutsideMemory = "table-outside-memory"
  // Where QEMU 7.2 is wrong.
  case breakpointValue = "breakpoint-value"
  case atomicCause = "atomic-cause"
  case wideCounterEnables = "wide-counter-enables"
  case oddTrapAddress = "odd-trap-address"
  case machineGuest = "machine-guest"
  case guestAddressFlag = "guest-address-flag"
  case guestProtection = "guest-protection"
  case guestInterruptView = "guest-interrupt-view"
  case guestStatusBits = "guest-status-bits"
  case virtualInstructionValue = "virtual-instruction-value"
  case guestAccessCause = "guest-access-cause"
  case virtualInstructionCause = "virtual-instruction-cause"
  case guestTranslationTrap = "guest-translation-trap"
  case guestReturnTrap = "guest-return-trap"
  case guestTableTrap = "guest-table-trap"
  case reservedEntryBits = "reserved-entry-bits"
  case guestTableWrites = "guest-table-writes"
  case interruptOrder = "interrupt-order"
  case guestTrapRegisters = "guest-trap-registers"
  case malformedNapot = "malformed-napot"
  case guestExecutableReads = "guest-executable-reads"
  case trailingZerosOfWord = "trailing-zeros-of-word"

  /// The references that differ in it.
  package var references: Set<Reference.Kind> {
    switch self {
    case .fiom, .contextRegisters, .moreProtectionEntries, .cacheBlockInPart: [.spike]
    case .guestExternalDelegation, .zeroTrapInstruction, .ownRegisters, .cleanFloat, .reservations, .misalignedDevices,
      .staleTranslations, .reservedValues:
      [.spike, .qemu]
    default: [.qemu]
    }
  }

  /// Why the difference says nothing against this machine.
  package var reason: String {
    switch self {
    case .guestExternalDelegation:
      "GEILEN is zero here, so bit 12 of mideleg is read-only zero; references have it read-only one"
    case .zeroTrapInstruction:
      "Spike and QEMU write zero to htinst and mtinst where a transformed instruction may stand: permitted"
    case .fiom: "menvcfg, henvcfg and senvcfg have FIOM here, and not on Spike"
    case .contextRegisters: "Spike has scontext, hcontext and mcontext of Sdtrig; this machine has no triggers"
    case .moreProtectionEntries: "64 PMP entries on Spike, 16 here"
    case .ownRegisters: "counters, identity, triggers, debug and custom CSRs are the machine's own"
    case .cacheBlockInPart: "cache management of a block that a PMP entry covers in part: Spike looks at one byte of it"
    case .cleanFloat: "FS other than Off and Dirty: an implementation may report Dirty for what is Clean"
    case .reservations: "a store-conditional may fail for reasons of the machine"
    case .misalignedDevices: "outside RAM the misaligned exception and the access fault may come in either order"
    case .staleTranslations: "a translation may be kept until a fence orders the change of its table"
    case .earlyAccessedBit: "A may be set for an access that is not made; QEMU does so where the second stage fails"
    case .reservedValues: "MPP = 2, W without R in PMP, reserved modes of vsatp and hgatp: any legal value may stay"
    case .newExtensions: "QEMU 7.2 lacks Zicond, Zawrs, Svadu's ADUE and cache-block management"
    case .retiredCount: "QEMU counts instructions only with -icount"
    case .unreadableResults: "on QEMU the program sends its results itself, so every locked PMP entry lets it read"
    case .untaggedTranslations: "QEMU 7.2 has no VMIDs with translations, and keeps them at a write of hgatp or vsatp"
    case .breakpointValue: "QEMU 7.2 leaves tval zero on ebreak; the address is asked for where tval is not zero always"
    case .atomicCause: "QEMU 7.2 takes some faults of atomics for those of loads; the specification asks for store/AMO"
    case .wideCounterEnables: "QEMU 7.2 keeps 64 bits of mcounteren, scounteren and hcounteren, which have 32"
    case .oddTrapAddress: "QEMU 7.2 keeps bit 0 of mepc, sepc and vsepc, which is always zero"
    case .tableOutsideMemory:
      "QEMU 7.2 raises a page fault where a table has no memory; the specification asks for an access fault"
    case .machineGuest: "QEMU 7.2 enters M-mode with V = 1 at an mret with MPP = M and MPV = 1; V is 0 in M-mode"
    case .guestAddressFlag: "QEMU 7.2 sets mstatus.GVA for traps of a guest that write no guest virtual address"
    case .guestProtection: "QEMU 7.2 raises a guest-page fault where PMP denies a guest's access"
    case .guestInterruptView:
      """
      QEMU 7.2 shows of vsip only SSIP, masks sip and sie of VS-mode with mideleg, which has no part in them, and takes their \
      bits 2, 6 and 10 for those of mie
      """
    case .guestStatusBits: "QEMU 7.2 leaves SD out of vsstatus as HS reads it, and shows SXL there"
    case .guestAccessCause:
      "QEMU 7.2 takes satp, not vsatp, for whether a fault of hlv and hsv is a page fault, and hlvx needs no X there"
    case .virtualInstructionCause:
      "QEMU 7.2 raises an illegal instruction in VU-mode, and at some fences in VS-mode, where HS-mode could do it"
    case .guestTranslationTrap: "QEMU 7.2 does not heed hstatus.VTVM at accesses of satp"
    case .guestTableTrap: "QEMU 7.2 does not heed mstatus.TVM at accesses of hgatp"
    case .guestReturnTrap: "QEMU 7.2 takes mstatus.TSR for an sret in VS-mode, where hstatus.VTSR alone counts"
    case .guestTableWrites:
      "QEMU 7.2 sets A and D in a guest's tables without asking the second stage for the store, and without D there"
    case .interruptOrder:
      "QEMU 7.2 takes the interrupt with the lowest number first; external interrupts come before software ones"
    case .guestTrapRegisters: "QEMU 7.2 clears htval, htinst and hstatus.GVA at traps that VS-mode handles itself"
    case .guestExecutableReads:
      "QEMU 7.2 takes vsstatus.MXR for the second stage and no other for the first; sstatus.MXR holds for both"
    case .trailingZerosOfWord: "QEMU 7.2 counts the zeros of all 64 bits at ctzw"
    case .malformedNapot: "QEMU 7.2 sets A and D in an entry with N and a reserved size before it faults for that"
    case .reservedEntryBits: "QEMU 7.2 with Svnapot does not look at the reserved bits of page-table entries"
    case .virtualInstructionValue:
      "QEMU 7.2 writes zero or a former instruction to tval at virtual-instruction exceptions"
    }
  }

  /// Whether it explains a difference of a result; false for what the generator leaves out.
  func covers(_ result: ComparedResult) -> Bool {
    let (field, ours, theirs) = (result.field, result.ours, result.theirs)
    switch self {
    case .guestExternalDelegation: return field == "mideleg" && ours ^ theirs == 1 << 12
    // A transformed instruction has bit 0 set, the pseudoinstructions for page-table accesses do not.
    case .zeroTrapInstruction:
      return ["htinst", "mtinst", "instruction"].contains(field) && theirs == 0 && ours & 1 == 1
    case .newExtensions: return field == "henvcfg" && ours ^ theirs == 1 << 61
    case .guestProtection:
      // A store or atomic access may count as a load besides.
      let pairs: [(UInt64, UInt64)] = [(1, 20), (5, 21), (7, 23), (7, 21)]
      if field.hasSuffix("cause") { return pairs.contains { $0 == (ours, theirs) } }
      return ["second", "mtval2", "htval"].contains(field) && [1, 5, 7].contains(result.cause) && ours == 0
    case .virtualInstructionCause: return field.hasSuffix("cause") && (ours, theirs) == (22, 2)
    case .guestTrapRegisters:
      return field == "hstatus" ? ours ^ theirs == 0x40 : ["htval", "htinst"].contains(field) && theirs == 0
    case .malformedNapot:
      return result.isTableEntry && ours >> 63 == 1 && ours >> 10 & 15 != 8 && (ours ^ theirs) & ~0xc0 == 0
    case .misalignedDevices:
      let (first, second) = (min(ours, theirs), max(ours, theirs))
      return field.hasSuffix("cause") && [4, 6].contains(first) && second == first &+ 1
    case .guestTableWrites: return result.isTableEntry && ours == theirs | 0x80
    case .earlyAccessedBit: return result.isTableEntry && theirs == ours | 0x40
    case .retiredCount: return field == "minstret"
    case .atomicCause:
      // What it takes for a guest-page fault comes with an address.
      if ["second", "mtval2", "htval"].contains(field) { return result.cause == 15 && ours == 0 }
      let isLoad = theirs == ours &- 2 || (ours, theirs) == (15, 5) || (ours, theirs) == (15, 21)
      return field.hasSuffix("cause") && [7, 15, 23].contains(ours) && isLoad
    case .guestAddressFlag: return ["status", "mstatus"].contains(field) && ours ^ theirs == 1 << 38 && ours < theirs
    case .guestInterruptView: return field == "vsip" || (field == "ip" && result.isGuestTrap)
    case .guestStatusBits: return field == "vsstatus" && (ours ^ theirs) & ~(1 << 63 | 3 << 34) == 0
    case .virtualInstructionValue:
      guard field.hasSuffix("tval") else { return false }
      return result.cause == 22 || (result.cause == 2 && ours & 0x7f == 0x73 && theirs == 0)
    default: return false
    }
  }
}

/// A word of the results that differs, with what stands beside it.
struct ComparedResult {
  /// The last word of its name: a register, or a field of a trap's record.
  var field: String
  var ours: UInt64
  var theirs: UInt64
  /// The cause of the trap that the value belongs to.
  var cause: UInt64?
  /// The record is one of VS-mode's handler.
  var isGuestTrap = false
  var isTableEntry = false
}

extension Reference {
  /// Whether the generator has to mind the excuse.
  func needs(_ excuse: Excuse) -> Bool { excuse.references.contains(kind) }

  /// The excuse for a difference of a result; nil when it has to be explained.
  func excuse(_ result: ComparedResult) -> Excuse? {
    Excuse.allCases.first { needs($0) && $0.covers(result) }
  }
}
