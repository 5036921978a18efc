import Console
import Foundation
import Machine
import SystemPackage
import Testing

/// The prompt says what gdb says of the same program: values, types, variables, and the lines that steps end at.
@Suite(
  "Compared with gdb", .serialized,
  .enabled(if: GdbTools.areHere, "gdb-multiarch and qemu-system-riscv64 are not installed"))
struct GdbComparisonTests {
  /// A compiler and how it optimizes.
  struct Build: CustomTestStringConvertible, Sendable {
    var compiler: GdbProgram.Compiler
    var optimization: String
    var testDescription: String { "\(compiler.rawValue) \(optimization)" }

    static let all = [
      Build(compiler: .gcc, optimization: "-O0"), Build(compiler: .clang, optimization: "-O0"),
      Build(compiler: .gcc, optimization: "-Og"),
    ].filter { $0.compiler.path != nil }
  }

  @Test(
    "A compiler for RISC-V is here",
    .enabled(if: Build.all.contains { $0.compiler == .gcc }, "riscv64-unknown-elf-gcc is not installed"))
  func compiler() { #expect(Build.all.count == 3) }

  /// Commands whose whole answer must be gdb's.
  private static let values = [
    "print first", "print *first.next", "print &first", "print table", "print &table[1]", "print text", "print w",
    "print op", "print add", "print &add", "print *add", "print first.color", "print first.name", "print first.a",
    "print first.b", "print/x first", "print/d w", "print (enum color)5", "print (enum color)3", "print flags",
    "print sizeof(struct node)", "print sizeof first", "print first.next->where.y", "print *&table", "print counter",
    "print text[0]", "print &text", "print first.color == GREEN", "print BLUE", "print first.where",
    "print &first.where", "print (char)65", "print -first.where.x", "print *table@3", "print table[1]@2", "print odd",
    "print odd.c", "print &odd.in", "print byte", "print small", "print yes", "print big", "print us", "print names",
    "print names[1]", "print *names[1]@2", "print grid", "print grid[1]", "print &grid[1]", "print grid[1][2] + 1",
    "print fl", "print fl*2", "print vc", "print vp", "print long_text", "print zeros", "print rows", "print byte + 1",
    "print -byte", "print yes + 1", "print flags | 4", "print (long)&big", "print fact::calls", "print nosuch",
    "print first.nosuch", "print big.x", "print first->a", "print !yes", "print table[0] ? 3 : 4", "print op == 0",
    "print/x table", "print/c grid[0]", "print/d text", "print/t byte", "print &names", "print (struct node *)0",
    "print *(struct point *)&first.where", "print ((struct node *)&first)->next->name", "print bytes",
    "ptype first", "ptype struct node", "ptype add", "ptype op", "ptype mirror", "ptype enum color", "ptype union word",
    "ptype odd", "ptype flags", "ptype bytes", "ptype names", "ptype struct nosuch", "ptype unsigned long",
    "ptype struct point *", "ptype &first", "ptype rows", "whatis first", "whatis &first", "whatis add", "whatis table",
    "whatis &table", "whatis bytes", "whatis odd", "whatis op", "whatis byte", "whatis small", "whatis big",
    "whatis us",
    "whatis names", "whatis names[0]", "whatis grid[1]", "whatis vc", "whatis flags", "whatis rows", "whatis fl*2",
    "whatis &add", "whatis size_t", "whatis first.where", "whatis (nameless *)0", "output table", "x/2dw grid",
    "x/s names[1]", "x/3xb text",
  ]
  /// Assignments, then what they did.
  private static let changes = [
    "set var big = 7", "print big", "set var odd.in.k = 9", "print odd.in", "set var grid[0][1] = 77", "print grid[0]",
    "set var first.b = 30", "print first", "print first.color = RED", "print us++", "print us",
    "print first.where = second.where", "print first.where",
  ]

  @Test("Values and types", arguments: Build.all)
  func values(build: Build) throws {
    let program = try GdbProgram(build.compiler, optimization: build.optimization)
    let commands = ["tbreak *add", "continue"] + Self.values + Self.changes
    let theirs = try GdbTools.answers(commands, to: program)
    try #require(theirs.count == commands.count)
    let ours = try answers(commands, to: program)
    for index in commands.indices.dropFirst(2) {
      #expect(ours[index] == theirs[index], "\(commands[index])")
    }
  }

  /// Commands that run; what counts is the line that they end at.
  private static let steps = [
    "tbreak main", "continue", "next", "next", "next", "step", "info args", "info locals", "next", "next", "next",
    "next",
    "next", "until", "tbreak mirror", "continue", "next", "finish", "step", "step", "step", "info args", "step", "step",
    "step", "up", "info locals", "down", "finish", "advance walk", "next", "info locals", "next", "next", "next",
    "info locals", "finish", "next",
  ]

  @Test(
    "Steps end at the same lines, and see the same variables there",
    arguments: Build.all.filter { $0.optimization == "-O0" })
  func steps(build: Build) throws {
    let program = try GdbProgram(build.compiler, optimization: build.optimization)
    let theirs = try GdbTools.answers(Self.steps, to: program)
    try #require(theirs.count == Self.steps.count)
    let ours = try answers(Self.steps, to: program)
    for index in Self.steps.indices where !Self.steps[index].hasPrefix("tbreak") {
      let command = Self.steps[index]
      if command.hasPrefix("info") {
        #expect(ours[index] == theirs[index], "\(index): \(command)")
      } else {
        #expect(
          ourLine(ours[index]) == theirLine(theirs[index]), "\(index): \(command)\n\(ours[index])\n\(theirs[index])")
      }
      let (mine, other) = (returned(ours[index]), returned(theirs[index]))
      #expect(mine == other, "\(index): \(command)")
    }
  }

