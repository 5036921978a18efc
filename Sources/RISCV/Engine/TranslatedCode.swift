#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the engine has to know of code that a monitor translated and put into RAM: which of its instructions complete one of the
/// guest's, and where those begin. It is the simulator's bookkeeping, and free of cycles.
package struct TranslatedCode {
  /// What is known of an instruction, by its half-word.
  package struct Mark: Sendable, Equatable {
    private var bits: UInt16 = 0

    package init() {}
    /// `guestOffset` is the offset into its page of the guest's instruction that begins here.
    package init(completes: Bool, guestOffset: UInt16?) {
      bits = (completes ? 1 : 0) | (guestOffset.map { $0 & 0xffe | 0x1000 } ?? 0)
    }

    /// Instructions of the guest's that are done once this one is: its retire weight.
    @inline(__always) var weight: Int { Int(bits & 1) }
    var guestOffset: UInt16? { bits & 0x1000 != 0 ? bits & 0xffe : nil }

    /// A breakpoint stands here, whatever instruction of the guest's this one is for.
    package var isBreakpoint: Bool {
      get { bits & 0x2000 != 0 }
      set { bits = newValue ? bits | 0x2000 : bits & ~0x2000 }
    }
    /// A breakpoint may stand here: one at this place, or one at the guest's instruction.
    @inline(__always)
    func mayStop(_ breakpoints: BreakpointOffsets) -> Bool {
      isBreakpoint || guestOffset.map { breakpoints.contains(UInt64($0)) } ?? false
    }
  }

  /// Physical address and bytes, whole pages.
  package let base: UInt64
  package let size: UInt64
  private let all: UnsafeMutablePointer<Mark>
  private let counters: UnsafeMutablePointer<UInt64>
  /// For each ``BlockCache/granuleSize`` bytes the decoded blocks that begin there, as ``BlockCache`` chains those of a page; but not those
  /// that begin with a jump. What is patched lies in one of a few.
  private let firstBlocks: UnsafeMutablePointer<UInt32>

  fileprivate init(base: UInt64, size: UInt64) {
    (self.base, self.size) = (base, size)
    all = .allocate(capacity: Int(size >> 1))
    all.initialize(repeating: Mark(), count: Int(size >> 1))
    counters = BlockCache.zeroed(Int(size >> 1))
    firstBlocks = BlockCache.zeroed(Int(size) / BlockCache.granuleSize)
  }
  func deallocate() {
    all.deallocate()
    free(counters)
    free(firstBlocks)
  }

  package subscript(offset: Int) -> Mark {
    get { all[offset >> 1] }
    nonmutating set { all[offset >> 1] = newValue }
  }

  /// Other code is about to be written at these offsets: nobody has come to it.
  package func forgetEntries(_ offsets: Range<Int>) {
    for index in offsets.lowerBound >> 1..<offsets.upperBound >> 1 { counters[index] = 0 }
  }

  /// How often harts have come from elsewhere to an instruction where one of the guest's begins, since it was written.
  package func entries(at offset: Int) -> UInt64 { counters[offset >> 1] }

  /// Where entries are counted of a block at a physical address that has one of the guest's instructions `place` bytes behind it; a
  /// place that nobody asks for where it has none.
  func counter(_ address: UInt64, _ place: Int?) -> UnsafeMutablePointer<UInt64> {
    counters + (place.map { (Int(address &- base) + $0) >> 1 } ?? 1)
  }

  /// The first blocks of the granules of a page; nil outside.
  func firstBlocks(ofPageAt address: UInt64) -> UnsafeMutablePointer<UInt32>? {
    let offset = address &- base
    return offset < size ? firstBlocks + Int(offset &>> 12) * (4096 / BlockCache.granuleSize) : nil
  }

  /// The marks from a physical address on; nil outside.
  @inline(__always)
  func marks(at address: UInt64) -> UnsafeMutablePointer<Mark>? {
    let offset = address &- base
    return offset < size ? all + Int(offset &>> 1) : nil
  }
}

/// Where a hart finds translated code while it runs some: for its step path, which goes by virtual addresses.
struct TranslatedWindow {
  var base: UInt64 = 0
  var size: UInt64 = 0
  var physical: UInt64 = 0
}

extension PhysicalMemory {
  /// Sets pages of RAM aside for translated code. They stay so for as long as the memory lives.
  package func holdTranslatedCode(at base: UInt64, size: UInt64) -> TranslatedCode {
    let code = TranslatedCode(base: base, size: size)
    precondition(blocks.translated == nil && contains(base, count: size) && base % 4096 == 0 && size % 4096 == 0)
    blocks.translated = code
    return code
  }

  /// Writes instructions into translated code, within one page, in the place of others or where there were none.
  package func storeTranslatedCode(_ parcels: [UInt16], at address: UInt64) {
    precondition(contains(address, count: UInt64(parcels.count * 2)) && address % 2 == 0)
    let offset = Int(address &- base)
    for (index, parcel) in parcels.enumerated() {
      (bytes + offset + 2 * index).storeBytes(of: parcel, as: UInt16.self)
    }
    blocks.codeWasPatched(offset: offset, count: parcels.count * 2)
  }

  /// Puts a breakpoint before an instruction of translated code, or takes it away.
  package func setBreakpoint(_ isSet: Bool, inTranslatedCodeAt address: UInt64) {
    guard let code = blocks.translated, contains(address, count: 2) else { return }
    code[Int(address &- code.base)].isBreakpoint = isSet
    blocks.codeWasPatched(offset: Int(address &- base), count: 2)
  }

  /// All translated code is void: what is written from now on has nothing to do with what was there.
  package func dropTranslatedCode() {
    guard let code = blocks.translated else { return }
    blocks.storeHappened(offset: Int(code.base &- base), count: Int(code.size))
  }
}

extension HartPointer {
  /// What is known of the instruction at an address, if it is one of translated code.
  @inline(__always)
  func translatedMark(at pc: UInt64) -> TranslatedCode.Mark? {
    let window = s.pointee.translatedWindow
    guard pc &- window.base < window.size else { return nil }
    return blocks.translated?.marks(at: window.physical &+ (pc &- window.base))?.pointee
  }

  /// Counts an entry for the step path, to which every instruction is one that it comes to.
  func countEntry(at pc: UInt64) {
    let window = s.pointee.translatedWindow
    blocks.translated?.counter(window.physical &+ (pc &- window.base), 0).pointee &+= 1
  }

  /// Whether a breakpoint may stand at the next instruction.
  @inline(__always)
  func mayStop(at pc: UInt64) -> Bool {
    guard s.pointee.translatedWindow.size != 0, let mark = translatedMark(at: pc) else {
      return blocks.breakpoints.contains(pc)
    }
    return mark.mayStop(blocks.breakpoints)
  }

  /// Whether a breakpoint stands at the place itself, in translated code.
  func stopsInTranslatedCode(at pc: UInt64) -> Bool { translatedMark(at: pc)?.isBreakpoint ?? false }
}
