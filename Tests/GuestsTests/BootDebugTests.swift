import Foundation
import Guests
import Testing

/// The boot chain at the prompt: stages, programs that share their addresses, and source lines from firmware to program.
@Suite(
  "The boot chain at the prompt", .enabled(if: BuiltTool.path != nil, "vitrine was not built beside the tests"))
struct BootDebugTests {
  @Test("stepstage stops at firmware, loader, kernel and the first program, each at a line of its source")
  func stages() throws {
    let answers = try BuiltTool.converse(
      Array(repeating: ["stepstage"], count: 4) + [["info stages"]], arguments: ["boot"])
    for (answer, (stage, folder)) in zip(
      answers, [("firmware", "firmware/"), ("loader", "loader/"), ("kernel", "lantern/"), ("user", "user/")])
    {
      #expect(answer.contains("Stage \(stage), "), "\(answer)")
      let stop = try #require(answer.split(separator: "\n").last)
      #expect(stop.hasPrefix("\(stage) native "), "\(stop)")
      #expect(stop.contains(">  \(folder)"), "\(stop)")
      #expect(!answer.contains("is not found"), "\(answer)")
    }
    let stages = answers[4].split(separator: "\n").dropFirst().map { $0.split(separator: " ")[0] }
    #expect(stages.prefix(5) == ["rom", "firmware", "loader", "kernel", "user"])
  }

  @Test("A breakpoint in a program stops where that program lies, and no other")
  func programs() throws {
    let answers = try BuiltTool.converse(
      [
        ["break primes.elf:start", "continue"], ["type \"run primes\\n\"", "continue", "info symbol $pc"],
        ["delete", "tbreak handle_trap if $scause == 8", "continue", "bt"],
        ["print frame.pointee.pc == $sepc", "print (*frame).pc == frame.pointee.pc"],
      ], arguments: ["boot"])
    #expect(answers[0].contains("every hart waits"), "\(answers[0])")
    #expect(!answers[0].contains("Breakpoint 1, "))
    #expect(answers[1].contains("Breakpoint 1, ") && answers[1].hasSuffix("start of primes.elf\n"), "\(answers[1])")
    // From the kernel's handler over the trap into the program.
    let frames = answers[2].split(separator: "\n")
    let trap = try #require(
      frames.firstIndex(of: "--- trap: environment call from U-mode, hart 0, program primes.elf ---"), "\(answers[2])")
    #expect(frames[trap + 1].contains(" at user/"), "\(answers[2])")
    #expect(frames[..<trap].contains { $0.hasPrefix("#0  ") && $0.contains(" at lantern/") }, "\(answers[2])")
    #expect(!frames.contains { $0.contains("self=...") }, "\(answers[2])")
    #expect(answers[3].split(separator: "\n").map { $0.suffix(4) } == [" = 1", " = 1"], "\(answers[3])")
  }

  @Test("Without a guest the prompt opens on the boot chain")
  func fallback() throws {
    let outcome = try Program.run(
      try #require(BuiltTool.path), ["-nx", "--batch", "-ex", "stepstage", "-ex", "info images"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Stage firmware, ") && outcome.output.contains("lantern.elf"))
  }
}
