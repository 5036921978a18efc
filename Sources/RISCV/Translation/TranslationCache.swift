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

  static let dataCount = 512
  static let fetchCount = 256

  init(count: Int) {
    precondition(count & (count - 1) == 0)
    self.count = count
    entries = .allocate(capacity: count)
    entries.initialize(repeating: Entry(), count: count)
    translations = .allocate(capacity: count)
    translations.initialize(repeating: Translation(), count: count)
  }

  func deallocate() {
    entries.deallocate()
    translations.deallocate()
  }

  @inline(__always) func index(_ address: UInt64, hash: UInt64) -> Int {
    Int(truncatingIfNeeded: ((address &>> 12) ^ hash) & UInt64(count &- 1))
  }

  /// Forgets everything.
  func removeAll() { entries.update(repeating: Entry(), count: count) }

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

  /// Forgets the translations, in any of `contexts`, of leaf entries that map `address`.
  func remove(address: UInt64, contexts: (UInt64) -> Bool) {
    for index in 0..<count where entries[index].tag != .max && contexts(entries[index].tag & 0xff8) {
      let translation = translations[index]
      let shift = translation.isNapot ? 16 : 12 + 9 * UInt64(translation.level)
      if (entries[index].tag ^ address) &>> shift == 0 { entries[index] = Entry() }
    }
  }
}
