import Hypervisor
import Machine
import RISCV

// Translated code: what the physical hart fetches and decodes lies in the cache, whatever the guest's instruction is.
extension Session {
  /// Whether the physical hart runs a hart's code from the translation cache.
  func runsTranslated(_ hart: Hart) -> Bool { technique.kind == .binaryTranslation && hart.privilege.level != 0 }

  /// Where in the cache the physical hart goes on, and the instructions there, up to the one that completes the guest's.
  private var cacheCode: (unit: TranslatedUnit, code: ArraySlice<TranslatedUnit.HostInstruction>)? {
    guard let offset = virtualCPU?.cacheOffset, let unit = virtualMachine.codeCache?.unit(at: offset) else {
      return nil
    }
    let rest = unit.code.drop { unit.offset + Int($0.offset) < offset }
    // What comes before the guest's instruction belongs to the one that is complete.
    let start = rest.firstIndex { $0.place == .at(unit.index(of: hart.pc) ?? -1) && $0.role != .prologue }
    guard let start else { return (unit, rest.prefix(1)) }
    let end = rest[start...].firstIndex { $0.place != rest[start].place } ?? rest.endIndex
    return (unit, rest[rest.startIndex..<end])
  }

  /// The references of the physical hart to where the translated code lies, then what lies there.
  func cacheFetch(_ hart: Hart) -> [CyclePhase] {
    guard let cpu = virtualCPU, let cache = virtualMachine.codeCache, let (unit, code) = cacheCode,
      let path = virtualMachine.codePath(to: unit.offset + Int(code.first?.offset ?? 0), hart: selectedHart)
    else {
      return [CyclePhase(name: "fetch", text: "the monitor has to find the code for \(place(hart.pc))", exits: true)]
    }
    let offset = UInt64(unit.offset + Int(code.first?.offset ?? 0))
    let isCached = cpu.physical.tlbEntries.contains {
      $0.holdsFetches && $0.virtualPage.value == path.address & ~0xfff
        && $0.satp & 0xfff_ffff_ffff == path.root.hostRoot >> 12
    }
    var phases: [CyclePhase] =
      if isCached {
        [CyclePhase(name: "fetch", text: "the physical hart's TLB holds the page of tc:\(hex(offset)): no reference")]
      } else {
        path.shadow.map { reference("shadow-table reference", $0) }
          + path.own.map { reference("reference to the cache's own tables", $0) }
      }
    let physical = hex(cache.hostAddress(of: offset))
    phases.append(
      CyclePhase(
        name: "fetch",
        text: "instruction at \(hex(hart.pc)) is tc:\(hex(offset)) <\(unitText(offset)!)>, hpa:\(physical)"))
    return phases
  }

  private func reference(_ name: String, _ entry: HostTableEntry) -> CyclePhase {
    CyclePhase(
      name: "fetch",
      text: "\(name): level \(entry.level) [\(entry.index)], hpa:\(hex(entry.address)) holds \(hex16(entry.value))",
      cycles: referencePrice, layer: "hardware")
  }

  /// What the physical hart decodes in the place of the guest's instruction; nil where it decodes that itself.
  func cacheDecode(_ line: CodeLine) -> CyclePhase? {
    guard runsTranslated(hart), let cache = virtualMachine.codeCache, let (unit, code) = cacheCode,
      code.count > 1 || code.first?.role != .identical
    else { return nil }
    let texts = code.prefix(Self.decodedTexts).map { instruction in
      let offset = unit.offset + Int(instruction.offset)
      let bits = cache.bits(at: offset)
      return cacheInstructionText(instruction.length == 2 ? bits & 0xffff : bits, at: UInt64(offset))
    }
    let rest = code.count > texts.count ? "; …" : ""
    let count = "\(code.count) instruction\(code.count == 1 ? "" : "s") of the cache"
    return CyclePhase(name: "decode", text: "\(line.text): \(count): \(texts.joined(separator: "; "))\(rest)")
  }

  private static let decodedTexts = 4
}
