import Machine
import RISCV

// What the machine's hooks do while it runs: conditions are computed here, inside the engine's run.
extension Session {
  func breakpointHit(_ hart: Hart, _ pc: UInt64) -> Bool {
    noteImageEntry(hart, pc)
    if pending?.stage != nil { return true }
    if let test = internalStops[pc], !isMidway(hart), test(hart) {
      pending = PendingStop(isInternal: true)
      return !isReplaying
    }
    guard !isReplaying else { return false }
    var hit: [StopPoint] = []
    for stop in stops where stop.isEnabled && stop.locations.contains(where: { isHere($0, hart) }) {
      guard counts(stop, hart, nil) else { continue }
      if case .printf = stop.kind { onPrintf?(stop) } else { hit.append(stop) }
    }
    if hit.isEmpty { return false }
    pending = PendingStop(points: hit)
    return true
  }

  /// A step that ends where an image begins has come into its stage, though no breakpoint was run over.
  func noteStageHere() {
    let hart = machine.harts[machine.currentHart]
    if machine.breakpoints.contains(hart.pc) { noteImageEntry(hart, hart.pc) }
  }

  /// A jump from one stage into the next changes no privilege, so the first instruction of an image tells of it.
  private func noteImageEntry(_ hart: Hart, _ pc: UInt64) {
    if stages.entries.count == 1 {
      if layer(of: hart) != "rom" { stageEntered(stageName(of: hart), hart, by: "jump out of the boot ROM") }
      return
    }
    guard let last = stages.entries.last, images.all.contains(where: { $0.stage != nil && $0.entries.contains(pc) })
    else { return }
    let name = stageName(of: hart)
    if !stages.has(name) { stageEntered(name, hart, by: "jump out of the \(last.name)") }
  }

  private func stageEntered(_ name: String, _ hart: Hart, by: String) {
    let entry = StageEntry(
      name: name, hart: hart.index, position: machine.position, cycle: machine.clock, pc: hart.pc, by: by)
    guard enterStage(entry) else { return }
    if hart.privilege.level == 1 { virtualMachine.isLoading = name == "loader" }
    guard !isReplaying else { return }
    let caught = stops.filter { stop in
      guard stop.isEnabled, case .catchpoint(.stage(let wanted)) = stop.kind else { return false }
      return wanted.map(entry.isOf) ?? true && counts(stop, hart, nil)
    }
    if stageToStopAt?.isMet(by: entry) ?? false || !caught.isEmpty {
      pending = PendingStop(points: caught, stage: entry)
    }
  }

  func watchHit(_ hart: Hart, _ event: Event) -> Bool {
    guard !isReplaying, case .memory(let access, let address, let physical, let width, _, _) = event.kind else {
      return false
    }
    var stop = false
    if let awaited, awaited.places.contains(where: { $0.overlaps(physical, count: UInt64(width.rawValue)) }),
      awaited.test(hart, event)
    {
      arrived(event)
      stop = true
    }
    for point in stops where point.isEnabled {
      guard case .watchpoint(var watch) = point.kind, let range = watch.range else { continue }
      let start = range.address.space == .guestVirtual ? address : physical
      guard start &- range.address.value < UInt64(range.count) || range.address.value &- start < UInt64(width.rawValue),
        access == .store || watch.access != .write
      else { continue }
      let old = watch.oldValue
      let new = withHart(hart) { (try? evaluate(watch.expression)) ?? old }
      watch.oldValue = new
      point.kind = .watchpoint(watch)
      // A store of what lay there already is no change, and a read watchpoint is for reads.
      if watch.access == .write && new.bits == old.bits { continue }
      if watch.access == .read && access == .store { continue }
      guard counts(point, hart, event) else { continue }
      add(point, event, old: old, new: new)
      stop = true
    }
    return stop
  }

  func eventHappened(_ hart: Hart, _ event: Event) -> Bool {
    switch event.kind {
    case .trap: noteProgress(event, hart)
    case .privilege(let from, _): notePrivilege(event, from, hart)
    case .retired: registerWatches(hart, event)
    default: break
    }
    guard !isReplaying else { return false }
    if checksStaleTranslations, pending == nil, let use = staleUse(event, hart) {
      pending = PendingStop(event: event, stale: use)
    }
    noteMonitor(hart, event)
    let isAwaited = awaited.map { $0.kinds.contains(event.kind.mask) && $0.test(hart, event) } ?? false
    if isAwaited || isForPerson(event, hart) { arrived(event) }
    for stop in stops where stop.isEnabled {
      guard case .catchpoint(let what) = stop.kind, what.matches(event), counts(stop, hart, event) else { continue }
      add(stop, event, old: nil, new: nil)
    }
    return pending.map { $0.event == event || $0.stage != nil } ?? false
  }

  /// The event that was waited for has come; the first of them counts.
  private func arrived(_ event: Event) {
    if pending == nil { pending = PendingStop(event: event) }
    if pending?.awaited == nil { pending?.awaited = event }
  }

  private func add(_ point: StopPoint, _ event: Event, old: Value?, new: Value?) {
    if pending == nil { pending = PendingStop() }
    pending?.points.append(point)
    pending?.event = event
    pending?.events[point.number] = event
    if let old {
      pending?.oldValue = old
      pending?.newValue = new
    }
  }

  private func notePrivilege(_ event: Event, _ from: PrivilegeMode, _ hart: Hart) {
    let name = stageName(of: hart)
    guard !stages.has(name) else { return }
    let source = SpacedAddress(event.pc, from == .machine ? .guestPhysical : .guestVirtual)
    let by = inWorld(of: event) {
      let text = (try? instruction(at: source).text) ?? "trap"
      let isReturn = text == "mret" || text == "sret"
      return "\(isReturn ? text : "a trap") in \(symbolText(event.pc) ?? hex(event.pc))"
    }
    stageEntered(name, hart, by: by)
  }

  private func registerWatches(_ hart: Hart, _ event: Event) {
    guard !isReplaying else { return }
    for point in stops where point.isEnabled {
      guard case .watchpoint(var watch) = point.kind, watch.range == nil else { continue }
      let old = watch.oldValue
      let new = withHart(hart) { (try? evaluate(watch.expression)) ?? old }
      guard new.bits != old.bits else { continue }
      watch.oldValue = new
      point.kind = .watchpoint(watch)
      if counts(point, hart, event) { add(point, event, old: old, new: new) }
    }
  }

  /// Whether a stop that was reached counts: its condition holds. Counts the hit; false also while hits are to be ignored.
  private func counts(_ stop: StopPoint, _ hart: Hart, _ event: Event?) -> Bool {
    if let condition = stop.condition {
      do {
        let holds = try withHart(hart, event) { () throws(EvaluationError) in try evaluate(condition.expression).isTrue
        }
        guard holds else { return false }
      } catch {
        warn("Error in testing condition for \(stop.title.lowercased()):\n\(error)")
      }
    }
    stop.hits += 1
    if case .count(let left) = stop.disposition { stop.disposition = .count(left - 1) }
    if stop.ignoreCount > 0 {
      stop.ignoreCount -= 1
      return false
    }
    return true
  }

  /// Evaluates from the point of view of a hart, and of an event where there is one.
  func withHart<Result, Failure: Error>(
    _ hart: Hart, _ event: Event? = nil, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let previous = (selectedHart, eventFields, selectedFrame, viewedPrivilege)
    (selectedHart, selectedFrame, viewedPrivilege) = (hart.index, 0, nil)
    eventFields = event?.fields ?? []
    defer { (selectedHart, eventFields, selectedFrame, viewedPrivilege) = previous }
    return try body()
  }
}
