import Machine
import RISCV

/// What a ``Verifier`` found.
package enum Verdict: Sendable {
  /// No run differed from the reference at any of the places where they were compared.
  case equal(EqualRun)
  case different(Difference)
  /// Somebody stopped it, after `position` retired instructions that were equal.
  case interrupted(position: UInt64)

  package struct EqualRun: Sendable {
    /// N: instructions retired.
    package var position: UInt64
    package var steps: UInt64
    /// How often the states were compared.
    package var comparisons: Int
    package var end: End
    /// What the guest wrote to its console.
    package var console: [UInt8]
  }

  package enum End: Sendable, Equatable {
    case exited(ExitRequest)
    case idleForever
    /// One of the texts was said that end it.
    case saidLastWord
    /// As far as was asked for.
    case limit
  }
}

/// Where two runs of a guest part.
package struct Difference: Sendable {
  /// Why two runs may differ although neither technique is wrong.
  package enum Cause: Sendable {
    /// Nothing excuses it: EQUIVALENCE does not hold.
    case unexplained
    /// The guest changed a page table and left out the fence before: this was the first use that a table would have led
    /// elsewhere.
    case staleTranslation(StaleUse)
    /// Before, `count` translations were used after only A or D had been cleared in the table, without a fence.
    case clearedBits(count: Int)

    /// It is the guest's doing.
    package var isExcused: Bool { if case .unexplained = self { false } else { true } }
  }

  package var reference: String
  package var other: String
  /// N: instructions retired before the one after which the states differ.
  package var position: UInt64
  /// The same in steps: instructions that retired or trapped.
  package var steps: UInt64
  package var hart: Int
  package var pc: UInt64
  package var privilege: PrivilegeMode
  /// The instruction; empty where none could be fetched.
  package var instruction: String
  /// An interrupt that was due before it.
  package var interrupt: String?
  /// What the states have differently behind it.
  package var values: [DifferentValue]
  /// Zero: the instruction is the first with a difference behind it. Otherwise that lies further on, at most so many steps.
  package var uncertainty: UInt64
  /// The difference shows only where the runs come so many steps, up to this one, without a stop.
  package var stepsInOneGo: UInt64?
  package var cause: Cause

  /// The step behind the position makes the difference, however one came there.
  package var isExact: Bool { uncertainty == 0 && stepsInOneGo == nil }

  /// How many values are told.
  static let shownValues = 24
}

extension Verdict {
  /// The verdict in lines for a reader; the first says all, `EQUAL at N=…` or `DIFFERENT …`.
  package var lines: [String] {
    switch self {
    case .equal(let run):
      let end =
        switch run.end {
        case .exited(.success): "the guest ended well"
        case .exited(let request): "the guest ended: \(request)"
        case .idleForever: "the guest waits for ever"
        case .saidLastWord: "the guest said its last word"
        case .limit: "the limit"
        }
      return ["EQUAL at N=\(run.position) (\(end); compared \(run.comparisons) times)"]
    case .interrupted(let position): return ["Interrupted: equal up to N=\(position)"]
    case .different(let difference): return difference.lines
    }
  }
}

extension Difference {
  package var lines: [String] {
    var lines = ["DIFFERENT: \(other) from \(reference), at N=\(position)"]
    let place = "hart \(hart)  \(privilege.letter)  0x\(String(pc, radix: 16))"
    if uncertainty > 0 {
      lines.append("  in the \(uncertainty) steps from \(place) on; it did not show again")
    } else {
      lines.append("  behind \(place)  \(instruction.isEmpty ? "(no instruction there)" : instruction)")
    }
    if let stepsInOneGo { lines.append("  only where the last \(stepsInOneGo) steps are run without a stop") }
    if let interrupt { lines.append("  a \(interrupt) was due before it") }
    let names = values.map(\.name.count).max() ?? 0
    let width = max(reference.count, values.map(\.reference.count).max() ?? 0)
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    lines.append("  \(padded("", names))  \(padded(reference, width))  \(other)")
    for value in values.prefix(Self.shownValues) {
      lines.append("  \(padded(value.name, names))  \(padded(value.reference, width))  \(value.other)")
    }
    if values.count > Self.shownValues { lines.append("  and more") }
    return lines + causeLines
  }

  private var causeLines: [String] {
    func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
    switch cause {
    case .unexplained: return []
    case .staleTranslation(let use):
      return [
        "  the guest changed a page table without a fence: the \(use.access) of gva:\(hex(use.address.value)) by "
          + "\(hex(use.use.pc)) at retired \(use.use.retired) may see the old page or the new one.",
        "  That is no failure of EQUIVALENCE. `set check stale-translation on` at the prompt tells more.",
      ]
    case .clearedBits(let count):
      return [
        "  the guest cleared A or D bits without a fence, and used \(count) such translations: whether they are set again is free.",
        "  That is no failure of EQUIVALENCE.",
      ]
    }
  }
}
