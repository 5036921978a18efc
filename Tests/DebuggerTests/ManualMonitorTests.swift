import Debugger
import Guests
import Hypervisor
import Machine
import SystemPackage
import Testing

@Suite("A person as the monitor")
struct ManualMonitorTests {
  static func session(_ guest: String) throws -> Session {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(try #require(Guests.image(named: guest)))
    return try Session(configuration)
  }

  /// The commands of the last hint, done by the session itself.
  static func type(_ command: String, _ session: Session) throws {
    let words = command.split(separator: " ").map(String.init)
    switch words[0] {
    case "set": _ = try session.evaluate(String(command.dropFirst("set ".count)))
    case "inject":
      if let cause = words.count > 2 ? ExceptionCauseName.cause(words[1]) : nil {
        try session.injectTrap(cause, value: try session.evaluate(words[2]).bits)
      } else {
        try session.injectInterrupt(try #require(ExceptionCauseName.interrupt(words[1])))
      }
    default:
      let page = try session.address(of: words[2]).value
      let frame = try session.address(of: words[3])
      var guestPage = frame.value
      if frame.space == .hostPhysical, case .guest(let place) = session.hostPlace(frame.value) { guestPage = place }
      var rights: UInt64 = 0
      for (letter, bit) in [("r", UInt64(2)), ("w", 4), ("x", 8), ("u", 16)] where words[4].contains(letter) {
        rights |= bit
      }
      let mistake = try session.chooseShadow(.init(page: page, guestPage: guestPage, rights: rights))
      #expect(mistake == nil, "\(command): \(mistake ?? "")")
    }
  }

  @Test(
    "At every exit there is something to type that is right, and the guest ends as ever",
    arguments: ["traps", "sensitive", "hello", "timer", "pagefaults"])
  func everyExit(guest: String) throws {
    let reference = try Self.session(guest)
    _ = try reference.change(to: .trapAndEmulate)
    _ = try reference.resume()
    let session = try Self.session(guest)
    _ = try session.beginManual()
    var stop = try session.resume()
    var count = 0
    while session.manual?.draft != nil, count < 250 {
      count += 1
      for command in try session.commandsToType() { try Self.type(command, session) }
      let left = try session.checkDraft()
      #expect(left.isEmpty, "\(guest), \(session.manualIntroduction): \(left)")
      session.enterDraft()
      stop = try session.resume()
    }
    #expect(count > 20)
    session.endManual()
    if session.machine.board.exitRequest == nil { stop = try session.resume() }
    #expect(stop.reason == .exited(.success))
    #expect(session.machine.digest() == reference.machine.digest())
    #expect(session.virtualMachine.exits == reference.virtualMachine.exits)
    #expect(session.virtualMachine.ledgers[0].clock == reference.virtualMachine.ledgers[0].clock)
  }
}
