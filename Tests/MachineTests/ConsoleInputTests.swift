import Machine
import Testing

@Suite("Console input and typing")
struct ConsoleInputTests {
  @Test("Bytes enter at a border, are logged with its clock, and come out in order")
  func arrivals() {
    var input = ConsoleInput()
    #expect(input.dueClock == .max)
    input.send("ab".utf8)
    input.send("c".utf8)
    #expect(input.isEmpty)
    #expect(input.dueClock == 0)
    input.clockReached(500)
    #expect(input.arrivals == [.init(clock: 500, bytes: Array("abc".utf8))])
    #expect((0..<4).map { _ in input.removeFirst() } == [97, 98, 99, nil])
  }

  @Test("A log that is replayed comes at the clocks it tells and gives the same log")
  func replay() {
    let log = [
      ConsoleInput.Arrival(clock: 10, bytes: [1]), .init(clock: 30, bytes: [2, 3]), .init(clock: 40, bytes: [4]),
    ]
    var input = ConsoleInput()
    input.replay(log)
    #expect(input.dueClock == 10)
    input.clockReached(5)
    #expect(input.isEmpty)
    input.clockReached(10)
    #expect(input.count == 1)
    #expect(input.dueClock == 30)
    input.clockReached(30)
    input.clockReached(40)
    #expect(input.count == 4)
    #expect(input.arrivals == log)
    #expect(input.dueClock == .max)
  }

  @Test("Answers to prompts are not logged")
  func enqueued() {
    var input = ConsoleInput()
    input.enqueue([1, 2])
    #expect(input.count == 2 && input.arrivals.isEmpty)
  }

  @Test(
    "A typing rule is divided at its last =>, and its escapes are read",
    arguments: [
      ("=> =>version\\n", "=> ", "version\n"), ("$=>ls\\r", "$", "ls\r"), ("login: =>root\\x0a", "login: ", "root\n"),
      ("a\\tb=>", "a\tb", ""), ("\\\\=>\\e[A", "\\", "\u{1b}[A"),
    ])
  func rules(source: String, prompt: String, text: String) throws {
    #expect(try #require(TypingRule(parsing: source)) == TypingRule(prompt: prompt, text: text))
  }

  @Test(
    "Rules without divider, prompt or good escapes are refused",
    arguments: ["abc", "=>x", "", "a=>\\q", "a=>\\x4", "a=>\\"])
  func badRules(source: String) { #expect(TypingRule(parsing: source) == nil) }

  @Test("Prompts are answered in order, each once, when their last byte appears")
  func typing() {
    var typer = PromptTyper([
      .init(prompt: "=> ", text: "one"), .init(prompt: "=> ", text: "two"), .init(prompt: "aab", text: "three"),
    ])
    var typed: [String] = []
    func say(_ text: String) {
      for byte in text.utf8 {
        if let answer = typer.note(byte) { typed.append(String(decoding: answer, as: UTF8.self)) }
      }
    }
    say("booting\n=>")
    #expect(typed.isEmpty)
    say(" ")
    #expect(typed == ["one"])
    say("=> ")
    #expect(typed == ["one", "two"])
    // The prompt begins inside a false start of itself.
    say("aaab aab")
    #expect(typed == ["one", "two", "three"])
    #expect(typer.remaining == 0)
  }
}
