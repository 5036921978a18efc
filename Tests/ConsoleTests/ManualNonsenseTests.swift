import Machine
import Testing

@Suite("Nonsense at the (monitor) prompt")
struct ManualNonsenseTests {
  /// Numbers that are the same each time.
  private struct Sequence {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  private static let lines = [
    "set $a0 = 0xdeadbeef", "set $pc = 3", "set $pc += 4", "set $mstatus = -1", "set $satp = -1", "set $priv = 9",
    "set $priv = 0", "set $nonsense = 1", "set $mhartid = 4", "set $zero = 1", "set $host.scause = 2",
    "set {long}0x80000000 = 0", "set {int}gpa:0x80000001 = 7", "set {long}0 = 1", "set {long}hpa:0x80000000 = 1",
    "set {long}0x10000000 = 1", "inject", "inject 2", "inject load-page-fault 0x1234", "inject machine-timer",
    "inject machine-timer 4", "inject 99", "inject nonsense", "shadow", "shadow map", "shadow drop 1 2 3",
    "shadow map gva:0x80000000 hpa:0x84000000 rwxu", "shadow map gva:0x80000000 hpa:0x84000123 r",
    "shadow map gva:0x80000000 hpa:0x80000000 r", "shadow map gva:0x80000000 hpa:0xffff00000000 r",
    "shadow map gva:0x80000000 gpa:0x80000000 w", "shadow map gva:0x80000000 gpa:0x80000000 q",
    "shadow map gpa:0x80000000 gpa:0x80000000 r", "shadow map gva:0x0 gva:0x0 r", "hint", "discard", "stepi", "step",
    "stepc", "seek 3", "finish", "reverse-stepi", "technique manual", "technique manual nested", "technique magic",
    "info registers pc mstatus", "x/4i $pc", "info shadow $sp", "info walk $pc fetch", "list", "bt", "enter", "enter 5",
    "serve nonsense +", "serve 0", "serve -1", "hart 1", "p $a0 + 1", "info exits",
  ]

  @Test("Nonsense never reaches the guest", arguments: [1, 2, 3])
  func nonsense(seed: Int) throws {
    let reference = try Prompt(guest: "traps")
    _ = reference.type(["technique trap-and-emulate", "run"])
    let prompt = try Prompt(guest: "traps")
    var sequence = Sequence(state: UInt64(seed))
    _ = prompt.type(["technique manual", "run"])
    var exits = 0
    while prompt.console.session.manual?.draft != nil, exits < 40 {
      exits += 1
      _ = prompt.type((0..<8).map { _ in Self.lines[sequence.next(Self.lines.count)] })
      if prompt.console.session.manual?.draft != nil { _ = prompt.type(["serve"]) }
    }
    #expect(exits == 40)
    _ = prompt.type(["continue"])
    let (one, other) = (prompt.console.session, reference.console.session)
    #expect(one.machine.board.exitRequest == .success)
    #expect(one.machine.digest() == other.machine.digest())
    #expect(one.virtualMachine.exits == other.virtualMachine.exits)
  }
}
