import RISCV

/// A place or an event at which the guest is to stop: a breakpoint, watchpoint, catchpoint or dynamic printf.
package final class StopPoint {
  package enum Kind {
    /// `location` is what was typed.
    case breakpoint(_ locations: [CodeLocation], location: String)
    case watchpoint(Watch)
    case catchpoint(Catch)
    /// Prints and goes on. `arguments` is the text behind the format.
    case printf(_ locations: [CodeLocation], location: String, format: String, arguments: String)
  }

  /// What becomes of the stop once it is hit.
  package enum Disposition: Equatable {
    case keep
    case disable
    case delete
    /// Disabled when the count is used up.
    case count(Int)

    package var text: String {
      switch self {
      case .keep, .count: "keep"
      case .disable: "dis"
      case .delete: "del"
      }
    }
  }

  package let number: Int
  package var kind: Kind
  package let isTemporary: Bool
  package var disposition: Disposition
  package var isEnabled = true
  package var condition: (text: String, expression: Expression)?
  /// Hits still to pass over.
  package var ignoreCount = 0
  package var hits = 0
  /// Commands to run at each stop.
  package var commands: [String] = []

  init(number: Int, kind: Kind, isTemporary: Bool) {
    self.number = number
    self.kind = kind
    self.isTemporary = isTemporary
    disposition = isTemporary ? .delete : .keep
  }

  /// The places in code where it stands, for those that stand at some.
  package var locations: [CodeLocation] {
    switch kind {
    case .breakpoint(let locations, _), .printf(let locations, _, _, _): locations
    case .watchpoint, .catchpoint: []
    }
  }

  /// `Breakpoint 2`, `Temporary catchpoint 1`.
  package var title: String {
    let noun =
      switch kind {
      case .breakpoint: "breakpoint"
      case .watchpoint(let watch): watch.title
      case .catchpoint: "catchpoint"
      case .printf: "dprintf"
      }
    let text = isTemporary ? "temporary " + noun : noun
    return text.prefix(1).uppercased() + text.dropFirst() + " \(number)"
  }
}

/// What a watchpoint watches.
package struct Watch {
  package enum Access: String {
    case write = "watch"
    case read = "rwatch"
    case any = "awatch"
  }
  package var access: Access
  /// As it was typed.
  package var text: String
  package var expression: Expression
  /// The memory it covers; nil for an expression over registers, which is computed again after every instruction.
  package var range: (address: SpacedAddress, count: Int)?
  package var oldValue: Value

  var title: String {
    switch access {
    case .write: "watchpoint"
    case .read: "read watchpoint"
    case .any: "access watchpoint"
    }
  }

  var watchedRange: WatchedRange? {
    range.map {
      WatchedRange(
        space: $0.address.space == .guestVirtual ? .virtual : .physical, address: $0.address.value,
        count: UInt64($0.count),
        onLoad: access != .write, onStore: true)
    }
  }
}

