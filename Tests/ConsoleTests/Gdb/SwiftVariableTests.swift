import Foundation
import Machine
import SystemPackage
import Testing

/// Variables of Embedded Swift, as far as its debug information tells. What they must show is what the program sets.
@Suite(
  "Swift variables", .enabled(if: SwiftProgram.isPossible, "the toolchain makes no Embedded Swift for RISC-V"))
struct SwiftVariableTests {
  @Test("Structures, classes, optionals and enums are shown as the program made them")
  func values() throws {
    let program = try SwiftProgram()
    var configuration = MachineConfiguration()
    configuration.program = FilePath(program.image)
    let prompt = try Prompt(configuration)
    // Set-up code for globals runs first.
    #expect(prompt.answer("tbreak use").contains("program.swift:"))
    _ = prompt.answer("continue")
    for (command, answer) in [
      ("print mixed.flag", "true"), ("print mixed.small", "200"), ("print/x mixed.wide", "0xdeadbeef"),
      ("print mixed.big", "-5"), ("print mixed.p", "{x = 3, y = 4}"), ("print mixed.p.y", "4"),
      ("print mixed.state", ".running(42)"), ("print mixed.maybe", "9"), ("print mixed.plain", ".c"),
      ("print nothing", "nil"), ("print head.value", "3"), ("print head.place.x", "30"), ("print head.next.value", "2"),
    ] {
      #expect(prompt.answer(command).hasSuffix(" = \(answer)\n"), "\(command): \(prompt.answer(command))")
    }
    #expect(prompt.answer("ptype mixed").hasPrefix("type = struct Mixed {\n"))
    #expect(prompt.answer("print head.nosuch") == "There is no member named nosuch.\n")
    let frames = prompt.answer("bt").split(separator: "\n")
    #expect(frames[0].hasPrefix("#0  ") && frames[0].contains("use(_:) ("), "\(frames)")
  }

  @Test("What Swift's debug information does not tell says so")
  func limits() throws {
    let program = try SwiftProgram()
    var configuration = MachineConfiguration()
    configuration.program = FilePath(program.image)
    let prompt = try Prompt(configuration)
    _ = prompt.answer("tbreak use")
    _ = prompt.answer("continue")
    #expect(prompt.answer("print several").contains("is not told by the debug information"))
  }
}

/// A program of Embedded Swift.
final class SwiftProgram {
  let folder = NSTemporaryDirectory() + "vitrine-swift-\(UUID().uuidString)"
  var image: String { folder + "/program.elf" }
  private static let tools = GdbTools.swiftFolder ?? ""
  static let isPossible = (try? SwiftProgram()) != nil

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in [
      ("program.swift", Self.source), ("runtime.c", Self.runtime),
      ("start.S", BareProgram.start(calling: "kernel_main")), ("link.ld", BareProgram.script),
    ] {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    let machine = ["-march=rv64imac", "-mabi=lp64", "-mcmodel=medany"]
    try run(
      "swiftc",
      [
        "-target", "riscv64-none-none-eabi", "-enable-experimental-feature", "Embedded", "-wmo", "-Osize", "-g",
        "-parse-as-library", "-module-name", "Program", "-Xfrontend", "-disable-stack-protector", "-c", "program.swift",
        "-o", "program.o",
      ] + machine.flatMap { ["-Xcc", $0] })
    for name in ["runtime.c", "start.S"] {
      try run("clang", ["--target=riscv64-none-elf", "-ffreestanding", "-O1", "-c", name, "-o", name + ".o"] + machine)
    }
    try run(
      "ld.lld", ["-T", "link.ld", "--no-relax", "start.S.o", "program.o", "runtime.c.o", "-o", "program.elf"])
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func run(_ tool: String, _ arguments: [String]) throws {
    let outcome = try GdbTools.run("\(Self.tools)/\(tool)", arguments, folder: folder)
    guard outcome.status == 0 else { throw GdbTools.Failure(text: outcome.output) }
  }

  private static let source = """
    struct Point { var x: Int; var y: Int }
    enum State { case idle, running(Int), dead }
    enum Several { case number(Int), word(UInt8), pair(Int, Int) }
    enum Plain: UInt8 { case a = 7, b, c }
    final class Node {
      var next: Node?; var value: Int; var place: Point
      init(_ v: Int, _ n: Node?) { value = v; place = Point(x: v * 10, y: 0); next = n }
    }
    struct Mixed {
      var flag: Bool; var small: UInt8; var wide: UInt32; var big: Int64; var p: Point
      var state: State; var maybe: Int?; var plain: Plain
    }
    nonisolated(unsafe) var mixed = Mixed(
      flag: true, small: 200, wide: 0xdead_beef, big: -5, p: Point(x: 3, y: 4), state: .running(42), maybe: 9, plain: .c)
    nonisolated(unsafe) var head: Node? = nil
    nonisolated(unsafe) var nothing: Node? = nil
    nonisolated(unsafe) var several = Several.pair(1, 2)
    nonisolated(unsafe) var counter = 0
    @inline(never) func use(_ node: Node?) -> Int {
      counter += node!.value
      mixed.big += 1
      if counter > 100 { nothing = node; several = .word(1) }
      return counter
    }
    @_cdecl("kernel_main") public func main(_ hart: UInt) {
      for number in 1...3 { head = Node(number, head) }
      counter += use(head)
    }

    """
  private static let runtime = """
    typedef unsigned long size_t;
    static char heap[65536];
    static size_t used;
    int posix_memalign(void **p, size_t a, size_t n) { used = (used + a - 1) & ~(a - 1); *p = heap + used; used += n; return 0; }
    void free(void *p) { (void)p; }
    void *memcpy(void *d, const void *s, size_t n) { volatile char *x = d; const char *y = s; while (n--) *x++ = *y++; return d; }
    void *memmove(void *d, const void *s, size_t n) { return memcpy(d, s, n); }
    void *memset(void *d, int c, size_t n) { volatile char *x = d; while (n--) *x++ = c; return d; }

    """
}
