/// What changes when the kernel knows that a monitor runs below it (`paravirtual=on`): instead of doing what the monitor
/// would have to intercept, it asks, and asks for many things at once.
///
/// The monitor answers a vendor extension of the SBI before the firmware of the virtual machine would see the call.
/// Without a monitor nobody answers, and all goes as usual.
enum Paravirtual {
  private static let number: UInt64 = 0x0956_5452
  private enum Function {
    static let features: UInt64 = 0
    static let applyPageTables: UInt64 = 1
    static let write: UInt64 = 2
    static let setTimer: UInt64 = 3
  }

  /// What a monitor may offer, as bits of the answer to `features`.
  enum Feature: UInt64 {
    case pageTables = 1
    case console = 2
    case timer = 4
  }

  private nonisolated(unsafe) static var features: UInt64 = 0

  static func offers(_ feature: Feature) -> Bool { features & feature.rawValue != 0 }

  /// Asks whether there is a monitor, and says what came of it.
  static func start() {
    guard Firmware.offers(extension: number) else {
      say("paravirtual: no monitor answers; everything is done as on a machine of our own")
      return
    }
    let answer = sbi_call(number, Function.features, 0, 0, 0)
    guard answer.error == 0 else {
      say("paravirtual: the monitor does not say what it offers; everything is done as usual")
      return
    }
    queue = PageAllocator.allocateForever(bytes: pageSize).pointer.assumingMemoryBound(to: Update.self)
    features = answer.value & 7
    let yes: StaticString = "by hypercall"
    let no: StaticString = "as usual"
    say(
      "paravirtual: page tables \(offers(.pageTables) ? yes : no), console \(offers(.console) ? yes : no), timer \(offers(.timer) ? yes : no)"
    )
  }

  static func write(_ bytes: UnsafePointer<UInt8>, count: Int) {
    // All that the kernel has is in the physical map, so the bytes lie in a row for the monitor too.
    let start = PhysicalAddress(mapped: UInt64(UInt(bitPattern: bytes)))
    _ = sbi_call(number, Function.write, start.bits, UInt64(count), 0)
  }

  static func setTimer(_ time: UInt64) {
    _ = sbi_call(number, Function.setTimer, time, 0, 0)
  }

  // MARK: Page tables

  /// One update as the monitor wants it: the physical address of an entry, and what to write there.
  private struct Update {
    var place: UInt64
    var value: UInt64
  }

  private static let capacity = 256  // one page
  private nonisolated(unsafe) static var queue: UnsafeMutablePointer<Update>?
  private nonisolated(unsafe) static var count = 0

  /// Remembers an update. One queue serves all harts: whoever changes page tables holds the kernel's lock, and hands
  /// over what is queued before letting go of it.
  static func queue(_ place: PhysicalAddress, _ entry: PageTableEntry) {
    if count == capacity { flush() }
    queue![count] = Update(place: place.bits, value: entry.bits)
    count += 1
  }

  /// What the entry at `place` is going to be, if it is queued. The last word counts.
  static func queued(_ place: PhysicalAddress) -> PageTableEntry? {
    var index = count - 1
    while index >= 0 {
      if queue![index].place == place.bits { return PageTableEntry(bits: queue![index].value) }
      index -= 1
    }
    return nil
  }

  /// Hands over what is queued, in one hypercall.
  static func flush() {
    guard count > 0 else { return }
    let start = PhysicalAddress(mapped: UInt64(UInt(bitPattern: queue!)))
    let answer = sbi_call(number, Function.applyPageTables, start.bits, UInt64(count), 0)
    count = 0
    if answer.error != 0 { panic("the monitor refuses page-table updates: error \(Int(answer.error))") }
  }
}
