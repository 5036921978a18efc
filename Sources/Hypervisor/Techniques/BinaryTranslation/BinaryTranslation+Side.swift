import RISCV

extension BinaryTranslation {
  /// What belongs to one hart.
  final class Side {
    /// The words of its context.
    let slots: UnsafeMutablePointer<UInt64>
    let contexts: [CacheContext]
    @exclusivity(unchecked) var uses: UInt64 = 0
    /// The one that is in place.
    @exclusivity(unchecked) var current: CacheContext?
    /// Where the guest goes on in the cache, as long as nothing has changed that could forbid it.
    @exclusivity(unchecked) var found: Found?
    /// Where the simulator's turn ended a run.
    @exclusivity(unchecked) var suspended: Suspension?
    /// Where the guest is to be entered, once nothing has to be dispatched.
    @exclusivity(unchecked) var entry: Entry?
    /// Where the last exit was, in translated code.
    @exclusivity(unchecked) var exit: Exit?
    /// The way out by which the guest came to an address for which the monitor has to find the code.
    @exclusivity(unchecked) var stub: (unit: TranslatedUnit, index: Int)?
    /// What has to be translated.
    @exclusivity(unchecked) var wanted: TranslatedUnit.Key?
    /// The unit to which the last dispatch has led.
    @exclusivity(unchecked) var target: TranslatedUnit?
    /// The registers as the context got them.
    @exclusivity(unchecked) var lent = [6 of UInt64](repeating: 0)

    init(_ host: HostMachine, _ number: Int) {
      let frame = host.pool.allocate()!
      slots = host.memory.tableEntries(ofPageAt: frame)
      contexts = (0..<BinaryTranslation.contextCount).map {
        CacheContext(host, slots: frame, vmid: UInt64(number * BinaryTranslation.contextCount + $0 + 1))
      }
    }
  }

  // What every exit writes, and the next entry reads, names units by what does not have to be counted.

  /// Where the guest can go on: at one of its instructions, or at the one behind.
  struct Found {
    /// The number of the unit.
    var unit: Int
    var mode: PrivilegeMode
    /// The context's ``CacheContext/translation`` and epoch.
    var translation: UInt64
    var epoch: UInt64
    /// Addresses of the guest's, and offsets into the cache.
    var here: (pc: UInt64, offset: Int)
    var next: (pc: UInt64, offset: Int)?

    /// At an instruction of a unit's.
    init(_ unit: TranslatedUnit, _ index: Int, _ context: CacheContext) {
      self.unit = unit.number
      // SAFETY: code of the guest's is in units that have a key.
      let key = unit.key!
      (mode, translation, epoch) = (key.mode, context.translation, context.epoch)
      let instruction = unit.guest[index]
      here = (key.pc &+ UInt64(instruction.offset), unit.offset + Int(instruction.start))
      if index + 1 < unit.guest.count {
        next = (here.pc &+ UInt64(instruction.length), unit.offset + Int(unit.guest[index + 1].start))
      }
    }
  }

  /// An exit in translated code.
  struct Exit {
    /// Into the cache.
    var offset: Int
    var role: TranslatedUnit.Role
    /// The guest's instruction that it is about; nil where the guest is on its way to one.
    var instruction: (site: Adaptation.Site, pc: UInt64, bits: UInt32)?
    /// How many accesses that only the monitor can do had been done before.
    var accesses: UInt64
  }

  /// A stop in the midst of translated code, between two instructions of the guest's.
  struct Suspension {
    var unit: TranslatedUnit
    /// Into the cache.
    var offset: Int
    /// The guest's pc and the two registers, as they were made out, and what the physical hart had in the registers.
    var pc: UInt64
    var registers: (UInt64, UInt64)
    var raw: (UInt64, UInt64)
    /// That of the context then.
    var epoch: UInt64
  }

  /// An offset into the cache, and what the physical hart's two registers are to hold there, where that is not what the guest's do.
  struct Entry {
    var offset: Int
    var raw: (UInt64, UInt64)?
  }

  /// Address spaces of each hart whose jump tables are kept.
  static let contextCount = 8
}
