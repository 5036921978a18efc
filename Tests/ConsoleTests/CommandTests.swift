import Console
import Hypervisor
import Testing

@Suite("Commands")
struct CommandTests {
  @Test("Every command has a help text with an example, and its name is its own")
  func help() {
    var names: Set<String> = []
    for command in CommandTable.all {
      #expect(command.help.contains("Example: "), "\(command.name)")
      #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."), "\(command.name)")
      #expect(names.insert(command.name).inserted, "\(command.name)")
    }
  }

  @Test(
    "Short names are what a gdb user's hands expect",
    arguments: [
      ("b", "break"), ("c", "continue"), ("d", "delete"), ("h", "help"), ("i", "info"), ("n", "next"), ("p", "print"),
      ("r", "run"), ("s", "step"), ("u", "until"), ("si", "stepi"), ("ni", "nexti"), ("bt", "backtrace"),
      ("tb", "tbreak"), ("fin", "finish"), ("wat", "watch"), ("disas", "disassemble"), ("f", "frame"), ("x", "x"),
      ("tbr", "tbreak"), ("l", "list"), ("dir", "directory"), ("cont", "continue"), ("disp", "display"),
      ("undisp", "undisplay"), ("cond", "condition"),
    ])
  func shortNames(short: String, name: String) throws {
    let prompt = try Prompt()
    let shown = prompt.answer("help \(short)")
    let wanted = try #require(CommandTable.all.first { $0.name == name })
    #expect(shown.contains(wanted.summary), "\(shown)")
  }

  @Test(
    "What cannot be done is said with what and how",
    arguments: [
      ("foo", "Undefined command: \"foo\".  Try \"help\"."),
      ("info foo", "Undefined info command: \"foo\".  Try \"help info\"."),
      ("side", "No columns are open.  `side TECHNIQUE TECHNIQUE…` opens the guest side by side"),
      ("side native", "Two techniques are needed at least"), ("side off", "No columns are open."),
      ("side native magic", "There is no technique \"magic\"; the techniques are: native, emulation, "),
      ("side trap-and-emulate native trap-and-emulate/shadow", "trap-and-emulate is named twice"),
      ("side stepi", "No columns are open."),
      ("side explain stale", "The guest has not stopped at a stale translation."),
      ("reverse-stepi", "Undefined command: \"reverse-stepi\".  Try \"help\"."),
      ("print 1/0", "Division by zero"),
      ("print put_string(0)", "The guest's functions cannot be called from the prompt"),
      ("print nosuch.x", "No symbol \"nosuch\" in current context."),
      ("ptype struct nosuch", "No struct type named nosuch."),
      ("list nosuch.c:1", "No source file named nosuch.c."), ("info scope", "Argument required"),
      ("break kernel.c:9999", "There is no code at line 9999 of \"kernel.c\", nor behind it."),
      ("x/2xw 0", "Cannot access memory at address 0x0"),
      ("x/y $pc", "Undefined output format \"y\"."), ("break nowhere", "Function \"nowhere\" not defined."),
      ("condition 9 1", "No breakpoint number 9.  `info breakpoints` lists them."),
      ("set $mhartid = 1", "Register mhartid is read-only."), ("set $zero = 1", "Register zero (x0) is always 0."),
      ("catch trap nonsense", "No exception \"nonsense\"."), ("watch 5", "Cannot watch constant value `5'."),
      ("info registers nope", "Invalid register `nope'"), ("hart 7", "No hart 7: this machine has harts 0 to 0."),
      ("x/1xb 0x10000000", "Cannot read 0x10000000: it is the device uart0"), ("source no.vit", "no.vit: No such file"),
      ("delete 4", "No breakpoint number 4."), ("up", "Initial frame selected"), ("down", "Bottom (innermost) frame"),
      ("enable once 3", "No breakpoint number 3."), ("printf \"%d\"", "Wrong number of arguments"),
      ("undisplay 1", "There is no display"),
      ("$pc", "Undefined command: \"$pc\".  Try \"help\"."), ("catch", "Argument required"),
      ("seek", "Argument required"),
    ])
  func errors(line: String, message: String) throws {
    let shown = try Prompt().answer(line)
    #expect(shown.hasPrefix(message), "\(line): \(shown)")
  }

  @Test(
    "Tab completes commands, subcommands, symbols, registers, causes and files",
    arguments: [
      ("brea", 0, "break"), ("info st", 5, "stages"), ("break supervisor_m", 6, "supervisor_main"),
      ("print $mst", 6, "$mstatus"),
      ("catch trap load-p", 11, "load-page-fault"), ("catch entry hy", 12, "hypercall"), ("catch fault d", 12, "dirty"),
      ("technique trap-and-emulate/", 10, "trap-and-emulate/shadow/virtual-tlb"), ("set cost fetch", 9, "fetch-decode"),
      ("side native em", 12, "emulation"), ("side ste", 5, "stepi"), ("side next exit e", 15, "emulation"),
      ("side next exit native dir", 22, "dirty-fault"), ("side why c", 9, "cycles"),
      ("source bo", 7, "boot.vit"), ("info registers sa", 15, "satp"),
      ("x/2i supervisor_st", 5, "supervisor_start"), ("catch pri", 6, "privilege"), ("help adv", 5, "advance"),
    ])
  func completion(line: String, start: Int, candidate: String) throws {
    let prompt = try Prompt()
    prompt.files.files["boot.vit"] = []
    let completion = prompt.console.complete(line)
    #expect(completion.start == start)
    #expect(completion.candidates == [candidate])
  }

