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
    case .balloon(let step, let pages, let total):
      list += [("step", UInt64(step.rawValue)), ("pages", pages), ("total", total)]
    case .exit(let cause, let value, let physical):
      list += [("cause", cause.rawValue), ("value", value), ("gpa", physical)]
    case .exitByInterrupt(let interrupt): list += [("cause", interrupt.rawValue | 1 << 63)]
    case .overdue(let count): list += [("count", count)]
    case .entry(let reason, let cycles): list += [("reason", UInt64(reason.rawValue)), ("cycles", cycles)]
    case .shadow(let step, let address, let physical):
      list += [("step", UInt64(step.rawValue)), ("addr", address), ("physical", physical)]
    case .nested(let step, let address, let physical):
      list += [("step", UInt64(step.rawValue)), ("addr", address), ("physical", physical)]
    case .translation(_, let address, let unit, let cause):
      list += [("addr", address), ("unit", UInt64(unit)), ("stored", cause)]
    case .fault(let kind, let address): list += [("class", UInt64(kind.rawValue)), ("addr", address)]
    case .tlbFill(let address, let physical, let access):
      list += [("addr", address), ("physical", physical), ("write", access == .store ? 1 : 0)]
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
    case .balloon(.request, let pages, let total):
      "balloon: \(grouped(pages)) pages are wanted; \(grouped(total)) are given up"
    case .balloon(.notice, let pages, let total):
      "balloon: the driver reads that \(grouped(pages)) pages are wanted; \(grouped(total)) are given up"
    case .balloon(.inflate, let pages, let total):
      "balloon: \(grouped(pages)) pages given up, \(grouped(total)) in all"
    case .balloon(.deflate, let pages, let total):
      "balloon: \(grouped(pages)) pages taken back, \(grouped(total)) stay given up"
    case .balloon(.report, let pages, _): "balloon: \(grouped(pages)) pages reported free; their contents are gone"
    case .staleTranslation(let access, let address, _): "stale translation: \(access) of gva:\(hex(address))"
    case .marker(let number): "marker \(number)"
    case .exit(let cause, let value, let physical) where cause.isGuestPageFault:
      "exit: \(cause.name) (\(cause.rawValue)), gpa:\(hex(physical))"
        + (value == physical ? "" : ", stval \(hex(value))")
    case .exit(let cause, let value, _): "exit: \(cause.name) (\(cause.rawValue)), stval \(hex(value))"
    case .exitByInterrupt(let interrupt): "exit: \(interrupt.name) (\(interrupt.rawValue))"
    case .overdue(let count): "the monitor has not entered its guest for \(grouped(count)) instructions"
    case .entry(let reason, let cycles): "entry: the exit was \(reason.name) and took \(grouped(cycles)) cycles"
    case .shadow(.fill, let address, let physical): "shadow fill: gva:\(hex(address)) -> hpa:\(hex(physical))"
    case .shadow(.drop, let address, let physical):
      "shadow drop: \(address == 0 ? "an entry" : "the entry of gva:\(hex(address))"), "
        + "which led to hpa:\(hex(physical))"
    case .shadow(.protect, let address, let physical):
      "shadow protect: hpa:\(hex(physical))\(address == 0 ? "" : ", mapped at gva:\(hex(address)),") "
        + "holds a page table of the guest's: stores to it are traced from now on"
    case .nested(.fill, let address, let physical): "nested fill: gpa:\(hex(address)) -> hpa:\(hex(physical))"
    case .nested(.drop, let address, let physical):
      "nested drop: gpa:\(hex(address)), which led to hpa:\(hex(physical))"
    case .translation(.translate, let address, let unit, _): "translate: unit \(unit), for gva:\(hex(address))"
    case .translation(.chain, let address, let unit, 0): "chain: unit \(unit) goes on to gva:\(hex(address)) by itself"
    case .translation(.chain, let address, let unit, _):
      "chain: unit \(unit) goes on to gva:\(hex(address)) by the jump table"
    case .translation(.lookup, let address, let unit, _): "lookup: gva:\(hex(address)) is unit \(unit)"
    case .translation(.invalidate, let address, let unit, 0):
      "invalidate: unit \(unit), of gva:\(hex(address)): its page is given back"
    case .translation(.invalidate, let address, let unit, let stored):
      "invalidate: unit \(unit), of gva:\(hex(address)): a store to its code, at gpa:\(hex(stored))"
    case .translation(.adapt, let address, let unit, 0):
      "adapt: the instruction at gva:\(hex(address)) is done in place again: unit \(unit) goes, and what else has it"
    case .translation(.adapt, let address, let unit, _):
      "adapt: the instruction at gva:\(hex(address)) trapped often, and is to call the monitor: unit \(unit) goes, and what else has it"
    case .translation(.flush, _, let unit, _): "flush: the cache is full, all \(grouped(UInt64(unit))) units go"
    case .fault(.hidden, let address): "fault: HIDDEN, at gva:\(hex(address)) (the guest will not hear of it)"
    case .fault(.dirty, let address):
      "fault: DIRTY, at gva:\(hex(address)) (the monitor sets D in the guest's table, as its hart would)"
    case .fault(.traced, let address):
      "fault: TRACED, at gva:\(hex(address)) (a store to a page table of the guest's own; it will not hear of it)"
    case .fault(.true, let address):
      "fault: TRUE, at gva:\(hex(address)) (the guest's tables refuse it: it takes the fault)"
    case .tlbFill(let address, let physical, let access):
      "tlb fill: gva:\(hex(address)) -> gpa:\(hex(physical)), for a \(access)"
    case .tlbFlush: "tlb flush"
    default: "\(kind)"
    }
  }
}

