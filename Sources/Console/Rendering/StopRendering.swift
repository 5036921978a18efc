import Debugger
import Machine
import RISCV

// What the prompt shows when the guest has stopped.
extension Console {
  /// Shows why and where the guest stopped, then the displays; queues the commands of what was hit.
  func show(_ stop: Stop, byInstruction: Bool = false) {
    session.listPosition = nil
    let line = stopLine(byInstruction: byInstruction)
    if settings.isLogging || !session.warnings.isEmpty {
      for warning in session.warnings { printError(warning) }
      session.warnings = []
    }
    let isSilent = stop.points.contains { $0.commands.first?.trimmed == "silent" }
    for point in stop.points {
      waitingCommands += point.commands.first?.trimmed == "silent" ? Array(point.commands.dropFirst()) : point.commands
    }
    if isSilent { return }
    let introduction = session.manualIntroduction
    if introduction.isEmpty || !stop.points.isEmpty {
      for line in reasonLines(stop) { print(style.symbols(line)) }
    }
    guard introduction.isEmpty else {
      for line in introduction { print(style.symbols(line)) }
      return
    }
    switch stop.reason {
    case .exited: return
    default: print(line)
    }
    showDisplays()
  }

  var stopLine: String { stopLine(byInstruction: false) }
  func stopLine(byInstruction: Bool) -> String { style.symbols(session.stopLine(byInstruction: byInstruction)) }

  func reasonLines(_ stop: Stop) -> [String] {
    switch stop.reason {
    case .points:
      let mistake = stop.entry.flatMap { $0.isRight ? nil : MonitorRendering.lines($0, session) } ?? []
      return stop.points.flatMap { pointLines($0, stop) } + staleLines(stop) + mistake
    case .done: return []
    case .limit:
      return (progressLines ?? []) + [
        "Stopped: the limit of \(grouped(session.machine.position)) instructions is reached."
      ]
    case .requested: return progressLines ?? ["Stopped: interrupted at retired \(grouped(session.machine.position))."]
    case .idle:
      return progressLines
        ?? ["Stopped: every hart waits for an interrupt, and only input could raise one: `console` and `type` give it."]
    case .stage(let entry):
      return ["Stage \(entry.name), entered at retired \(grouped(entry.position)) by \(entry.by)"]
    case .awaited(let event):
      if let entry = stop.entry { return MonitorRendering.lines(entry, session) }
      let lines = [session.text(of: event).capitalizedFirst] + eventPlace(event)
      guard case .entry = event.kind, let summary = session.exitSummary else { return lines }
      return lines + ["  " + summary]
    case .stale: return staleLines(stop)
    case .mistake: return stop.entry.map { MonitorRendering.lines($0, session) } ?? []
    case .overdue(let count): return MonitorRendering.overdueLines(count, session)
    case .exited(.success): return ["Stopped: the guest has ended and reports success."]
    case .exited(.failure(let code)): return ["Stopped: the guest reported failure (code \(code))."]
    case .exited(.reset): return ["Stopped: the guest asked for a reset."]
    }
  }

  private func staleLines(_ stop: Stop) -> [String] {
    stop.staleUse.map { StaleRendering.lines(session.explain($0), session) } ?? []
  }

  private func pointLines(_ point: StopPoint, _ stop: Stop) -> [String] {
    let title = style.paint(point.title, .title)
    switch point.kind {
    case .breakpoint(let places, let location): return ["\(title), \(location)"] + cacheLines(places)
    case .printf: return []
    case .catchpoint(.stage):
      guard let entry = session.stages.entries.last else { return [title] }
      return ["\(title), stage: \(entry.name), entered by \(entry.by)"]
    case .catchpoint(.marker):
      guard case .marker(let number) = stop.event?.kind else { return [title] }
      return ["\(title), marker \(session.markerNames.text(number))"] + eventPlace(stop)
    case .catchpoint:
      guard let event = stop.events[point.number] ?? stop.event else { return [title] }
      return ["\(title), \(session.text(of: event))"] + session.details(of: event) + eventPlace(event)
    case .watchpoint(let watch):
      var lines = ["\(title): \(watch.text)"]
      if let old = stop.oldValue, let new = stop.newValue {
        if old.bits == new.bits {
          lines.append("  value \(formatter.text(new))")
        } else {
          lines.append("  \(watchText(old)) -> \(watchText(new))")
        }
      }
      return lines + eventPlace(stop)
    }
  }

  /// What the physical hart is about to execute, for a breakpoint in the translation cache.
  private func cacheLines(_ places: [CodeLocation]) -> [String] {
    guard let place = places.lazy.compactMap(\.cachePlace).first, let cache = session.virtualMachine.codeCache,
      let unit = cache.unit(at: place.offset)
    else { return [] }
    return ["  " + UnitRendering(unit, cache, session).line(at: place.offset)]
  }

  private func watchText(_ value: Value) -> String {
    guard case .integer(let size, _, _) = value.type, size > 1 else { return formatter.text(value) }
    return formatter.text(value, .hexadecimal)
  }

  /// Which instruction the event belongs to: the stop itself is behind it.
  private func eventPlace(_ stop: Stop) -> [String] {
    stop.event.map(eventPlace) ?? []
  }
  private func eventPlace(_ event: Event) -> [String] {
    // The world asked, at the border of a turn.
    if case .balloon(.request, _, _) = event.kind { return [] }
    // The guest has not gone on yet: it stands where the next line says.
    if case .entry = event.kind { return [] }
    return session.inWorld(of: event) {
      let text = (try? session.instruction(at: SpacedAddress(event.pc)).text).map { "  " + $0 } ?? ""
      return ["  by \(session.place(event.pc))\(text)"]
    }
  }

  /// Session 1 of the design: what a guest that makes no progress is told.
  package var progressLines: [String]? {
    guard let storm = session.progress.found else { return nil }
    let vector = storm.to == .machine ? "mtvec" : "stvec"
    let base = session.register(vector)?.bits ?? 0
    let cause = "\(storm.cause.name) (\(storm.cause.rawValue)) at pc \(session.place(storm.pc))"
    let count = grouped(session.progress.trapsSinceOutput)
    let since =
      session.stages.lastOutput == nil ? "since reset, with no console output" : "since the guest's last console output"
    var lines = ["Stopped: no progress. \(count) traps \(since), all alike:"]
    if base == 0 {
      lines.append("  \(cause), because \(vector) is 0, as at reset")
    } else if base & ~3 == storm.pc {
      lines.append("  \(cause), which is where \(vector) points: the handler itself faults")
    } else {
      lines.append("  \(cause); the handler at \(session.place(base & ~3)) comes back to it with nothing changed")
    }
    lines.append(
      "  the first was retired \(grouped(storm.firstRetired)) at \(session.place(storm.firstPC)); `seek \(storm.firstRetired)` goes there"
    )
    return lines
  }
}
