/// The boot stage that an image's code is, for images that the guest loads by itself: nothing but a person or a manifest
/// can tell.
package enum ImageStage: String, Sendable, CaseIterable {
  case firmware, loader, kernel, user

  /// Divides `FILE[,stage=STAGE]`, as `--symbols` and `add-symbol-file` take it; nil where the stage is none.
  package static func parse(_ text: String) -> (path: String, stage: ImageStage?)? {
    guard let comma = text.lastIndex(of: ","), text[comma...].hasPrefix(",stage=") else { return (text, nil) }
    guard let stage = ImageStage(rawValue: String(text[comma...].dropFirst(",stage=".count))) else { return nil }
    return (String(text[..<comma]), stage)
  }
}
