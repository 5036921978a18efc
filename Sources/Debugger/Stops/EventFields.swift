import RISCV

extension Event {
  /// The fields that a condition can ask for as `$name`, in the order that `help catch` lists them.
  var fields: [(name: String, value: UInt64)] {
    var list: [(String, UInt64)] = [("_hart", UInt64(hart)), ("_retired", retired), ("_cycle", cycle), ("_pc", pc)]
    switch kind {
    case .trap(let cause, let value, let from, let to):
      list += [
        ("cause", cause.rawValue), ("value", value), ("from", UInt64(from.rawValue)), ("to", UInt64(to.rawValue)),
      ]
    case .interrupt(let interrupt, let from, let to):
      list += [("cause", interrupt.rawValue), ("from", UInt64(from.rawValue)), ("to", UInt64(to.rawValue))]
    case .privilege(let from, let to):
      list += [("from", UInt64(from.rawValue)), ("to", UInt64(to.rawValue))]
    case .csrWrite(let number, let old, let new):
      list += [("number", UInt64(number)), ("old", old), ("new", new), ("write", 1)]
    case .csrRead(let number, let value):
      list += [("number", UInt64(number)), ("value", value), ("write", 0)]
    case .memory(let access, let address, let physical, let width, let old, let new):
      list += [
        ("addr", address), ("physical", physical), ("width", UInt64(width.rawValue)), ("old", old), ("new", new),
        ("write", access == .store ? 1 : 0),
      ]
    case .staleTranslation(let access, let address, let physical):
      list += [("addr", address), ("physical", physical), ("write", access == .store ? 1 : 0)]
    case .balloon(let step, let pages): list += [("step", UInt64(step.rawValue)), ("pages", pages)]
    case .marker(let number): list += [("number", UInt64(bitPattern: Int64(number)))]
    default: break
    }
    return list
  }

  /// One line that says what happened.
  package var text: String {
    switch kind {
    case .trap(let cause, let value, let from, let to):
      "trap: \(cause.name) (\(cause.rawValue)), \(to.trapRegisters.value) \(hex(value)), \(from.letter) -> \(to.letter)"
    case .interrupt(let interrupt, let from, let to):
      "interrupt: \(interrupt.name) (\(interrupt.rawValue)), \(from.letter) -> \(to.letter)"
    case .privilege(let from, let to): "privilege: \(from.letter) -> \(to.letter)"
    case .csrWrite(let number, let old, let new):
      "csr: \(CSRName.name(of: number) ?? hex(UInt64(number))) written, \(hex(old)) -> \(hex(new))"
    case .csrRead(let number, let value):
      "csr: \(CSRName.name(of: number) ?? hex(UInt64(number))) read, \(hex(value))"
    case .balloon(.request, let pages): "balloon: \(grouped(pages)) pages are wanted"
    case .balloon(.inflate, let pages): "balloon: \(grouped(pages)) pages given up"
    case .balloon(.deflate, let pages): "balloon: \(grouped(pages)) pages taken back"
    case .staleTranslation(let access, let address, _): "stale translation: \(access) of gva:\(hex(address))"
    case .marker(let number): "marker \(number)"
    default: "\(kind)"
    }
  }
}
