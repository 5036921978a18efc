import ArgumentParser
import Hypervisor

/// `vitrine costs`.
struct Costs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what each action costs on a host, in host cycles, and where the number comes from.",
    discussion: """
      A row prices one action, the same under every technique: a trap, a page-table reference, one instruction emulated. What an
      exit costs is no row; it comes out as a sum, which vitrine compare takes apart. A number that is marked as calibrated is
      what is left of a measured total when the other rows are taken off.

      Presets: \(CostModel.presets.map { "\($0.name) (\($0.title))" }.joined(separator: "; ")).

      What is printed is a file that --costs takes: units and sources may be left out of it, rows may not.

      Example: vitrine costs
      Example: vitrine costs fetch-decode
      Example: vitrine costs pentium4-2005 > mine.costs
      Example: vitrine compare hello --costs mine.costs
      """)

  @Argument(
    help: ArgumentHelp(
      "Which model to print: a preset or a file; or the name of a row, to see it in every preset.",
      valueName: "preset|file|row"), completion: .file())
  var model = CostModel.presetNames[0]
  @Flag(help: "Print it as JSON.")
  var json = false

  func run() throws {
    if let meaning = CostAction(name: model)?.meaning ?? CostSetting(name: model)?.meaning, !json {
      return try explain(model, meaning)
    }
    let model = try CostOptions.model(model)
    let text = json ? JSON(model).text : model.text(width: max(Terminal.width ?? 120, 80))
    Terminal.write(Array(text.utf8), to: 1)
  }

  /// One row in every preset.
  private func explain(_ name: String, _ meaning: String) throws {
    var text = "\(name): \(meaning)\n"
    for model in CostModel.presets {
      guard let row = model.row(named: name) else { throw Failure("\(name) is charged as it is; no row prices it") }
      text += "  \(model.name)  \(row.number) \(row.unit)\n"
      for line in "\(row.isCalibrated ? "calibrated: " : "")\(row.source)".wrapped(at: (Terminal.width ?? 120) - 4) {
        text += "    \(line)\n"
      }
    }
    Terminal.write(Array(text.utf8), to: 1)
  }
}

extension String {
  /// Its words in lines of at most `width` characters.
  func wrapped(at width: Int) -> [String] {
    split(separator: " ").reduce(into: [""]) { lines, word in
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}

extension JSON {
  /// A cost model, with every row.
  init(_ model: CostModel) {
    let rows = (model.prices + model.settings).map { row in
      JSON.object([
        ("row", .string(row.name)), ("number", .whole(row.number)), ("unit", .string(row.unit)),
        ("calibrated", .truth(row.isCalibrated)), ("source", .string(row.source)),
      ])
    }
    self = .object([
      ("format", .string("vitrine-costs")), ("version", .whole(1)), ("name", .string(model.name)),
      ("title", .string(model.title)), ("rows", .array(rows)),
    ])
  }
}
