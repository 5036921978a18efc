import Testing

@Suite("Traces at the prompt")
struct TraceCommandTests {
  @Test("A trace has what was run while it was on, and goes on over seek")
  func startAndStop() throws {
    let prompt = try Prompt()
    _ = prompt.type(["stepi 3", "trace start a.jsonl", "stepi 4", "seek 5", "stepi", "seek 9"])
    #expect(prompt.answer("info trace") == "Tracing to a.jsonl (jsonl): 8 events.\n")
    let end = prompt.answer("trace stop")
    let bytes = try #require(prompt.files.files["a.jsonl"])
    #expect(end == "a.jsonl: 8 events, \(grouped(bytes.count)) bytes.\n")
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines[0].hasSuffix("\"start\":{\"n\":3,\"clock\":3}}"))
    #expect(lines[5] == "{\"moved\":{\"from\":7,\"to\":5}}")
    let numbers = [3, 4, 5, 6, 5, 6, 7, 8]
    for (line, n) in zip(lines[1...4] + lines[6...], numbers) { #expect(line.hasPrefix("{\"n\":\(n),")) }
    #expect(lines.count == 1 + numbers.count + 1)
    #expect(prompt.answer("info trace") == "No trace is being written; `trace start FILE` starts one.\n")
  }

  @Test("Breakpoints stop a traced guest where they do without a trace")
  func breakpoints() throws {
    let lines = ["break supervisor_main", "run", "info registers pc", "when", "continue"]
    let plain = try Prompt().type(lines)
    let traced = try Prompt().type(["trace start b.log,format=commit-log"] + lines)
    #expect(traced.hasSuffix(plain))
    #expect(plain.contains("supervisor_main"))
  }

  @Test(
    "What cannot be done is said",
    arguments: [
      ("trace", "\"trace\" must be followed by start FILE or stop."), ("trace stop", "No trace is being written."),
      ("trace start", "A trace needs a file: "),
      ("trace start a,format=xml", "There is no trace format \"xml\": jsonl or commit-log."),
    ])
  func errors(line: String, message: String) throws {
    #expect(try Prompt().answer(line).hasPrefix(message))
  }

  @Test("A second trace is refused, and a full disk ends the first with an error")
  func full() throws {
    let prompt = try Prompt(guest: "integer-mix")
    _ = prompt.answer("trace start full")
    #expect(prompt.answer("trace start b").hasPrefix("A trace is being written to full already"))
    let shown = prompt.answer("run")
    #expect(
      shown.hasSuffix("The trace cannot be written to full: No space left on device.  The trace has ended.\n"),
      "\(shown)")
    #expect(prompt.answer("info trace").hasPrefix("No trace"))
  }

  private func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0 && index % 3 == 0 { text = "," + text }
      text = String(digit) + text
    }
    return text
  }
}
