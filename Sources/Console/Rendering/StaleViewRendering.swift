import Debugger
import Hypervisor
import RISCV

/// `side explain stale`: what one access finds under each technique.
struct StaleViewRendering {
  let point: StalePoint
  let views: [StaleView]
  let session: Session
  let width: Int

  init(_ point: StalePoint, _ views: [StaleView], _ session: Session, width: Int) {
    (self.point, self.views, self.session, self.width) = (point, views, session, width)
  }

  var lines: [String] {
    let use = point.use
    var lines = [
      "The \(use.access) of gva:\(hex(use.address.value)) by \(session.place(use.use.pc)), "
        + "retired \(grouped(use.use.retired)), finds:"
    ]
    let names = views.map(\.technique.description.count).max() ?? 0
    let found = views.map(outcome)
    let cell = found.map(\.count).max() ?? 0
    let indent = names + cell + 6
    for (view, text) in zip(views, found) {
      // Where there is little room the reason stands below.
      let isBeside = width - indent >= 30
      let reason = SideTable.broken(why(view), at: isBeside ? width - indent : max(width - 6, 30))
      let head = "  \(view.technique.description.padded(names))  \(text.padded(cell))"
      lines.append((isBeside ? "\(head)  \(reason[0])" : head).trimmedEnd)
      let margin = String(repeating: " ", count: isBeside ? indent : 6)
      lines += reason.dropFirst(isBeside ? 1 : 0).map { margin + $0 }
    }
    lines.append("Not an EQUIVALENCE failure: the guest broke the rule that makes the techniques equal.")
    let (old, new) = (views.filter { $0.outcome == .old }, views.filter { $0.outcome != .old })
    if !old.isEmpty, new.contains(where: { $0.technique.policy == .traced }) {
      lines.append(
        "So \"it works in my virtual machine\" proves little: a traced shadow is kinder than the hardware.")
    }
    return lines
  }

  private func outcome(_ view: StaleView) -> String {
    switch view.outcome {
    case .old: "old  \(bytes(view))"
    case .new: "NEW  \(bytes(view))"
    case .trap(let cause): "NEW  \(cause.name)"
    case .unknown: "?"
    case .elsewhere: "does not come here"
    }
  }

  private func bytes(_ view: StaleView) -> String {
    let place = view.physical.map { " at gpa:\(hex($0))" } ?? ""
    if view.bytes.count == 1, let byte = view.bytes.first, (32..<127).contains(byte) {
      return "'\(String(UnicodeScalar(byte)))'\(place)"
    }
    return hex(view.bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) + place
  }

  private func why(_ view: StaleView) -> String {
    if case .elsewhere(let pc) = view.outcome {
      return "it stands at \(session.place(pc)): something before led it another way"
    }
    if view.outcome == .unknown { return "" }
    let isOld = view.outcome == .old
    switch (view.technique.kind, isOld) {
    case (.native, true): return "its TLB has the entry until a fence, or until it needs the place"
    case (.emulation, true): return "the TLB of the emulated hart has the entry, as a real one would"
    case (.native, false), (.emulation, false): return "its TLB had made room, so the table was walked again"
    case (_, true) where view.technique.paging == .nested:
      return "the physical hart's TLB keeps what it walked: the guest's table is the guest's business"
    case (_, false) where view.technique.paging == .nested:
      return "the physical hart's TLB had lost the entry, so it walked the guest's table again"
    case (_, true): return "the shadow keeps its entry until a fence, as a TLB does"
    case (_, false): return dropped(view)
    }
  }

  /// Why a shadow led to the new page.
  private func dropped(_ view: StaleView) -> String {
    guard let dropped = view.dropped, dropped.retired >= view.filled?.retired ?? 0 else {
      return "its shadow had no entry for the page any more, so the guest's table was walked again"
    }
    let how = view.technique.policy == .traced ? "the traced store" : "what happened"
    return "\(how) at retired \(grouped(dropped.retired)), \(session.place(dropped.pc)), dropped the shadow entry"
  }
}
