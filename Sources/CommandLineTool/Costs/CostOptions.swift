import ArgumentParser
import Hypervisor

/// `--costs`, for the commands that count host cycles.
struct CostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What actions cost on the host: \(CostModel.presetNames.joined(separator: ", ")), or a file as `vitrine costs` "
        + "prints it.", valueName: "preset|file"), completion: .file())
  var costs = CostModel.presetNames[0]

  var model: CostModel {
    get throws { try Self.model(costs) }
  }

  /// The cost model that a person named: a preset, or a file where there is one or the name has a slash or a dot.
  static func model(_ name: String) throws -> CostModel {
    if let preset = CostModel.presets.first(where: { $0.name == name }) { return preset }
    guard name.contains("/") || name.contains(".") || Files.exists(Files.expand(name)) else {
      throw ValidationError("\(name): \(CostModelError.unknownPreset(name))")
    }
    let text: String
    do { text = String(decoding: try Files.read(name), as: UTF8.self) } catch { throw Failure(error.message) }
    do { return try CostModel(parsing: text, file: name) } catch { throw Failure("\(error)") }
  }
}
