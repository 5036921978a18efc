import Hypervisor
import Testing

@Suite("Cost model")
struct CostModelTests {
  @Test("A preset's rows are all there, in one unit an action, each with a source", arguments: CostModel.presetNames)
  func complete(name: String) throws {
    let model = try CostModel(preset: name)
    #expect(model.name == name && !model.title.isEmpty)
    #expect(model.prices.map(\.name) == CostAction.priced.map(\.name))
    for action in CostAction.priced { #expect(model.row(action).unit == "cycles/\(action.item)") }
    for row in model.prices + model.settings {
      #expect(!row.source.isEmpty, "\(row.name)")
      #expect(!row.isCalibrated || row.source.contains("less") || row.source.contains("in all"), "\(row.name)")
    }
  }

  @Test(
    "What is printed of a model is a file that says the same",
    arguments: CostModel.presetNames, [60, 80, 120, 1000])
  func roundTrip(name: String, width: Int) throws {
    let model = try CostModel(preset: name)
    let text = model.text(width: width)
    #expect(try CostModel(parsing: text, file: "copy") == model)
    if width >= 80 { #expect(text.split(separator: "\n").allSatisfy { $0.count <= max(width, 120) }) }
  }

  @Test("A user's file needs neither units nor sources, takes any order, comments and a DOS file's line ends")
  func usersFile() throws {
    let lines = ["# mine", "name my host", ""] + CostAction.priced.reversed().map { "\($0.name)\t7   # seven" }
    let settings = CostSetting.allCases.map { "\($0.name) 1" }
    for end in ["\n", "\r\n"] {
      let model = try CostModel(parsing: (lines + settings).joined(separator: end), file: "mine.costs")
      #expect(model.name == "my host" && model[.emulate] == 7 && model.controlReads == 1 && model.flushesAtSwitch)
      #expect(model.row(.emulate).unit == "cycles/instruction" && model.row(.emulate).source.isEmpty)
    }
  }

  @Test(
    "What is wrong in a file is said with file and line",
    arguments: [
      ("emulate 5\nemulate 6", 4, .duplicateRow("emulate", first: 3)),
      ("emulate -5", 3, .negative(row: "emulate", "-5")), ("emulate -0.5", 3, .negative(row: "emulate", "-0.5")),
      ("emulate many", 3, .notANumber(row: "emulate", "many")),
      ("emulate 1.5", 3, .notANumber(row: "emulate", "1.5")),
      ("emulate", 3, .missingNumber(row: "emulate")), ("emulate # 5", 3, .missingNumber(row: "emulate")),
      ("emulate 1000001", 3, .tooLarge(row: "emulate", 1_000_001, largest: 1_000_000)),
      ("emulate 99999999999999999999999", 3, .tooLarge(row: "emulate", .max, largest: 1_000_000)),
      ("step-traces 2", 3, .tooLarge(row: "step-traces", 2, largest: 1)),
      ("emulate 5 ns", 3, .wrongUnit(row: "emulate", "ns", expected: "cycles/instruction")),
      ("emulates 5", 3, .unknownRow("emulates")), ("wait 1", 3, .unknownRow("wait")),
      ("  emulate 5", 3, .nothingToContinue),
    ] as [(String, Int, CostModelError)])
  func refused(lines: String, line: Int, problem: CostModelError) {
    #expect(throws: CostFileError(file: "mine.costs", line: line, problem: problem)) {
      try CostModel(parsing: "# mine\nname mine\n\(lines)\n", file: "mine.costs")
    }
  }

  @Test("A row that is missing is named, and so is a missing name")
  func missing() throws {
    let text = CostModel.standard.text(width: 10_000)
    let without = text.split(separator: "\n").filter { !$0.hasPrefix("inject ") && !$0.hasPrefix("control-reads ") }
    let error = CostFileError(file: "f", line: nil, problem: .missingRows(["inject", "control-reads"]))
    #expect(throws: error) { try CostModel(parsing: without.joined(separator: "\n"), file: "f") }
    #expect("\(error)".hasPrefix("f: 2 rows are missing: inject, control-reads."))
    #expect(throws: CostFileError(file: "f", line: nil, problem: .missingName)) {
      try CostModel(parsing: "emulate 5", file: "f")
    }
    #expect("\(CostModelError.unknownRow("ecall"))".contains("Did you mean trap-entry-ecall?"))
    #expect(throws: CostModelError.unknownPreset("vax")) { try CostModel(preset: "vax") }
  }

  @Test("A row can be changed, and says so")
  func changed() throws {
    var model = CostModel.standard
    try model.set("emulate", to: 300)
    try model.set("step-traces", to: 1)
    #expect(model[.emulate] == 300 && model.row(.emulate).isChanged && model.stepsTraces)
    #expect(model.text().contains("changed: "))
    #expect(throws: CostModelError.unknownRow("nothing")) { try model.set("nothing", to: 1) }
    #expect(throws: CostModelError.tooLarge(row: "emulate", 2_000_000, largest: 1_000_000)) {
      try model.set("emulate", to: 2_000_000)
    }
  }
}
