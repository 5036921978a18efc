import RISCV

extension Catch {
  /// The words behind `catch`.
  package static let kinds = [
    "trap", "interrupt", "privilege", "csr", "stage", "balloon", "marker", "exit", "entry", "fault", "shadow", "nested",
    "tlb", "translate", "chain", "lookup", "invalidate", "adapt", "flush",
  ]
}

// The grammar of `catch`.
extension Session {
  /// Reads what stands behind `catch`: a kind of event, or its beginning, and what narrows it down.
  package func parseCatch(_ kind: String, _ argument: String) throws(DebuggerError) -> Catch {
    let kinds = Catch.kinds
    let matches = kinds.filter { !kind.isEmpty && $0.hasPrefix(kind) }
    guard matches.count == 1 else {
      if kind.isEmpty {
        throw .other("Argument required: one of \(kinds.joined(separator: ", ")).  Try \"help catch\".")
      }
      throw .other("Undefined catch command: \"\(kind)\".  Try \"help catch\".")
    }
    switch matches[0] {
    case "trap":
      if argument.isEmpty { return .trap(nil) }
      guard let cause = ExceptionCause.named(argument) else {
        let names = ExceptionCause.allCases.map(\.argument).joined(separator: ", ")
        throw .other("No exception \"\(argument)\".  The causes are: \(names).")
      }
      return .trap(cause)
    case "interrupt":
      if argument.isEmpty { return .interrupt(nil) }
      guard let interrupt = Interrupt.named(argument) else {
        let names = Interrupt.allCases.map(\.argument).joined(separator: ", ")
        throw .other("No interrupt \"\(argument)\".  The interrupts are: \(names).")
      }
      return .interrupt(interrupt)
    case "privilege":
      if argument.isEmpty { return .privilege(nil) }
      guard let mode = PrivilegeMode.allCases.first(where: { $0.letter == argument.uppercased() }) else {
        throw .other("No privilege mode \"\(argument)\": it is M, S, U, VS or VU.")
      }
      return .privilege(mode)
    case "csr":
      if argument.isEmpty { throw .other("Argument required (the name of a CSR, such as satp).") }
      guard let number = CSRName.number(named: argument.hasPrefix("$") ? String(argument.dropFirst()) : argument) else {
        throw .other("No CSR \"\(argument)\".  `info registers csr` lists them.")
      }
      return .csr(number)
    case "balloon":
      if argument.isEmpty { return .balloon(nil) }
      guard let step = BalloonStep.allCases.first(where: { "\($0)" == argument }) else {
        throw .other(
          "No such thing as \"\(argument)\" happens to a balloon: it is request, notice, inflate, deflate or report.")
      }
      return .balloon(step)
    case "marker":
      return .marker(argument.isEmpty ? nil : try marker(argument))
    case "exit": return .exit(try exitCauses(argument))
    case "entry":
      if argument.isEmpty { return .entry(nil) }
      guard let reason = ExitReason(name: argument) else {
        let names = ExitReason.allCases.map(\.name).joined(separator: ", ")
        throw .other("No reason \"\(argument)\" for an exit.  The reasons are: \(names).")
      }
      return .entry(reason)
    case "shadow": return .shadow(try step(argument, of: ShadowStep.allCases, "an entry of a shadow table"))
    case "nested": return .nested(try step(argument, of: NestedStep.allCases, "an entry of a nested table"))
    case "translate", "chain", "lookup", "invalidate", "adapt", "flush":
      guard argument.isEmpty else {
        throw .other(
          "\(matches[0]) takes no argument but a condition, such as `catch \(matches[0]) if $addr == 0x80000000`.")
      }
      return .translation(TranslationStep.allCases.first { "\($0)" == matches[0] }!)
    case "tlb": return .tlb(try step(argument, of: TLBStep.allCases, "a TLB"))
    case "fault":
      if argument.isEmpty { return .fault(nil) }
      guard let kind = FaultClass.allCases.first(where: { $0.name == argument }) else {
        throw .other("No kind of fault \"\(argument)\": to the guest it is hidden, dirty, traced or true.")
      }
      return .fault(kind)
    default:
      let names = ["firmware", "loader", "kernel", "user"] + (specimen == nil ? [] : ["monitor"])
      if argument.isEmpty { return .stage(nil) }
      guard names.contains(argument) else {
        throw .other("No stage \"\(argument)\".  The stages are: \(names.joined(separator: ", ")).")
      }
      return .stage(argument)
    }
  }

  /// The number of a marker by its number or name.
  package func marker(_ argument: String) throws(DebuggerError) -> Int {
    if let number = markerNames.number(argument) { return number }
    let names = markerNames.all
    let known = names.isEmpty ? "This guest names none." : "The names are: \(names.joined(separator: ", "))."
    throw .other("No marker \"\(argument)\": it is a number from -2048 to 2047 or a name.  \(known)")
  }

  private func exitCauses(_ argument: String) throws(DebuggerError) -> ExitCauses? {
    if argument.isEmpty { return nil }
    if let causes = ExitCauses(named: argument) { return causes }
    if ExitReason(name: argument) != nil {
      throw .other(
        "\(argument) is what an exit turns out to be about, once the monitor has looked: "
          + "\"catch entry \(argument)\" stops there.")
    }
    let names = ExitCauses.names.joined(separator: ", ")
    throw .other("No exception \"\(argument)\".  The causes are: \(names).")
  }

  /// One of the things that happen to something; nil for any of them.
  private func step<Step>(
    _ argument: String, of all: [Step], _ what: String
  ) throws(DebuggerError) -> Step? {
    if argument.isEmpty { return nil }
    let names = all.map { "\($0)" }
    guard let index = names.firstIndex(of: argument) else {
      throw .other("No such thing as \"\(argument)\" happens to \(what): it is \(names.joined(separator: " or ")).")
    }
    return all[index]
  }
}
