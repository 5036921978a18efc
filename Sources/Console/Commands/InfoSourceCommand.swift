import Debugger

enum InfoSourceCommand: Command {
  static let name = "info source"
  static let category = CommandCategory.source
  static let summary = "Which source file the code at pc, or the list, is of"
  static let help = """
    info source
    Where the monitor is at work, it is the monitor's own.
    Example: info source
    """
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    let listed = session.listPosition.map { ($0.image, $0.path) }
    let monitor =
      console.selectedFrame == 0 ? session.monitorPhase.map { session.monitorSource(of: $0) } : nil
    let here =
      monitor.map { ($0.image, $0.path) }
      ?? session.sourcePlace(at: console.currentFrame.codeAddress).map { ($0.image, $0.path) }
    guard let (image, path) = listed ?? here else { return console.print("No current source file.") }
    console.print("Current source file is \(session.sources.name(of: path, in: image)), of \(image.name).")
    guard let text = session.sources.text(path, of: image, warn: { session.warn($0) }) else { return }
    console.print("Located in \(text.path).")
    console.print("Contains \(text.lines.count) lines.")
  }
}
