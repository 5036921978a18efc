import Debugger
import Hypervisor

enum SideCommand: Command {
  static let name = "side"
  static let category = CommandCategory.machine
  static let summary = "Open the same guest under several techniques, and move them together"
  static let help = """
    side TECHNIQUE TECHNIQUE…
    side
    Opens the guest as it stands under each of the techniques, a column each: it is run there again from reset, with the same input
    and the same changes. The columns then move together by guest instructions and are compared after each movement; the session
    itself stays where it is and knows nothing of them. Without TECHNIQUE it shows where all stand. What is typed and changed in the
    session after that is not theirs, until `side TECHNIQUE…` again; `side type` is for them. The first technique named is
    the reference: the others are compared with it, and its guest's output is shown. `help technique` tells them apart.
    Where columns part, as with a technique that a quirk of the hart breaks, they go back to before the instruction that does it.
    Example: side native trap-and-emulate binary-translation hardware-assisted
    """
  static let completion = CompletionKind.places([techniques])
  static let techniques = Technique.all.map(\.description)
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let session = console.session
    guard !arguments.isEmpty else {
      let side = try console.checkSession(session.requireSide)
      return console.show(SideRendering(side, console).status)
    }
    let techniques = try parse(arguments.words)
    try console.requireLiving()
    console.finishGuestLine()
    let isOpen = try console.checkSession { () throws(DebuggerError) in try session.openSide(techniques) }
    guard isOpen, let side = session.side else {
      return console.print(
        session.side == nil ? "Interrupted: no columns are open." : "Interrupted: the columns are as before.")
    }
    console.show(SideRendering(side, console).status)
  }

  private static func parse(_ words: [String]) throws(CommandError) -> [Technique] {
    var techniques: [Technique] = []
    for word in words {
      let technique = try technique(word)
      if techniques.contains(technique) { throw .failed("\(technique) is named twice: a column each is enough.") }
      techniques.append(technique)
    }
    guard techniques.count > 1 else {
      throw .failed(
        "Two techniques are needed at least, to set something side by side.  `side` alone shows what is open.")
    }
    return techniques
  }

  static func technique(_ word: String) throws(CommandError) -> Technique {
    do { return try Technique(parsing: word) } catch { throw .failed("\(error)".capitalizedFirst + ".") }
  }

  /// The column of a technique by its name.
  static func column(_ word: String, _ side: SideBySide) throws(CommandError) -> SideColumn {
    let technique = try technique(word)
    guard let column = side.column(technique) else {
      let names = side.columns.map(\.technique.description).joined(separator: ", ")
      throw .failed("There is no column for \(technique).  The columns are: \(names).")
    }
    return column
  }
}

extension Console {
  /// Shows lines about columns, which may have symbols in them.
  func show(_ lines: [String]) {
    for line in lines { print(style.symbols(line)) }
  }

  /// Moves the columns of `side`.
  func moveSide<Result>(_ body: (SideBySide) throws(DebuggerError) -> Result) throws(CommandError) -> Result {
    try checkSession { () throws(DebuggerError) in try session.moveSide(body) }
  }
}