  @Test("Columns fit the terminal: where they find no room they stand below", arguments: [60, 80, 120, 200])
  func columns(width: Int) throws {
    let prompt = try Prompt()
    prompt.transcript.width = width
    let techniques = Technique.all.map(\.description).joined(separator: " ")
    let shown = prompt.type(["side \(techniques)", "side until *_start", "side stepi 500", "side info exits"])
    let cells = shown.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("  next") }
    #expect(cells.count > 20 && cells.allSatisfy { $0.count <= width }, "\(shown)")
    for (line, count) in [("  cycles", 2), ("  VM-EXIT", 1)] {
      let found = cells.filter { $0.hasPrefix(line) }.count
      #expect(found >= count && (width < 200 || found <= 2 * count), "\(line) is there \(found) times")
    }
  }

  @Test("Scripts: define, document, if, while, alias, commands, source and their errors")
  func scripts() throws {
    let prompt = try Prompt()
    prompt.files.files["ok.vit"] = Array(
      "# comment\nset $i = 0\nwhile $i < 3\nset $i++\nif $i == 2\nloop_break\nend\nend\n".utf8)
    prompt.files.files["bad.vit"] = Array("print 1\nnonsense\nprint 2\n".utf8)
    #expect(prompt.answer("source ok.vit") == "")
    #expect(prompt.answer("print $i") == "$1 = 2\n")
    #expect(
      prompt.answer("source bad.vit")
        == "$2 = 1\nbad.vit:2: Error in sourced command file:\nUndefined command: \"nonsense\".  Try \"help\".\n")
    _ = prompt.type(["define both", "print $arg0", "print $argc", "end", "document both", "Print two things.", "end"])
    #expect(prompt.answer("both 5").hasSuffix("$3 = 5\n$4 = 1\n"))
    #expect(prompt.answer("help both") == "Print two things.\n")
    #expect(prompt.answer("alias pp = print/x") == "")
    #expect(prompt.answer("pp 255") == "$5 = 0xff\n")
    #expect(prompt.answer("if 1").hasPrefix("The if is not closed"))
    _ = prompt.type(["define loop", "loop", "end"])
    #expect(prompt.answer("loop").contains("Max user call depth exceeded"))
  }

  @Test("Breakpoints can be saved and read again")
  func save() throws {
    let prompt = try Prompt()
    _ = prompt.type([
      "break supervisor_main if $a0 == 0", "watch system_calls", "catch trap 8", "save breakpoints b.vit", "delete",
    ])
    #expect(prompt.answer("info breakpoints") == "No breakpoints or watchpoints.\n")
    #expect(!prompt.answer("source b.vit").contains("Error"))
    #expect(prompt.console.session.stops.count == 3)
  }

  @Test("No line that can be typed makes the prompt crash", arguments: 0..<4 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var state = seed &+ 1
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let pieces = [
      "1", "0", "-1", "$a0", "$pc", "$", "*", "&", "main", "supervisor_main", "if", "/x", "/4xw", "/i", "/999999999999",
      "/s", "{int}",
      "(", ")", "\"", "\"%s\"", ",", "+", "gpa:", "0x80000000", "hello", "=", "trap", "csr", "satp", "U", "once",
      "count", "@", "end",
      "all", "exit", "entry", "shadow", "fill", "hpa:0x80000000", "$host.pc", "host", "0x7fffffffffffffff", "\\", "%",
      "#", "é", "load", "fetch", "8-3", "1-999999", "display", "$$", "[", "'",
      "on",
    ]
    let skipped: Set<String> = [
      "quit", "while", "continue", "run", "finish", "until", "advance", "step", "next", "stepstage", "seek",
    ]
    let prompt = try Prompt()
    _ = prompt.answer("technique \(["native", "trap-and-emulate", "hardware-assisted", "emulation"][Int(seed)])")
    _ = prompt.answer("tbreak supervisor_main")
    _ = prompt.answer("run")
    for _ in 0..<1500 {
      let command = CommandTable.all[random(CommandTable.all.count)]
      if skipped.contains(command.name) { continue }
      var line = random(8) == 0 ? String(command.name.prefix(1 + random(4))) : command.name
      if ["r", "c", "u", "n", "s", "q", "f", "w"].contains(where: { line.hasPrefix($0) })
        && !command.name.hasPrefix(line)
      {
        continue
      }
      if line != command.name { continue }
      for _ in 0..<random(5) { line += (random(3) == 0 ? "" : " ") + pieces[random(pieces.count)] }
      // A step of a huge count is no crash, but it takes its time.
      if command.name.hasPrefix("step") || command.name.hasPrefix("nexti") { line = command.name + " 3" }
      _ = prompt.type([line, "end", "end"])
    }
    #expect(prompt.answer("print 1").hasSuffix("= 1\n"))
  }
}