  @Test(
    "Backtraces have the same functions, arguments and lines", arguments: Build.all.filter { $0.optimization == "-O0" })
  func backtraces(build: Build) throws {
    let program = try GdbProgram(build.compiler, optimization: build.optimization)
    let commands = [
      "tbreak program.c:\(GdbProgram.line("if (n <= 1)")) if n == 1", "continue", "bt",
      "tbreak program.c:\(GdbProgram.line("total += here;"))", "continue", "bt",
    ]
    let theirs = try GdbTools.answers(commands, to: program)
    let ours = try answers(commands, to: program)
    try #require(theirs.count == commands.count)
    for index in [2, 5] {
      let wanted = frames(theirs[index])
      #expect(frames(ours[index]).prefix(wanted.count) == wanted[...], "\(ours[index])\n\(theirs[index])")
      #expect(!wanted.isEmpty)
    }
  }

  private func answers(_ commands: [String], to program: GdbProgram) throws -> [String] {
    var configuration = MachineConfiguration()
    configuration.program = FilePath(program.image)
    let prompt = try Prompt(configuration)
    return commands.map { prompt.answer($0) }
  }

  /// The line of `51	        total = …`.
  private func theirLine(_ answer: String) -> Int? {
    for line in answer.split(separator: "\n") {
      let digits = line.prefix { $0.isNumber }
      if !digits.isEmpty, line.dropFirst(digits.count).hasPrefix("\t") { return Int(digits) }
    }
    return nil
  }

  /// The line of `… program.c:51    total = …`, or of the frame that is shown.
  private func ourLine(_ answer: String) -> Int? {
    for line in answer.split(separator: "\n").reversed() {
      guard let name = line.range(of: ".c:") ?? line.range(of: ".S:"), !line.hasPrefix("Run till") else { continue }
      return Int(line[name.upperBound...].prefix { $0.isNumber })
    }
    return nil
  }

  private func returned(_ answer: String) -> String? {
    answer.split(separator: "\n").first { $0.hasPrefix("Value returned") }.map { String($0.drop { $0 != "=" }) }
  }

  /// `fact (n=1) at program.c:50` of each frame; entry values are gdb's own.
  private func frames(_ answer: String) -> [String] {
    answer.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
      var text = String(line.drop { $0 != " " }.drop { $0 == " " })
      if text.hasPrefix("0x"), let found = text.range(of: " in ") { text = String(text[found.upperBound...]) }
      text = text.replacingOccurrences(of: ", n@entry=[0-9]+", with: "", options: .regularExpression)
      return text.replacingOccurrences(of: "@entry=[^)]*", with: "", options: .regularExpression)
    }
  }
}
