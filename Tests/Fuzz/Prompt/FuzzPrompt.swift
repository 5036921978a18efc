import Console
import Debugger
import FuzzDriver
import Guests
import Machine
import SystemPackage

/// Lines that somebody types at the prompt of a small guest. There are no files: every name reads as the input itself, so that a
/// script may run itself, and nothing can be written.
@main
private enum FuzzPrompt {
  private static let patience = Patience()

  static func main() {
    let scripts = [
      "break supervisor_main if $a0 == 0\nrun\nbt\nx/4xw $sp\ninfo registers\n",
      "set $i = 0\nwhile $i < 3\nset $i++\nif $i == 2\nloop_break\nelse\nprint/x $i\nend\nend\n",
      "define both\nprint $arg0\nend\ndocument both\nText.\nend\nboth 5\nhelp both\nalias pp = print/x\npp 1\n",
      "printf \"%d %#-8.3lx %s %c %%\\n\", 1, 2, 0x80000000, 65\necho a\\n\noutput 3\n",
      "watch *(int*)0x80001000\ncatch trap 8\ncatch csr satp\ncontinue\ninfo breakpoints\ndelete 1-3\n",
      "print {int}$pc + (char)-1 * ~3 >> 2 ? 1 : 2\nprint $_ @ 3\nprint &main\nprint gpa:0x80000000\n",
      "stepi 3\nx/3i $pc\ndisassemble\ninfo walk $pc fetch\ninfo writer gpa:0x80001000\nseek 3\nstepc\n",
      "source me\nadd-symbol-file me 0x80000000\nset logging on\nsave breakpoints b\ndisplay/i $pc\nsi\n\n",
      "asm 0x80000000 addi a0, a0, 1\nset var *(char*)0x80000100 = 3\nfind 0x80000000, +100, 1\ntype \"ab\\r\"\n",
      "dprintf supervisor_main,\"%d\\n\", $a0\ncommands\nsilent\nprint 1\nend\ntbreak *0x80000010\nc\nfinish\n",
      "technique trap-and-emulate\nbreak *0x80000010 if $_exits(\"device\") >= 0\nrun\nprint $_count(\"trap if $cause\")\n",
      "print $_walk($pc, \"fetch\") + $_host($sp)\nprint $_streq($_next_exit(), \"device\")\nprint $_region(\"1\")\n",
    ]
    let names = CommandTable.all.flatMap { [$0.name + " "] + $0.aliases }
    let facts = ConvenienceFunction.all.flatMap { ["$\($0.name)(", $0.usage] }
    let words: [String] =
      names + facts + [
        "end\n", "else\n", " if ", " thread ", "$_", "$__", "$pc", "$sp", "$a0", "$mstatus", "$bpnum", "$argc", "$arg0",
        "supervisor_main", "0x80000000", "0xffffffffffffffff", "0x8000000000000000", "-1", "gva:", "gpa:", "hpa:",
        "{int}",
        "(char)", "(unsigned long)", "(long*)", "/x", "/4xw", "/3i", "/s", "/c", "/t", "/999999999xb", "\"%d\"", "%lx",
        "%s",
        "%c", "%*d", "%99999999d", "\\n", "\\377", "<<", ">>", "&&", "||", "==", "@", "++", "+=", "? 1 : 2",
      ]
    FuzzDriver.run(seeds: scripts.map { Array($0.utf8) }, words: words) { start, count in
      FuzzPrompt.use(FuzzDriver.bytes(start, count))
      return 0
    }
  }

  private static func use(_ input: [UInt8]) {
    var configuration = MachineConfiguration()
    configuration.memorySize = MachineConfiguration.minimumMemory
    configuration.program = Guests.image(named: "hello").map { FilePath($0) }
    do {
      let session = try Session(configuration)
      session.positionLimit = 3000
      let console = Console(session: session, output: Counted(session), surroundings: OneFile(input))
      patience.begin(session.interruptFlag)
      defer { patience.end() }
      let lines = String(decoding: input, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      for line in lines.prefix(20) { _ = console.complete(String(line)) }
      _ = console.interact(TypedLines(lines.map(String.init)))
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

/// Lines as if typed, so that an empty one repeats.
private final class TypedLines: LineSource {
  let isInteractive = true
  private var lines: ArraySlice<String>
  init(_ lines: [String]) { self.lines = lines[...] }
  func readLine(prompt: String) -> LineRead { lines.popFirst().map { .line($0) } ?? .end }
}

/// Output that nobody reads; a great deal of it, and somebody presses Ctrl-C.
private final class Counted: Output {
  let isTerminal = false
  let height: Int? = nil
  private let flag: InterruptFlag
  private var count = 0
  init(_ session: Session) { flag = session.interruptFlag }
  func write(_ text: String) {
    count += text.utf8.count
    if count > 1 << 18 { flag.raise() }
  }
  func writeError(_ text: String) { write(text) }
  func flush() {}
}

/// Every path is one file that cannot be written.
private final class OneFile: Surroundings {
  private let contents: [UInt8]
  init(_ contents: [UInt8]) { self.contents = contents }
  func readFile(_ path: String) throws(CommandError) -> [UInt8] { contents }
  func writeFile(_ path: String, _ bytes: [UInt8], append: Bool) throws(CommandError) { throw .failed("read-only") }
  func completeFile(_ prefix: String) -> [String] { [prefix] }
  func attachKeyboard(_ body: () throws(CommandError) -> Void) throws(CommandError) { try body() }
}
