import Console
import Debugger
import Guests
import Hypervisor
import Testing

/// The convenience functions against what the commands show for people.
@Suite("Facts at the prompt")
struct FactCommandTests {
  /// The number that `print` shows for an expression.
  private func value(_ expression: String, _ prompt: Prompt) throws -> UInt64 {
    let answer = prompt.answer("print/u \(expression)")
    return try #require(UInt64(answer.split { " \n".contains($0) }.last ?? ""), "\(answer)")
  }

  private func prompt(_ technique: String, _ lines: [String] = ["catch trap 8", "run", "continue"]) throws -> Prompt {
    let prompt = try Prompt(guest: "pagefaults")
    _ = prompt.type(["technique \(technique)"] + lines)
    return prompt
  }

  /// Digits of a text, without what groups them.
  private func number(_ text: some StringProtocol) -> UInt64? { UInt64(String(text).filter { $0 != "," }) }

  @Test(
    "`info exits`, `info ledger` and `info faults` say what the functions give",
    arguments: ["trap-and-emulate", "hardware-assisted/shadow", "hardware-assisted"])
  func tables(technique: String) throws {
    let prompt = try prompt(technique)
    var compared = 0
    for line in prompt.answer("info exits").split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("Total Samples:") {
        let total = line.dropFirst("Total Samples:".count).split(separator: ", ")[0]
        #expect(try value("$_exits()", prompt) == number(total), "\(line)")
      }
      guard words.count == 7, words[2].hasSuffix("%"), number(words[1]) != nil else { continue }
      #expect(try value("$_exits(\"\(words[0])\")", prompt) == number(words[1]), "\(line)")
      compared += 1
    }
    #expect(compared >= 3)
    for line in prompt.answer("info ledger").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "sum" { #expect(try value("$_cycles()", prompt) == number(words[1])) }
      if words.first == "by" {
        // by layer: kernel 12,345 (6.7 %), monitor …
        let isLayer = words[1] == "layer:"
        for (index, word) in words.enumerated() where isLayer && word.hasPrefix("(") {
          #expect(try value("$_cycles(\"\(words[index - 2])\")", prompt) == number(words[index - 1]), "\(line)")
          compared += 1
        }
      }
      guard words.count == 8, words[3] == "x" else { continue }
      #expect(try value("$_cycles(\"\(words[0])\", \"\(words[1])\")", prompt) == number(words[5]), "\(line)")
      #expect(try value("$_price(\"\(words[1])\")", prompt) == number(words[4]), "\(line)")
      compared += 1
    }
    #expect(compared >= 12)
    let faults = prompt.answer("info faults").split { " ,:\n".contains($0) }
    for name in ["hidden", "dirty", "traced", "true"] {
      let index = try #require(faults.firstIndex { $0 == name })
      let shown = [index - 1, index + 1].compactMap { faults.indices.contains($0) ? number(faults[$0]) : nil }
      #expect(shown.contains(try value("$_faults(\"\(name)\")", prompt)), "\(faults)")
    }
    let digest = prompt.answer("info digest").split(separator: " ")
    #expect(try value("$_digest()", prompt) == UInt64(digest[1].dropFirst(2), radix: 16))
  }

  @Test("`info walk` counts the references that `$_walk` gives, and leads where `$_translate` does")
  func walks() throws {
    var counts: Set<UInt64> = []
    for technique in Technique.all {
      let prompt = try prompt(technique.description)
      for (address, access) in [("$pc", "fetch"), ("$sp", "load"), ("$sp - 8", "store"), ("0x3fffffe000", "load")] {
        let lines = prompt.answer("info walk \(address) \(access)").split(separator: "\n")
        // The last walk that is told is the physical hart's.
        let told = lines.last { $0.contains(" reference") && !$0.contains(" x ") || $0.contains(" references.") }
        let words = try #require(told, "\(lines)").split(separator: " ")
        let place = try #require(words.firstIndex { $0.hasPrefix("reference") })
        let count = try value("$_walk(\(address), \"\(access)\")", prompt)
        #expect(count == number(words[place - 1]), "\(technique), \(address): \(lines)")
        counts.insert(count)
        // The guest's own walk comes first.
        let first = try #require(lines.first { $0.contains(" reference") })
        if let arrival = first.split(separator: " ").first(where: { $0.hasPrefix("gpa:0x") }), !first.contains("FAILS")
        {
          let physical = arrival.dropFirst(6).prefix { $0.isHexDigit }
          #expect(
            try value("$_translate(\(address), \"\(access)\")", prompt) == UInt64(physical, radix: 16), "\(first)")
        } else {
          #expect(prompt.answer("print $_translate(\(address), \"\(access)\")").contains(" fails: "), "\(first)")
        }
      }
    }
    #expect(counts.contains(3) && counts.contains { $0 > 10 }, "\(counts)")
  }

  @Test("`info frame` names the frame that `$_host` gives", arguments: ["trap-and-emulate", "hardware-assisted"])
  func frames(technique: String) throws {
    let prompt = try prompt(technique)
    for address in ["$pc", "$sp"] {
      let line = prompt.answer("info frame gva:\(address)").split(separator: "\n")[0]
      let frame = try #require(UInt64(line.dropFirst("frame hpa:0x".count), radix: 16), "\(line)")
      #expect(try value("$_host(\(address)) & ~0xfff", prompt) == frame)
      #expect(try value("$_host(\(address)) & 0xfff", prompt) == value("(long)\(address) & 0xfff", prompt))
    }
  }

  @Test("`help` lists the functions and explains one, `apropos` finds them, Tab completes them")
  func help() throws {
    let prompt = try Prompt()
    let list = prompt.answer("help convenience")
    for function in ConvenienceFunction.all { #expect(list.contains("\n\(function.line)\n")) }
    #expect(list.split(separator: "\n").allSatisfy { $0.count <= 110 })
    #expect(prompt.answer("help $_exits") == "\(ConvenienceFunction.named("_exits")!.line)\n")
    #expect(prompt.answer("help $_exit").hasPrefix("There is no convenience function $_exit."))
    #expect(prompt.answer("apropos references of a walk").contains("$_walk(ADDRESS"))
    #expect(prompt.console.complete("print $_ex").candidates == ["$_exits("])
    let stages = prompt.console.complete("print 1+$_stage_").candidates
    #expect(stages == ["1+$_stage_cycles(", "1+$_stage_retired("])
  }

  @Test("Ctrl-C in a round of a loop ends the loop")
  func loops() throws {
    let prompt = try Prompt(guest: "traps")
    prompt.console.session.interruptAt = 7
    let shown = prompt.type(["while 1", "stepi", "end", "print $_position"])
    #expect(shown.contains("Quit\n") && shown.hasSuffix("$1 = 7\n"), "\(shown)")
    prompt.console.session.interruptAt = 7
    #expect(prompt.type(["while 1", "set $i = 1", "end"]).hasSuffix("Quit\n"))
  }
}
