import Hypervisor
import Machine
import RISCV

/// Facts that are counted anyway.
enum RunFacts {
  // MARK: The monitor's work

  static func exits(_ call: FactCall) throws(EvaluationError) -> Value {
    let exits = call.session.virtualMachine.exits
    guard let name = call.optionalText(0) else { return .long(exits.count) }
    guard let reason = ExitReason(name: name) else {
      throw .other("No reason \"\(name)\" for an exit.  \(known("reasons", ExitReason.allCases.map(\.name)))")
    }
    return .long(exits[reason].count)
  }

  static func faults(_ call: FactCall) throws(EvaluationError) -> Value {
    if call.session.specimen != nil {
      throw .other("What a page fault is to the guest of your monitor is not told apart.")
    }
    let faults = call.session.virtualMachine.faults
    guard let name = call.optionalText(0) else { return .long(faults.total) }
    switch FaultClass.allCases.first(where: { $0.name == name }) {
    case .hidden: return .long(faults.hidden)
    case .dirty: return .long(faults.dirty)
    case .traced: return .long(faults.traced)
    case .true: return .long(faults.true)
    case nil: throw .other("No class \"\(name)\" of faults.  \(known("classes", FaultClass.allCases.map(\.name)))")
    }
  }

  static func cycles(_ call: FactCall) throws(EvaluationError) -> Value {
    let ledgers = call.session.virtualMachine.ledgers
    guard let name = call.optionalText(0) else { return .long(ledgers.reduce(0) { $0 &+ $1.clock }) }
    guard let layer = Layer(name: name) else {
      throw .other("No layer \"\(name)\".  \(known("layers", Layer.allCases.map(\.name)))")
    }
    let action: CostAction? = if let row = call.optionalText(1) { try Self.action(row) } else { nil }
    return .long(
      ledgers.reduce(0) { sum, ledger in
        sum &+ ledger.sum { $0.layer == layer && (action == nil || $0.action == action) }.cycles
      })
  }

  static func charged(_ call: FactCall) throws(EvaluationError) -> Value {
    let action = try action(call.text(0))
    return .long(call.session.virtualMachine.ledgers.reduce(0) { $0 &+ $1.amount(of: action).count })
  }

  static func price(_ call: FactCall) throws(EvaluationError) -> Value {
    let costs = call.session.virtualMachine.costs
    guard let row = costs.row(named: call.text(0)) else {
      throw unknownRow(call.text(0), (costs.prices + costs.settings).map(\.name))
    }
    return .long(row.number)
  }

  private static func action(_ row: String) throws(EvaluationError) -> CostAction {
    guard let action = CostAction(name: row) else { throw unknownRow(row, CostAction.allCases.map(\.name)) }
    return action
  }
  private static func unknownRow(_ row: String, _ names: [String]) -> EvaluationError {
    .other("No cost row \"\(row)\".  \(known("rows", names))")
  }
  private static func known(_ noun: String, _ names: [String]) -> String {
    "The \(noun) are: \(names.joined(separator: ", "))."
  }

  static func served(_ call: FactCall) -> Value { .long(call.session.servedExits) }

  static func entries(_ call: FactCall) throws(EvaluationError) -> Value { .long(try specimen(call).entryCount) }
  static func mistakes(_ call: FactCall) throws(EvaluationError) -> Value { .long(try specimen(call).mistakeCount) }

  private static func specimen(_ call: FactCall) throws(EvaluationError) -> Specimen {
    guard let specimen = call.session.specimen else {
      throw .other("There is no monitor of yours here.  Start with --monitor FILE.elf --guest NAME.")
    }
    return specimen
  }

  // MARK: The run

  static func technique(_ call: FactCall) -> Value {
    let (session, text) = (call.session, call.text(0))
    let isManual = session.manual != nil && !text.isEmpty && "manual".hasPrefix(text)
    return .int(isManual || session.technique.fullName.hasPrefix(text) ? 1 : 0)
  }

  static func digest(_ call: FactCall) -> Value { Value(call.session.machine.digest(), .unsignedLong) }

  static func entered(_ call: FactCall) throws(EvaluationError) -> Value { .int(try stage(call) == nil ? 0 : 1) }
  static func stageRetired(_ call: FactCall) throws(EvaluationError) -> Value {
    .long(try enteredStage(call).position)
  }
  static func stageCycles(_ call: FactCall) throws(EvaluationError) -> Value { .long(try enteredStage(call).cycle) }

  private static func enteredStage(_ call: FactCall) throws(EvaluationError) -> StageEntry {
    guard let entry = try stage(call) else { throw .other("The stage \(call.text(0)) has not been entered yet.") }
    return entry
  }
  private static func stage(_ call: FactCall) throws(EvaluationError) -> StageEntry? {
    let name = call.text(0)
    let names = ["rom", "firmware", "loader", "kernel", "user"] + (call.session.specimen == nil ? [] : ["monitor"])
    guard names.contains(name) else { throw .other("No stage \"\(name)\".  \(known("stages", names))") }
    return call.session.stages.entries.first { $0.isOf(name) }
  }

  static func ended(_ call: FactCall) throws(EvaluationError) -> Value {
    let request = call.session.machine.board.exitRequest
    let isFailure = if case .failure = request { true } else { false }
    switch call.optionalText(0) {
    case nil: return .int(request == .success || isFailure ? 1 : 0)
    case "success": return .int(request == .success ? 1 : 0)
    case "failure": return .int(isFailure ? 1 : 0)
    case let other?: throw .other("No end \"\(other)\": it is success or failure.")
    }
  }

  static func areEqual(_ call: FactCall) -> Value { .int(call.text(0) == call.text(1) ? 1 : 0) }
}
