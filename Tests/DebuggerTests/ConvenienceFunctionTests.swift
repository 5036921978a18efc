import Debugger
import Hypervisor
import Machine
import RISCV
import Testing

/// Calls in expressions, whatever they ask for.
@Suite("Convenience functions")
struct ConvenienceFunctionTests: FactAsking {
  @Test(
    "A call that is wrong says what is right",
    arguments: [
      ("$_foo()", "There is no convenience function $_foo.  `help convenience` lists them."),
      ("$exits()", "There is no convenience function $exits: it is $_exits."),
      ("$_exits(\"device\", 1)", "$_exits([\"REASON\"]) takes 0 to 1 argument, not 2."),
      ("$_walk()", "$_walk(ADDRESS [, \"ACCESS\"]) takes 1 to 2 arguments, not 0."),
      ("$_digest(1)", "$_digest() takes no arguments, not 1."),
      ("$_streq(\"a\")", "$_streq(\"A\", \"B\") takes 2 arguments, not 1."),
      ("$_exits(1)", "$_exits([\"REASON\"]): REASON is a text in double quotes."),
      ("$_walk(\"a\")", "$_walk(ADDRESS [, \"ACCESS\"]): ADDRESS is an address."),
      ("$_walk(1.5)", "$_walk(ADDRESS [, \"ACCESS\"]): ADDRESS is an address."),
      (
        "$_exits(\"devices\")",
        "No reason \"devices\" for an exit.  The reasons are: csr-access, trap-return, fence, wait, hypercall, "
          + "environment-call, exception, device, hidden-fault, dirty-fault, traced-store, true-fault, nested-fill, "
          + "protection, guest-access, interrupt, dispatch, adapted, unusual."
      ),
      ("$_faults(\"x\")", "No class \"x\" of faults.  The classes are: hidden, dirty, traced, true."),
      ("$_cycles(\"x\")", "No layer \"x\".  The layers are: user, kernel, loader, firmware, monitor, hardware."),
      ("$_pc(", "A syntax error in expression, near `'."), ("$_exits(,)", "A syntax error in expression, near `,)'."),
      ("$pc(1)", EvaluationError.guestFunction.description),
      ("$_exits()(1)", EvaluationError.guestFunction.description),
      ("$_exits() = 1", "Left operand of assignment is not an lvalue."),
      ("\"a\" == \"a\"", "Texts are compared by $_streq(A, B)."),
    ])
  func wrongCalls(call: String, wanted: String) throws {
    #expect(message(call, try TechniqueTests.session("hello")) == wanted)
  }

  @Test("Rows that are not there are told with those that are", arguments: ["_charged", "_price"])
  func unknownRows(function: String) throws {
    let text = message("$\(function)(\"page-reference\")", try TechniqueTests.session("hello"))
    #expect(text.hasPrefix("No cost row \"page-reference\".  The rows are: instruction, trap-entry-ecall, "))
    #expect(text.contains("page-table-reference") && text.contains("walk-cache-entries") == (function == "_price"))
  }

  @Test("Texts are equal or not, in quotes or in the guest's memory")
  func texts() throws {
    let session = try TechniqueTests.session("hello")
    #expect(try number("$_streq(\"a\", \"a\")", session) == 1)
    #expect(try number("$_streq(\"a\", \"A\")", session) == 0)
    _ = try session.resume(limit: 10)
    for (offset, letter) in "init".utf8.enumerated() {
      _ = try session.evaluate("{char}gpa:(0x80100000 + \(offset)) = \(letter)")
    }
    #expect(try number("$_streq((char *)0x80100000, \"init\")", session) == 1)
    #expect(try number("$_streq((char *)0x80100000, \"ini\")", session) == 0)
    #expect(message("$_streq((char *)0, \"a\")", session) == "Cannot access memory at address 0x0")
  }

  @Test("Conditions ask facts: a breakpoint stops when there were so many exits")
  func conditions() throws {
    let session = try TechniqueTests.session("traps", .trapAndEmulate)
    let stop = try session.addStop(.catchpoint(.entry(nil)), condition: "$_exits() >= 7 && $_count(\"exit\") >= 7")
    _ = try session.resume()
    #expect(stop.hits == 1 && session.virtualMachine.exits.count == 7)
    #expect(session.warnings.isEmpty)
    #expect(throws: DebuggerError.self) { try session.condition("$_nosuch() > 1") }
    #expect(throws: DebuggerError.self) { try session.watch("$_count(\"exit\")", .write) }
    #expect(throws: Never.self) { try session.watch("$_exits()", .write) }
  }

  @Test("Calls in calls are refused where they are nested too deeply")
  func nesting() throws {
    let session = try TechniqueTests.session("hello")
    func nested(_ depth: Int) -> String {
      String(repeating: "$_host(", count: depth) + "0x1000" + String(repeating: ")", count: depth)
    }
    #expect(try session.evaluate(nested(20)).bits == 0x1000)
    #expect(message(nested(20_000), session) == EvaluationError.tooDeep.description)
    #expect(try number("$_streq(\"a\", \"b\"" + String(repeating: "", count: 1) + ")", session) == 0)
    let many = "$_walk(" + String(repeating: "1,", count: 5000) + "1)"
    #expect(message(many, session).contains("takes 1 to 2 arguments, not 5001."))
  }

  @Test("Functions have names of their own, and a line")
  func table() {
    var names: Set<String> = []
    for function in ConvenienceFunction.all {
      #expect(names.insert(function.name).inserted && function.name.hasPrefix("_"))
      #expect(!function.meaning.isEmpty && !function.meaning.hasSuffix("."))
      #expect(ConvenienceFunction.named(function.name)?.usage == function.usage)
    }
  }
}