/// What a catchpoint catches.
package enum Catch: Equatable {
  /// A synchronous exception; nil for any.
  case trap(ExceptionCause?)
  case interrupt(Interrupt?)
  /// A change of privilege into this mode; nil for any.
  case privilege(PrivilegeMode?)
  /// A read or write of a CSR by an instruction.
  case csr(UInt16)
  /// The first entry into a boot stage; nil for any.
  case stage(String?)
  /// Something about the memory balloon; nil for anything.
  case balloon(BalloonStep?)
  /// A marker hint; nil for any.
  case marker(Int?)
  /// Control passes to the monitor, by one of these causes of the physical hart's trap; nil for any.
  case exit(ExitCauses?)
  /// Control passes back to the guest, after an exit for this reason; nil for any.
  case entry(ExitReason?)
  /// An entry of a shadow table is made, dropped or protected; nil for anything.
  case shadow(ShadowStep?)
  /// An entry of a nested table is made or dropped; nil for anything.
  case nested(NestedStep?)
  /// Something about translated code.
  case translation(TranslationStep)
  /// A page fault of the physical hart, by what it is to the guest; nil for any.
  case fault(FaultClass?)
  /// A TLB takes a translation in, or drops some.
  case tlb(TLBStep?)

  var mask: EventMask {
    switch self {
    case .trap: .trap
    case .interrupt: .interrupt
    case .privilege, .stage: .privilege
    case .csr: .csr
    case .balloon: .balloon
    case .marker: .marker
    case .exit: .exit
    case .entry: .entry
    case .shadow: .shadow
    case .nested: .nested
    case .translation: .translation
    case .fault: .fault
    case .tlb: .tlb
    }
  }

  /// As `info breakpoints` and `save breakpoints` write it: a command's arguments.
  package var text: String {
    switch self {
    case .trap(let cause): "trap" + (cause.map { " " + $0.argument } ?? "")
    case .interrupt(let interrupt): "interrupt" + (interrupt.map { " " + $0.argument } ?? "")
    case .privilege(let mode): "privilege" + (mode.map { " " + $0.letter } ?? "")
    case .csr(let number): "csr " + (CSRName.name(of: number) ?? hex(UInt64(number)))
    case .stage(let name): "stage" + (name.map { " " + $0 } ?? "")
    case .balloon(let step): "balloon" + (step.map { " \($0)" } ?? "")
    case .marker(let number): "marker" + (number.map { " \($0)" } ?? "")
    case .exit(let causes): "exit" + (causes.map { " " + $0.argument } ?? "")
    case .entry(let reason): "entry" + (reason.map { " " + $0.name } ?? "")
    case .shadow(let step): "shadow" + (step.map { " \($0)" } ?? "")
    case .nested(let step): "nested" + (step.map { " \($0)" } ?? "")
    case .translation(let step): "\(step)"
    case .fault(let kind): "fault" + (kind.map { " " + $0.name } ?? "")
    case .tlb(let step): "tlb" + (step.map { " \($0)" } ?? "")
    }
  }

  func matches(_ event: Event) -> Bool {
    switch (self, event.kind) {
    case (.trap(let wanted), .trap(let cause, _, _, _)): wanted == nil || wanted == cause
    case (.interrupt(let wanted), .interrupt(let interrupt, _, _)): wanted == nil || wanted == interrupt
    case (.privilege(let wanted), .privilege(let from, let to)): from != to && (wanted == nil || wanted == to)
    case (.marker(let wanted), .marker(let number)): wanted == nil || wanted == number
    case (.csr(let wanted), .csrWrite(let number, _, _)), (.csr(let wanted), .csrRead(let number, _)): wanted == number
    case (.balloon(let wanted), .balloon(let step, _, _)): wanted == nil || wanted == step
    case (.exit(let wanted), .exit(let cause, _, _)): wanted?.exceptions.contains(cause) ?? true
    case (.exit(let wanted), .exitByInterrupt(let interrupt)): wanted?.interrupts.contains(interrupt) ?? true
    case (.entry(let wanted), .entry(let reason, _)): wanted == nil || wanted == reason
    case (.shadow(let wanted), .shadow(let step, _, _)): wanted == nil || wanted == step
    case (.nested(let wanted), .nested(let step, _, _)): wanted == nil || wanted == step
    case (.translation(let wanted), .translation(let step, _, _, _)): wanted == step
    case (.fault(let wanted), .fault(let kind, _)): wanted == nil || wanted == kind
    case (.tlb(let wanted), .tlbFill): wanted != .flush
    case (.tlb(let wanted), .tlbFlush): wanted != .fill
    default: false
    }
  }
}

/// What happens to a TLB.
package enum TLBStep: Sendable, CaseIterable {
  case fill, flush
}

extension ExceptionCause {
  /// The name as an argument: `load-page-fault`.
  package var argument: String { String(name.map { $0 == " " || $0 == "/" ? "-" : $0 }).lowercased() }
  package static func named(_ text: String) -> ExceptionCause? {
    if let number = UInt64(text) { return ExceptionCause(rawValue: number) }
    let wanted = text.lowercased()
    return allCases.first { $0.argument == wanted } ?? allCases.first {
      $0.argument.replacing("store-amo", with: "store") == wanted
    }
      ?? ["ecall-u": .environmentCallFromU, "ecall-s": .environmentCallFromS, "ecall-m": .environmentCallFromM][wanted]
  }
}

extension Interrupt {
  /// The name as an argument: `machine-timer`.
  package var argument: String {
    String(name.dropLast(" interrupt".count).map { $0 == " " ? "-" : $0 }).lowercased()
  }
  package static func named(_ text: String) -> Interrupt? {
    if let number = UInt64(text) { return Interrupt(rawValue: number) }
    return allCases.first { $0.argument == text.lowercased() }
  }
}

extension String {
  /// Replaces every occurrence of a word, without Foundation.
  func replacing(_ old: String, with new: String) -> String {
    guard let range = range(of: old) else { return self }
    return self[..<range.lowerBound] + new + String(self[range.upperBound...]).replacing(old, with: new)
  }
  private func range(of needle: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}
