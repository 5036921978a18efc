extension CostModel {
  /// The models that come with the tool, in the format of a user's file.
  private static let presetTexts = [
    (name: "riscv", text: riscvText), (name: "pentium4-2005", text: pentium4Text),
    (name: "modern-x86", text: modernText),
  ]

  /// Their names; the first is the one that counts when none is chosen.
  package static let presetNames = presetTexts.map(\.name)

  /// The model that counts when none is chosen.
  package static let standard = parsed(presetTexts[0])
  package static let presets = presetTexts.map(parsed)

  /// A model that comes with the tool.
  package init(preset name: String) throws(CostModelError) {
    guard let preset = Self.presets.first(where: { $0.name == name }) else { throw .unknownPreset(name) }
    self = preset
  }

  private static func parsed(_ preset: (name: String, text: String)) -> CostModel {
    do { return try CostModel(parsing: preset.text, file: preset.name) } catch { preconditionFailure("\(error)") }
  }
}
