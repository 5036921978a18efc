import Debugger
import Hypervisor

enum ShadowCommand: Command {
  static let name = "shadow"
  static let category = CommandCategory.running
  static let summary = "As the monitor: choose the entry of the shadow table that an exit lacked"
  static let help = """
    shadow map gva:ADDRESS hpa:FRAME RIGHTS
    At the (monitor) prompt, after a page fault that the guest is not to hear of: the page at ADDRESS shall lead to the host's FRAME
    with these RIGHTS, some of r w x u. gpa:PAGE stands for the frame of that page of the guest's memory. Guest code of all
    modes runs in the physical hart's U, so every entry needs u. `info walk` and `info shadow` show what there is; too much is
    said at once.
    Example: shadow map gva:0x13ff0 gpa:0x80215000 ru
    """
  static let completion = CompletionKind.words(["map"])
  static func run(_ arguments: Arguments, _ console: Console) throws(CommandError) {
    let words = arguments.words
    guard words.count == 4, words[0] == "map" else {
      throw .failed(
        "It is: shadow map gva:ADDRESS hpa:FRAME RIGHTS, such as \"shadow map gva:0x13ff0 hpa:0x84015000 ru\".")
    }
    let session = console.session
    let page = try console.address(words[1])
    guard page.space == .guestVirtual else {
      throw .failed("\(page.text) is physical: an entry of a shadow table maps a guest-virtual page.")
    }
    let frame = try guestPage(try console.address(words[2]), session)
    let choice = GuestDraft.ShadowChoice(
      page: page.value & ~0xfff, guestPage: frame, rights: try rights(words[3]))
    let mistake = try console.checkSession { () throws(DebuggerError) in try session.chooseShadow(choice) }
    console.print(mistake ?? "The entry is chosen: `enter` installs it.")
  }

  /// The page of the guest's memory that a frame belongs to.
  private static func guestPage(_ frame: SpacedAddress, _ session: Session) throws(CommandError) -> UInt64 {
    guard frame.value & 0xfff == 0 else {
      throw .failed("\(frame.text) is not the beginning of a page: frames are 4 KiB, aligned.")
    }
    switch frame.space {
    case .guestVirtual:
      throw .failed("\(frame.text) is virtual: an entry leads to a frame, hpa: (or gpa: for the guest's).")
    case .guestPhysical:
      guard session.machine.memory.contains(frame.value, count: 4096) else {
        throw .failed("The guest has no RAM at \(frame.text).")
      }
      return frame.value
    case .translationCache:
      throw .failed("\(frame.text) is a place in the translation cache, which no entry of the guest's leads to.")
    case .hostPhysical:
      switch session.hostPlace(frame.value) {
      case .guest(let page): return page
      case .monitor:
        throw .failed("\(frame.text) is the monitor's own: a guest that can store there is the monitor itself.")
      case .free:
        throw .failed("\(frame.text) is nobody's frame: the page gets one on its first touch.  gpa:PAGE names that.")
      case .none: throw .failed("The host has no RAM at \(frame.text).")
      }
    }
  }

  private static func rights(_ text: String) throws(CommandError) -> UInt64 {
    var rights: UInt64 = 0
    for letter in text.lowercased() {
      guard let bit: UInt64 = ["r": 2, "w": 4, "x": 8, "u": 16][letter] else {
        throw .failed("\"\(letter)\" is no right: they are r, w, x and u.")
      }
      rights |= bit
    }
    if rights & 6 == 4 { throw .failed("w without r is reserved: the hart would not take it for an entry.") }
    guard rights & 0xe != 0 else { throw .failed("An entry without r and x leads to a table, not to a page.") }
    return rights
  }
}
