import Hypervisor
import RISCV

// Breakpoints at places of the translation cache.
extension Session {
  /// The place in the translation cache that an address names, with what the guest has there. Throws where no instruction of a living
  /// unit begins.
  func cacheLocation(_ address: SpacedAddress) throws(EvaluationError) -> CodeLocation {
    try requirePlace(address)
    guard let cache = virtualMachine.codeCache else { throw .other(noTranslationCache) }
    let offset = Int(address.value)
    guard let unit = cache.unit(at: offset) else {
      throw .other("No unit lies at \(address.text): \(grouped(UInt64(cache.used))) bytes of the cache are in use.")
    }
    guard unit.isLive else {
      throw .other("\(unitText(UInt64(unit.offset))!) at \(address.text) is dead: nothing leads there any more.")
    }
    guard let instruction = unit.instruction(at: offset) else {
      let start = unit.code.last { unit.offset + Int($0.offset) < offset }.map { unit.offset + Int($0.offset) }
      throw .other(
        "\(address.text) is in the midst of an instruction"
          + (start.map { ", which begins at tc:\(hex(UInt64($0)))." } ?? "."))
    }
    let place = CachePlace(unit: unit.number, offset: offset)
    // Where a register tells, the guest is behind the unit's last instruction.
    let pc = unit.pc(of: instruction.place) ?? unit.pc(of: .at(unit.guest.count - 1))!
    return CodeLocation(pc, cachePlace: place)
  }

  /// `tc:0x930 <unit 24+46>`, also where that unit is not there.
  func placeText(_ place: CachePlace) -> String {
    let text = "tc:\(hex(UInt64(place.offset)))"
    guard let unit = virtualMachine.codeCache?.unit(at: place.offset), unit.number == place.unit else {
      return "\(text) <unit \(place.unit)>"
    }
    return "\(text) <\(unitText(UInt64(place.offset))!)>"
  }

  /// Why a breakpoint at a place cannot be reached now; nil where it can.
  package func obstacle(to place: CachePlace) -> String? {
    guard let cache = virtualMachine.codeCache else { return "there is no translation cache under \(technique)" }
    if place.unit > cache.lastNumber { return "unit \(place.unit) is not translated yet" }
    if let unit = cache.unit(at: place.offset), unit.number == place.unit, unit.isLive { return nil }
    guard let unit = cache.past.unit(numbered: place.unit) else { return "unit \(place.unit) was thrown away" }
    return "unit \(place.unit) was thrown away at cycle \(grouped(unit.death)): \(text(of: unit.end))"
  }

  /// Why a unit was thrown away.
  package func text(of end: PastUnits.End) -> String {
    switch end {
    case .stored(let address, let pc):
      "its code was stored to at gpa:\(hex(address))" + (pc.map { ", by \(place($0))" } ?? ", from outside")
    case .pageReturned: "the guest gave its page back"
    case .adapted: "one of its instructions was to be translated otherwise"
    case .full: "the cache was full"
    case .reset: "everything was, at a reset or a change from outside"
    }
  }
}
