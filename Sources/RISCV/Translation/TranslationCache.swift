/// One TLB of a hart: direct mapped, of fixed size, tagged by context. Part of the architecture of this machine: only what
/// flushes a TLB on hardware makes a miss.
///
/// An entry has two halves. The hot one is what the inline fast path compares: tags and a host pointer, which the simulator
/// may take away for reasons of its own (decoded code or a watched place in the page). The other is the translation itself,
/// which stays.
struct TranslationCache {
  /// The hot half. A tag is the page's address with the context in bits 11 to 3; bits 2 to 0 are zero, so that comparing it
  /// with an address whose alignment bits are kept also sends misaligned accesses to the slow path.
  struct Entry {
    var loadTag: UInt64 = .max
    var storeTag: UInt64 = .max
    /// Host address less guest-virtual address, modulo 2^64.
    var addend: UInt64 = 0
    /// The tag of the translation itself, whatever became of the host pointer.
    var tag: UInt64 = .max
  }

  /// The translation.
  struct Translation {
    /// Physical address of the 4 KiB page.
    var physicalPage: UInt64 = 0
    /// The page-table entry's low bits (V R W X U G A D), after its A and D bits were set; all for Bare and M.
    var flags: UInt8 = 0
    /// Level of the leaf: 0 for 4 KiB.
    var level: UInt8 = 0
    /// What the page tables allow in the entry's context: R W X in bits 0 to 2, W only once D is set.
    var rights: UInt8 = 0
    /// What PMP allows on the whole page, as R W X in bits 0 to 2.
    var protection: UInt8 = 0
    /// A page of 64 KiB by Svnapot.
    var isNapot = false
  }

  let entries: UnsafeMutablePointer<Entry>
  let translations: UnsafeMutablePointer<Translation>
  let count: Int
  private let large: UnsafeMutablePointer<LargePages>

  /// Where entries come from leaves that map more than 4 KiB, so that a fence knows what it need not look for.
  private struct LargePages {
    struct Range {
      /// Address and context, as tags have them, of some page in it.
      var tag: UInt64 = 0
      /// Binary logarithm of its size.
      var shift: UInt64 = 0
    }
    static let capacity = 8
    var ranges = [8 of Range](repeating: Range())
    var count = 0
    /// There were more: they may be anywhere.
    var isOverfull = false
  }

  static let dataCount = 512
  static let fetchCount = 256

  init(count: Int) {
    precondition(count & (count - 1) == 0)
    self.count = count
    entries = .allocate(capacity: count)
    entries.initialize(repeating: Entry(), count: count)
    translations = .allocate(capacity: count)
    translations.initialize(repeating: Translation(), count: count)
    large = .allocate(capacity: 1)
    large.initialize(to: LargePages())
  }

  func deallocate() {
    entries.deallocate()
    translations.deallocate()
    large.deallocate()
  }

  @inline(__always) func index(_ address: UInt64, hash: UInt64) -> Int {
    Int(truncatingIfNeeded: ((address &>> 12) ^ hash) & UInt64(count &- 1))
  }

  /// Forgets everything.
  func removeAll() {
    entries.update(repeating: Entry(), count: count)
    forgetLarge()
  }

  /// No context is in use any more: what large pages there are cannot be hit again.
  func forgetLarge() {
    large.pointee.count = 0
    large.pointee.isOverfull = false
  }

  /// Notes that the entry with this tag comes from a large leaf.
  @inline(__always)
  func noteLarge(tag: UInt64, shift: UInt64) {
    for index in 0..<large.pointee.count where large.pointee.ranges[index].shift == shift {
      let other = large.pointee.ranges[index].tag
      if (other ^ tag) &>> shift == 0 && (other ^ tag) & 0xff8 == 0 { return }
    }
    addLarge(tag, shift)
  }

  @inline(never)
  private func addLarge(_ tag: UInt64, _ shift: UInt64) {
    guard large.pointee.count < LargePages.capacity else {
      large.pointee.isOverfull = true
      return
    }
    large.pointee.ranges[large.pointee.count] = LargePages.Range(tag: tag, shift: shift)
    large.pointee.count += 1
  }

  /// Whether some entry of `context` that maps `address` may come from a large leaf.
  func mayBeLarge(_ address: UInt64, _ context: UInt64) -> Bool {
    if large.pointee.isOverfull { return true }
    for index in 0..<large.pointee.count {
      let range = large.pointee.ranges[index]
      if (range.tag ^ address) &>> range.shift == 0 && range.tag & 0xff8 == context { return true }
    }
    return false
  }

  /// Takes the fast pointers away, keeping the translations.
  func dropPointers() {
    for index in 0..<count {
      entries[index].loadTag = .max
      entries[index].storeTag = .max
    }
  }

  /// Takes the fast store pointers to one physical page away.
  func dropStorePointers(toPage page: UInt64) {
    for index in 0..<count where entries[index].storeTag != .max && translations[index].physicalPage == page {
      entries[index].storeTag = .max
    }
  }

  /// Forgets the translations, in one context, of leaf entries that map `address`.
  func remove(address: UInt64, context: UInt64) {
    guard mayBeLarge(address, context) else {
      // The leaf maps 4 KiB, so that one place is left where it can be.
      let index = index(address, hash: HartPointer.hash(context))
      if entries[index].tag == address & ~0xfff | context { entries[index] = Entry() }
      return
    }
    for index in 0..<count where entries[index].tag != .max && entries[index].tag & 0xff8 == context {
      if (entries[index].tag ^ address) &>> translations[index].shift == 0 { entries[index] = Entry() }
    }
  }
}

extension TranslationCache.Translation {
  /// Binary logarithm of what the leaf maps.
  @inline(__always) var shift: UInt64 { isNapot ? 16 : 12 &+ 9 &* UInt64(level) }
}