extension Session {
  /// What an event was, with what the monitor knows of it while it serves the exit.
  package func text(of event: Event) -> String {
    // The faults that a nested table hides are on guest-physical addresses.
    if technique.paging == .nested, case .fault(let kind, let address) = event.kind {
      return kind == .hidden
        ? "fault: HIDDEN, at gpa:\(hex(address)) (the guest will not hear of it)"
        : "fault: \(kind.name.uppercased()), at gpa:\(hex(address))"
    }
    guard let service = virtualCPU?.service, let cause = service.exit?.cause else { return event.text }
    switch event.kind {
    case .shadow(.fill, _, _) where service.reason == .hiddenFault:
      return event.text + ", after a HIDDEN \(cause.name) (the guest will not hear of it)"
    case .shadow(.fill, _, _) where service.reason == .dirtyFault:
      return event.text + ", with W, after a DIRTY \(cause.name) (the monitor has set D in the guest's table)"
    default: return event.text
    }
  }

  /// What is to be said beside of an event at which the monitor has just filled in an entry: the guest's and the shadow's.
  package func details(of event: Event) -> [String] {
    guard case .shadow(.fill, let address, _) = event.kind, let filled = virtualCPU?.service?.filled,
      filled.page == address & ~0xfff
    else { return [] }
    var lines: [String] = []
    if let guest = filled.guest {
      let bits = [(UInt64(0x40), "A"), (0x80, "D")].filter { (guest.before ^ guest.after) & $0.0 != 0 }.map(\.1)
      lines.append(
        bits.isEmpty
          ? "  guest  \(hex(guest.before)), as it was"
          : "  guest  \(hex(guest.before)) -> \(hex(guest.after)) "
            + "(\(bits.joined(separator: " and ")) set by the monitor's walk, as the guest's hart would)")
    }
    let granted =
      filled.shadow.before == 0 ? "" : " (\(Self.rights(filled.shadow.after & ~filled.shadow.before)) granted)"
    lines.append("  shadow \(hex(filled.shadow.before)) -> \(hex(filled.shadow.after))\(granted)")
    return lines
  }

  private static func rights(_ entry: UInt64) -> String {
    [(UInt64(2), "R"), (4, "W"), (8, "X")].filter { entry & $0.0 != 0 }.map(\.1).joined(separator: " and ")
  }
}
