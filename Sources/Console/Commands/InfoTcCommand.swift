import Debugger
import Hypervisor
import RISCV

enum InfoTcCommand: Command {
  static let name = "info tc"
  static let category = CommandCategory.machine
  static let summary = "Show the translation cache, or a unit of it beside the guest's code"
  static let help = """
    info tc [ADDRESS]
    Under binary-translation the guest's kernel runs from a cache of translated code. Without ADDRESS, how full it is, and its
    units, latest last, with how often each was entered. With an address of the guest's, the units that have its instruction; with a
    tc: address, the unit that lies there: what the guest has on the left, what the cache has on the right, and how that came about.
    tc: addresses count from the start of the cache, here and wherever an address may stand, as in x/4i tc:0x902; an arrow is where
    the physical hart goes on.
    Example: info tc $pc
    """
  static let completion = CompletionKind.expression
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let cache = try cache(console)
    guard !arguments.isEmpty else { return overview(cache, console) }
    try show(try console.address(arguments.text), cache, console)
  }

  static func cache(_ console: Console) throws(CommandError) -> CodeCache {
    guard let cache = console.session.virtualMachine.codeCache else {
      throw .failed(console.session.noTranslationCache)
    }
    return cache
  }

  /// The unit of the cache at a `tc:` address.
  static func unit(_ address: SpacedAddress, _ cache: CodeCache) throws(CommandError) -> TranslatedUnit {
    guard let unit = cache.unit(at: Int(clamping: address.value)) else {
      throw .failed("No unit lies at \(address.text): \(grouped(UInt64(cache.used))) bytes of the cache are in use.")
    }
    return unit
  }

  /// The unit at a place of the cache, or those that have the guest's instruction at an address.
  static func show(_ address: SpacedAddress, _ cache: CodeCache, _ console: Console) throws(CommandError) {
    if address.space == .translationCache {
      for line in UnitRendering(try unit(address, cache), cache, console.session).lines { console.print(line) }
      return
    }
    guard address.space == .guestVirtual else {
      throw .failed("\(address.text) is physical: units are for guest-virtual addresses.")
    }
    let units = cache.units.filter { $0.isLive && $0.index(of: address.value) != nil }
    guard !units.isEmpty else {
      let place = console.session.place(address.value)
      return console.print(
        "No unit has an instruction at \(place): what was executed there in a privileged mode is not translated, or no longer."
      )
    }
    for unit in units {
      for line in UnitRendering(unit, cache, console.session).lines { console.print(line) }
    }
  }

  /// Units that are listed; there are tens of thousands in a kernel.
  private static let listed = 12

  private static func overview(_ cache: CodeCache, _ console: Console) {
    let live = cache.units.filter { $0.isLive && $0.key != nil }
    let links = cache.units.count { $0.key == nil }
    let (size, used) = (UInt64(cache.size), UInt64(cache.used))
    let flushes = "thrown away \(grouped(UInt64(cache.generation))) time\(cache.generation == 1 ? "" : "s")"
    console.print("cache     \(grouped(size)) bytes, \(grouped(used)) in use (\(percent(used, size))), \(flushes)")
    let guest = live.reduce(0) { $0 + $1.guest.count }
    let host = live.reduce(0) { $0 + $1.code.count - 2 * $1.stubs.count }
    let dead = cache.units.count { !$0.isLive }
    console.print(
      "units     \(grouped(UInt64(live.count))), for \(grouped(UInt64(guest))) instructions of the guest's, \(grouped(UInt64(host))) "
        + "of the cache's; \(grouped(UInt64(dead))) dead, whose place is taken until all goes")
    let stubs = live.flatMap(\.stubs)
    console.print(
      "ways out  \(grouped(UInt64(stubs.count))), \(grouped(UInt64(stubs.count { $0.link != nil }))) linked, the others not taken yet; "
        + "\(grouped(UInt64(links))) links look for code in another page")
    guard !live.isEmpty else { return }
    if live.count > listed { console.print("the last \(listed) units:") }
    for unit in live.suffix(listed) { console.print("  " + UnitRendering(unit, cache, console.session).title) }
  }
}
